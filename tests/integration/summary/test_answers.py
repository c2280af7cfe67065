"""What answers teach: whose list was wrong, which rule is right, and which is to be retired."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from hand_made_facts import COUNTY, NIGHT, HandMadeFacts

# rule → its answers as (verdict, wrong side) → how many.
ANSWERS = {
    "MED-01": {("confirmed", "department"): 12, ("confirmed", "registry"): 6, ("false_positive", "neither"): 6},
    "MED-02": {("confirmed", "both"): 2, ("false_positive", None): 19, ("exempt", None): 3},
    "MED-03": {("false_positive", "neither"): 19},
}


@pytest.fixture(scope="module")
def county(warehouse: str) -> Iterator[HandMadeFacts]:
    made = HandMadeFacts(warehouse)
    made.publish()  # roles and the contracts' extracts
    made.run(
        "insert into reference.rule (rule_id, rule_version, digest, definition, title_zh, title_en, family, grain,"
        " severity, departments, owner, remedy, source, source_type)"
        " select id, '1', 'x', '{}', '规则', 'rule', 'medical', 'person', 'high', '{registry}', 'registry', 'x', 'x', 'seed'"
        " from unnest(%s) as id", list(ANSWERS),
    )
    # The list of checks never came; dibao is no list of the department that owns the findings.
    for department, extract in (("registry", "registry_person"), ("health_insurance", "hi_roll"), ("civil_affairs", "dibao")):
        made.run(
            "with came as (insert into ledger.batch (department, extract, as_of, data_date, received_at, source_name, sha256,"
            " contract_version, rows_read, rows_landed, rows_accepted, status)"
            " values (%s, %s, %s, %s, %s, 'f.csv', 's', '1', 9, 9, 9, 'accepted') returning batch_id)"
            " insert into ledger.night_batch select %s, %s, %s, batch_id, %s, %s, true, false from came",
            department, extract, NIGHT, NIGHT, NIGHT, NIGHT, department, extract, NIGHT, NIGHT.replace(day=1),
        )
    for number, (rule_id, answers) in enumerate(ANSWERS.items()):
        made.run(
            "insert into ledger.night_rule (as_of, rule_id, rule_no, rule_version, status, predicate_sql, evidence_sql,"
            " owner_department, read_extracts)"
            " values (%s, %s, %s, '1', 'active', 'x', 'x', 'health_insurance', '{registry_person,hi_roll,hi_enrol_check,dibao}')",
            NIGHT, rule_id, number,
        )
        for (verdict, side), many in answers.items():
            for at in range(many):
                finding_id = f"{rule_id}-{verdict}-{side}-{at}"
                made.finding(finding_id, rule_id=rule_id, subject_key=finding_id, state=verdict)
                made.run(
                    "insert into ledger.answer (finding_id, verdict, wrong_side, reason, field_check, answered_by,"
                    " answered_on, valid_until, approved_by) values (%s, %s, %s, '查', '入户', '村', %s, %s, '县')",
                    finding_id, verdict, side, NIGHT.replace(month=9 if at < 5 else 10, day=1),
                    NIGHT.replace(year=2027) if verdict == "exempt" else None,
                )
    # An answer taken back by a later one, and one that comes after the night.
    made.run(
        "insert into ledger.answer (finding_id, verdict, wrong_side, field_check, answered_by, answered_on) values"
        " ('MED-01-confirmed-department-0', 'confirmed', 'registry', '再查', '镇', %s),"
        " ('MED-01-confirmed-department-1', 'confirmed', 'registry', '再查', '镇', %s)", NIGHT, NIGHT.replace(month=11),
    )
    made.build()
    made.publish()
    yield made
    made.close()


def test_precision_per_rule_and_what_is_to_be_retired(county: HandMadeFacts) -> None:
    rules = {
        rule_id: rest for rule_id, *rest in county.query(
            "select rule_id, precision, confirmed, false_positive, to_retire from published.rule"
        )
    }
    assert [float(rules["MED-01"][0]), *rules["MED-01"][1:]] == [0.75, 18, 6, False]
    # 2 of 21: enough answers, too little precision; two are too few to be shown, also as a share of a count that is.
    assert rules["MED-02"] == [None, None, None, True]
    assert rules["MED-03"][3] is False, "nineteen answers are not enough to judge a rule"


def test_whose_list_is_wrong_by_month(county: HandMadeFacts) -> None:
    rows = county.query(
        "select extract, answered_in::text, answers, judged, wrong from mart_summary.extract_accuracy"
        " where rule_id = 'MED-01' order by 1, 2"
    )
    # In September 5 + 5 + 5, one of which was answered again in October: 11 against the department, 7 the registry.
    assert rows == [
        ("hi_roll", "2026-09-01", 14, 14, 4), ("hi_roll", "2026-10-01", 10, 10, 7),
        ("registry_person", "2026-09-01", 14, 14, 5), ("registry_person", "2026-10-01", 10, 10, 2),
    ]
    [total] = county.query(
        "select judged, wrong, wrong_share, suppressed from published.extract_accuracy"
        " where extract = 'hi_roll' and county_code = %s", COUNTY,
    )
    assert [*total[:2], float(total[2]), total[3]] == [45, 13, 0.2889, False]


def test_status_and_the_closing_report_name_the_rule(county: HandMadeFacts) -> None:
    from rich.console import Console

    from bidui.contract import load_sources
    from bidui.night import report, status

    told = Console(record=True, width=200)
    status.show(status.collect(county.connection, load_sources(), NIGHT), told)
    closing = Console(record=True, width=200)
    report.show(report.collect(county.connection, NIGHT), {}, closing)
    for text in (told.export_text(), closing.export_text()):
        assert "to be reviewed or retired MED-02" in text
        assert "retired MED-01" not in text
    before = report.collect(county.connection, NIGHT - dt.timedelta(days=1))
    assert before["rules_to_retire"] == []


def test_a_county_sets_its_own_limits(county: HandMadeFacts) -> None:
    county.parameter("RULE", "min_answers", "10", key="MED-03")
    county.parameter("RULE", "min_precision", "0.05")
    county.build("rule_precision")
    assert county.query("select rule_id from mart_summary.rule_precision where is_to_retire order by 1") == [("MED-03",)]
