"""Why numbers changed: two nights made by hand in which every reason occurs, and the sums that must come out."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

import pytest

from bidui.warehouse import dbt
from figures_standing import difference, told
from hand_made_facts import COUNTY, NIGHT, TOWN, VILLAGE, HandMadeFacts

NEXT = NIGHT + dt.timedelta(days=1)
OTHER_VILLAGE = "990101101002"
FIELD = "comparison:health_insurance:basic_insurance"


def batch(made: HandMadeFacts, night: dt.date, extract: str, data_date: str, batch_id: int) -> None:
    made.run(
        "insert into ledger.batch (batch_id, department, extract, as_of, data_date, received_at, source_name, sha256,"
        " contract_version, status) overriding system value values (%s, 'd', %s, %s, %s, %s, 'f', 's', '1', 'accepted')"
        " on conflict do nothing", batch_id, extract, night, data_date, night,
    )
    made.run(
        "insert into ledger.night_batch values (%s, 'd', %s, %s, %s, date_trunc('month', %s::date), true, false)",
        night, extract, batch_id, data_date, data_date,
    )


def rule(made: HandMadeFacts, night: dt.date, rule_id: str, version: str, *extracts: str) -> None:
    made.run(
        "insert into ledger.night_rule (as_of, rule_id, rule_no, rule_version, status, predicate_sql, evidence_sql,"
        " read_extracts) values (%s, %s, (select count(*) + 1 from ledger.night_rule where as_of = %s), %s, 'active', 'x',"
        " 'x', %s)", night, rule_id, night, version, list(extracts),
    )


def ran(made: HandMadeFacts, night: dt.date, reference_load: int = 1) -> None:
    made.run(
        "insert into ledger.run (as_of, kind, status, inputs) values (%s, 'night', 'published', %s)",
        night, json.dumps({"reference_load": reference_load}),
    )


def finding_ends(made: HandMadeFacts, finding_id: str, state: str, **columns: object) -> None:
    made.run("update mart_finding.finding set to_night = %s where finding_id = %s", NEXT, finding_id)
    [(row,)] = made.query(
        "select to_jsonb(f) from mart_finding.finding as f where finding_id = %s and to_night = %s", finding_id, NEXT
    )
    made.finding(**(row | {"state": state, "from_night": NEXT.isoformat(), "to_night": "infinity"} | columns))


@pytest.fixture(scope="module")
def county(warehouse: str) -> Iterator[HandMadeFacts]:
    made = HandMadeFacts(warehouse)
    # The first night: forty people insured by both sides, in two villages.
    insured = {"says_insured": True, "basic_insurance__is_insured": True, "basic_insurance__is_resident": True,
               "basic_insurance__extract": "hi_roll", "basic_insurance__batch_id": 2}
    settled = {"registry_identity": "低保", "hi_settlement__inpatient_settlements": 1, "hi_settlement__inpatient_in_scope": 1000,
               "hi_settlement__inpatient_fee_total": 1000, "hi_settlement__inpatient_reimbursed": 900.6}
    for number in range(40):
        made.person(
            f"P{number:02}", village_code=VILLAGE if number < 20 else OTHER_VILLAGE, basic_insurance__row_no=number,
            **insured, **(settled if number < 10 else {}), says_dibao=True, dibao__is_covered=True, dibao__batch_id=4,
            dibao__row_no=number,
        )
    for extract, batch_id in (("registry_person", 1), ("hi_roll", 2), ("hi_settlement", 3)):
        batch(made, NIGHT, extract, "2026-10-01", batch_id)
    for rule_id in ("MED-01", "MED-02", "MED-03", "MED-04"):
        rule(made, NIGHT, rule_id, "1", "registry_person", {"MED-02": "hi_settlement"}.get(rule_id, "disability"))
    for number in range(20):
        made.finding(f"time{number}", subject_key=f"P{number:02}", rule_id="MED-01")
        made.finding(f"batch{number}", subject_key=f"P{number:02}", rule_id="MED-02")
        made.finding(f"rule{number}", subject_key=f"P{number:02}", rule_id="MED-03")
        made.finding(f"answer{number}", subject_key=f"P{number:02}", rule_id="MED-04")
    made.build()
    ran(made, NIGHT)

    # The second: a newer roll drops six, a corrected settlement list changes money, one person leaves, one comes, one
    # moves; a rule has a new version; an answer comes; a finding goes with the date.
    change = "update mart_comparison.fact_person set"
    made.run(f"{change} as_of = %s", NEXT)
    made.run(f"{change} basic_insurance__is_insured = false, hi_roll__status = '停保', basic_insurance__batch_id = 12"
             " where person_key between 'P10' and 'P15'")
    made.run(f"{change} hi_settlement__inpatient_reimbursed = 700.4, hi_settlement__settlements = 2 where person_key < 'P05'")
    made.run("delete from mart_comparison.fact_person where person_key = 'P39'")
    made.person("P40", village_code=OTHER_VILLAGE, **insured)
    made.run(f"{change} village_code = %s where person_key = 'P00'", OTHER_VILLAGE)
    # Somebody looked at a link: the same list, another row.
    made.run(f"{change} dibao__state = 'in_review', dibao__is_covered = null, dibao__row_no = null where person_key = 'P20'")
    # Nothing but the date: out of scope.
    made.run(f"{change} says_insured = null, in_entitlement_scope = false where person_key = 'P21'")
    batch(made, NEXT, "registry_person", "2026-10-01", 1)
    batch(made, NEXT, "hi_roll", "2026-10-16", 12)
    batch(made, NEXT, "hi_settlement", "2026-10-01", 13)
    for rule_id, version in (("MED-01", "1"), ("MED-02", "1"), ("MED-03", "2"), ("MED-04", "1")):
        rule(made, NEXT, rule_id, version, "registry_person", {"MED-02": "hi_settlement"}.get(rule_id, "disability"))
    for number in range(1, 7):
        finding_ends(made, f"batch{number}", "closed", close_reason="corrected")
        finding_ends(made, f"rule{number}", "closed", close_reason="corrected")
    finding_ends(made, "time8", "closed", close_reason="corrected")
    finding_ends(made, "answer1", "confirmed", outcome_id=7)
    finding_ends(made, "time0", "open", village_code=OTHER_VILLAGE)
    made.finding("new", subject_key="P40", rule_id="MED-01", village_code=OTHER_VILLAGE, from_night=NEXT.isoformat())
    ran(made, NEXT)
    made.build(night=NEXT)
    made.publish(NEXT)
    yield made
    made.close()


def deltas(made: HandMadeFacts, figure: str, division: str = COUNTY) -> dict[str, int]:
    return dict(made.query(
        "select reason, delta from mart_summary.change where figure = %s and division_code = %s and from_night = %s",
        figure, division, NEXT,
    ))


def test_every_reason_is_told(county: HandMadeFacts) -> None:
    assert deltas(county, "finding:MED-01") == {"time": -1, "subject_change": 1}
    assert deltas(county, "finding:MED-02") == {"correction": -6}, "a list of the same data date corrects"
    assert deltas(county, "finding:MED-03") == {"rule_change": -6}
    assert deltas(county, "finding:MED-04") == {"correction": -1}, "an answer"
    assert deltas(county, "comparison:civil_affairs:dibao:agree", OTHER_VILLAGE)["correction"] == -1, "a link in review"
    assert deltas(county, f"{FIELD}:registry_only") == {"new_batch": 6}
    assert deltas(county, f"{FIELD}:not_comparable")["time"] == 1, "out of scope by the date alone"
    assert deltas(county, f"{FIELD}:agree", VILLAGE) == {"new_batch": -6, "subject_change": -1}
    assert deltas(county, f"{FIELD}:agree", OTHER_VILLAGE)["subject_change"] == 1, "one left, one came, one moved in"
    assert "subject_change" not in deltas(county, f"{FIELD}:agree"), "moves inside a county cancel out"


def test_coverage_is_split_too_and_money_rounds_to_the_yuan(county: HandMadeFacts) -> None:
    assert deltas(county, "coverage:basic_insurance:numerator")["new_batch"] == -6
    # Ten at 900.6 yuan before, five of them at 700.4 now.
    for division in (COUNTY, TOWN):
        assert sum(deltas(county, "coverage:inpatient_reimbursement:numerator", division).values()) == 8005 - 9006
    assert set(deltas(county, "coverage:inpatient_reimbursement:numerator")) == {"correction", "subject_change"}


def test_deltas_add_up_to_the_difference_of_every_figure(county: HandMadeFacts) -> None:
    assert told(county.connection, NEXT) == difference(county.connection, NIGHT, NEXT)
    assert len(told(county.connection, NEXT)) > 10
    dbt.run("test", "--select", "changes_add_up", "--warn-error", as_of=NEXT, target="hand_made_facts")


def test_what_is_about_few_is_not_published(county: HandMadeFacts) -> None:
    shown = county.query("select division_level, figure, reason, delta from published.change where not suppressed")
    assert ("county", "finding:MED-03", "rule_change", -6) in shown
    assert not [row for row in shown if row[1] in ("finding:MED-01", "finding:MED-04")]
    assert not [row for row in shown if row[1].startswith(FIELD)], "six by a new batch, but one by the date"
    assert not [row for row in shown if row[0] == "village"]
    withheld = county.query(
        "select reason, delta from published.change where suppressed and figure = 'finding:MED-04' and division_code = %s",
        COUNTY,
    )
    assert sorted(withheld) == [(r, None) for r in ("correction", "new_batch", "rule_change", "subject_change", "time")]


def test_the_night_again_tells_the_same(county: HandMadeFacts) -> None:
    columns = "select division_code, figure, reason, delta, is_withheld from mart_summary.change where from_night = %s order by 1, 2, 3"
    before = county.query(columns, NEXT)
    county.build(night=NEXT)
    assert county.query(columns, NEXT) == before
    assert not county.query("select from mart_summary.change where from_night = %s", NIGHT), "the first night has none before"
