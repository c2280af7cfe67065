"""A finding over several nights: it opens, waits, closes, comes back, and a night run twice changes nothing."""

from __future__ import annotations

import datetime as dt

import pytest

from bidui.outcome import Answer, apply
from bidui.warehouse.dbt import DbtError

N1, N2, N3, N4, N5, N6 = (dt.date(2026, 10, day) for day in (16, 17, 18, 19, 20, 21))


def person(key: str, **facts: object) -> dict[str, object]:
    return {
        "person_key": key, "household_key": "h" + key, "household_no": "0h" + key, "county_code": "990001000000",
        "registry_batch_id": 1, "registry_row_no": 4, **facts,
    }


def test_life(nights, make_rule):
    nights.catalogue(make_rule("TST-01", "not hi_roll__is_insured"))

    nights.facts(
        "fact_person",
        person("1", hi_roll__is_insured=False, hi_roll__batch_id=7, hi_roll__row_no=9, age=50),
        person("2", hi_roll__is_insured=True),
        person("3", hi_roll__is_insured=False),
        person("4", hi_roll__is_insured=False),
    )
    nights.run(N1)
    assert nights.standing(N1) == {("TST-01", key): "open" for key in "134"}
    assert nights.standing(N1, "is_baseline, times_opened, first_seen, last_seen, county_code")[("TST-01", "1")] == (
        True, 1, N1, None, "990001000000",
    )
    assert nights.standing(N1, "evidence")[("TST-01", "1")] == {
        "values": {"registry": {"age": 50}, "hi_roll": {"status": None}},
        "rows": {"registry": {"batch_id": 1, "row_no": 4}, "hi_roll": {"batch_id": 7, "row_no": 9}},
    }
    assert nights.events(N1) == {("TST-01", key, "opened") for key in "134"}

    # 1 cannot be compared, 2 is new, 3 is corrected, 4 has left the registry.
    nights.facts(
        "fact_person",
        person("1", hi_roll__is_insured=None, hi_roll__state="no_batch"),
        person("2", hi_roll__is_insured=False),
        person("3", hi_roll__is_insured=True),
    )
    nights.run(N2)
    assert nights.standing(N2) == {
        ("TST-01", "1"): "open", ("TST-01", "2"): "open", ("TST-01", "3"): "closed", ("TST-01", "4"): "closed",
    }
    seen = nights.standing(N2, "is_baseline, first_seen, last_seen, closed_on, close_reason")
    assert seen[("TST-01", "1")] == (True, N1, N1, None, None)
    assert seen[("TST-01", "2")] == (False, N2, None, None, None)
    assert seen[("TST-01", "3")] == (True, N1, N1, N2, "corrected")
    assert seen[("TST-01", "4")] == (True, N1, N1, N2, "subject_gone")
    assert nights.events(N2) == {("TST-01", "2", "opened"), ("TST-01", "3", "closed"), ("TST-01", "4", "closed")}

    # 1 still cannot be compared, 3 comes back.
    nights.facts(
        "fact_person",
        person("1", hi_roll__is_insured=None, hi_roll__state="no_batch"),
        person("2", hi_roll__is_insured=False),
        person("3", hi_roll__is_insured=False),
    )
    nights.run(N3)
    seen = nights.standing(N3, "state, times_opened, first_seen, last_seen, opened_on, closed_on")
    assert seen[("TST-01", "3")] == ("open", 2, N1, None, N3, None)
    assert seen[("TST-01", "1")] == ("open", 1, N1, N1, N1, None)
    assert nights.events(N3) == {("TST-01", "3", "reopened")}

    # Nothing changes: nothing is written.
    nights.run(N4)
    assert nights.query("select count(*) from mart_finding.finding where from_night = %s", N4) == [(0,)]
    assert nights.events(N4) == set()

    # All corrected; last_seen is the last published night on which the rule still hit.
    nights.facts("fact_person", *(person(key, hi_roll__is_insured=True) for key in "123"))
    nights.run(N5)
    assert set(nights.standing(N5).values()) == {"closed"}
    assert nights.standing(N5, "last_seen")[("TST-01", "2")] == N4
    assert nights.standing(N5, "last_seen")[("TST-01", "1")] == N1

    # The latest night again, with other facts in between: it takes back its own changes first.
    stored = nights.everything()
    nights.facts("fact_person", person("1", hi_roll__is_insured=False))
    nights.run(N5)
    assert nights.everything() != stored
    nights.facts("fact_person", *(person(key, hi_roll__is_insured=True) for key in "123"))
    nights.run(N5)
    assert nights.everything() == stored

    # An older night is refused, and nothing of it stays.
    nights.bind(N2)
    with pytest.raises(DbtError, match="older night"):
        nights.build(N2)
    assert nights.everything() == stored


def test_answers_and_causes(nights, make_rule):
    nights.catalogue(
        make_rule("TST-01", "hi_roll__is_insured = false", evidence=["age", "hi_roll__status"]),
        make_rule("TST-02", "is_student", cause=["TST-09", "TST-01"]),
        make_rule("TST-03", "hi_roll__is_insured = false", cause=["TST-04"]),
        make_rule("TST-04", "is_unsafe_house", grain="household", evidence=["members"]),
    )
    people = {
        key: person(key, hi_roll__is_insured=False, is_student=True, age=int(key), household_key="h", household_no="0h")
        for key in "12345"
    }
    nights.facts("fact_person", *people.values(), person("6", is_student=True, hi_roll__is_insured=True))
    nights.facts("fact_household", {"household_key": "h", "household_no": "0h", "is_unsafe_house": True, "members": 5})
    nights.run(N1)
    ids = {(rule, subject): finding for (rule, subject), finding in nights.standing(N1, "finding_id").items()}
    causes = nights.standing(N1, "cause_finding_id")
    assert causes[("TST-02", "1")] == ids[("TST-01", "1")]
    assert causes[("TST-03", "1")] == ids[("TST-04", "h")]
    assert causes[("TST-02", "6")] is None
    assert causes[("TST-01", "1")] is None
    assert nights.standing(N1, "household_no, subject_kind")[("TST-04", "h")] == ("0h", "household")

    # Answers to TST-01 of 1 to 5; each is about the evidence it was given for.
    hashes = nights.standing(N1, "value_hash")
    answers = {
        "1": ("confirmed", "visit of 2026-10-16", None),
        "2": ("false_positive", None, None),
        "3": ("exempt", None, N2),
        "4": ("false_positive", None, None),
        "5": ("unclear", None, None),
    }
    for subject, (verdict, field_check, valid_until) in answers.items():
        nights.query(
            "insert into ledger.answer (finding_id, verdict, reason, field_check, answered_by, answered_on, valid_until,"
            " value_hash, approved_by) values (%s, %s, 'reason', %s, 'clerk', %s, %s, %s, 'head') returning 1",
            ids[("TST-01", subject)], verdict, field_check, N1, valid_until, hashes[("TST-01", subject)],
        )
    people["4"]["age"] = 44
    people["2"]["registry_row_no"] = 99
    nights.facts("fact_person", *people.values())
    nights.run(N2)
    assert {subject: state for (rule, subject), state in nights.standing(N2).items() if rule == "TST-01"} == {
        "1": "confirmed", "2": "false_positive", "3": "exempt", "4": "open", "5": "open",
    }
    assert {event for event in nights.events(N2) if event[0] == "TST-01"} == {
        ("TST-01", "1", "confirmed"), ("TST-01", "2", "dismissed"), ("TST-01", "3", "exempted"),
    }
    # A cause that was dismissed explains nothing; a confirmed one does.
    causes = nights.standing(N2, "cause_finding_id")
    assert causes[("TST-02", "2")] is None
    assert causes[("TST-02", "1")] == ids[("TST-01", "1")]

    # The layer's own tests hold, and are able to fail.
    nights.test(N2)
    nights.query("update mart_finding.finding set cause_finding_id = finding_id where rule_id = 'TST-01' returning 1")
    with pytest.raises(DbtError, match="causes_stand"):
        nights.test(N2)
    nights.query("update mart_finding.finding set cause_finding_id = null where rule_id = 'TST-01' returning 1")
    nights.query("delete from mart_finding.finding_event where event = 'confirmed' returning 1")
    nights.query("update ledger.answer set verdict = 'unclear' where verdict = 'confirmed' returning 1")
    with pytest.raises(DbtError, match=r"(?s)(?=.*confirmed_was_checked)(?=.*every_change_is_an_event)"):
        nights.test(N2)
    nights.query("update ledger.answer set verdict = 'confirmed' where field_check is not null returning 1")
    nights.build(N2)
    nights.test(N2)

    # The exemption has run out; 1 is corrected; 2 now says something else.
    people["1"]["hi_roll__is_insured"] = True
    people["2"]["age"] = 22
    nights.facts("fact_person", *people.values())
    nights.run(N3)
    standing = nights.standing(N3, "state, outcome_id is null")
    assert standing[("TST-01", "1")] == ("closed", False)
    assert standing[("TST-01", "2")] == ("open", True)
    assert standing[("TST-01", "3")] == ("open", True)
    assert {event for event in nights.events(N3) if event[0] == "TST-01"} == {
        ("TST-01", "1", "closed"), ("TST-01", "2", "lapsed"), ("TST-01", "3", "lapsed"),
    }

    # A confirmation was about its time: what comes back is a lead again.
    people["1"]["hi_roll__is_insured"] = False
    nights.facts("fact_person", *people.values())
    nights.run(N4)
    assert nights.standing(N4, "state, times_opened")[("TST-01", "1")] == ("open", 2)


def test_what_cannot_be_heard_closes_nothing(nights, make_rule):
    rules = {
        "TST-01": make_rule("TST-01", "age > 1"),
        "TST-02": make_rule("TST-02", "age > 1"),
        "TST-03": make_rule("TST-03", "age > 1", extracts=["hi_settlement"]),
        "TST-04": make_rule("TST-04", "fee_total > 100", grain="settlement", evidence=["fee_total"]),
        "TST-05": make_rule("TST-05", "members > 1", grain="household", evidence=["members"]),
    }
    nights.catalogue(*rules.values())

    def claim(key: str, month: str, fee: int) -> dict[str, object]:
        return {
            "person_key": key, "household_key": "h", "settled_month": f"{month}-01", "fee_total": fee,
            "batch_id": 3, "row_no": fee,
        }

    nights.facts("fact_person", person("1", age=5), person("2", age=5))
    nights.facts("fact_household", {"household_key": "h1", "household_no": "0h1", "members": 3})
    nights.facts(
        "fact_settlement",
        claim("1", "2026-03", 500), claim("1", "2026-03", 300), claim("1", "2026-08", 500), claim("2", "2026-08", 500),
    )
    nights.run(N1)
    objects = nights.query("select subject_key, object_key, evidence from mart_finding.finding where rule_id = 'TST-04'")
    assert {row[:2] for row in objects} == {("1", "2026-03"), ("1", "2026-08"), ("2", "2026-08")}
    assert {row[2]["occurrences"] for row in objects if row[1] == "2026-03"} == {2}
    assert nights.standing(N1)[("TST-05", "h1")] == "open"

    # TST-01 is broken, TST-02 retired, TST-03 needs a list that is stale, the household list is missing.
    nights.catalogue(
        rules["TST-01"] | {"predicate": "no_such_column > 1"}, rules["TST-02"] | {"active_to": "2026-10-16"},
        rules["TST-03"], rules["TST-04"], rules["TST-05"],
    )
    nights.facts("fact_person", person("1", age=0), person("2", age=0, hi_settlement__state="quarantined"))
    nights.facts("fact_household")
    nights.facts("fact_settlement", claim("3", "2026-08", 50))
    nights.run(N2, stale=("hi_settlement",), missing=("registry_household",))
    assert nights.standing(N2, "state, close_reason")[("TST-01", "1")] == ("open", None)
    assert nights.standing(N2, "state, close_reason")[("TST-02", "1")] == ("closed", "rule_retired")
    assert nights.standing(N2, "state, close_reason")[("TST-03", "1")] == ("open", None)
    assert nights.standing(N2, "state, close_reason")[("TST-05", "h1")] == ("open", None)
    assert set(nights.query("select state from mart_finding.finding where rule_id = 'TST-04'")) == {("open",)}

    # All can be heard again; March is in no list any more, and the list says nothing about 2.
    nights.catalogue(*rules.values())
    nights.run(N3)
    states = nights.standing(N3)
    assert [states[(rule, "1")] for rule in ("TST-01", "TST-02", "TST-03")] == ["closed"] * 3
    assert states[("TST-05", "h1")] == "closed"
    claims = nights.query(
        "select subject_key, object_key, state from mart_finding.finding"
        " where rule_id = 'TST-04' and to_night = 'infinity' order by 1, 2"
    )
    assert claims == [("1", "2026-03", "open"), ("1", "2026-08", "closed"), ("2", "2026-08", "open")]


def test_findings_go_on_under_the_key_that_serves(nights, make_rule):
    """Households merge, a number turns out to be somebody's: one finding for its life, and none twice."""
    nights.catalogue(
        make_rule("TST-01", "members > 1", grain="household", evidence=["members"]),
        make_rule("TST-02", "has_safe_water", grain="household", evidence=["has_safe_water"]),
        make_rule("TST-03", "age > 1"),
    )

    def household(key: str, **facts: object) -> dict[str, object]:
        return {"household_key": key, "household_no": "0" + key, **facts}

    nights.facts(
        "fact_household",
        household("a", members=2, has_safe_water=True), household("b", members=3), household("c", members=1),
    )
    nights.facts("fact_person", person("1", age=5), person("2", age=7, household_key="a"))
    nights.run(N1)
    first = nights.standing(N1, "finding_id")

    # Household a goes into c (which had no finding) and b as well; person 2 turns out to be person 3.
    nights.retire(N2, "household", "a", "c")
    nights.retire(N2, "household", "b", "c")
    nights.retire(N2, "person", "2", "3")
    nights.facts("fact_household", household("c", members=6, has_safe_water=True))
    nights.facts("fact_person", person("1", age=5), person("3", age=7, household_key="c"))
    nights.run(N2)
    ids = nights.standing(N2, "finding_id, state, times_opened, first_seen, close_reason")
    went_on, ended = sorted([first[("TST-01", "a")], first[("TST-01", "b")]])
    assert ids[("TST-01", "c")] == (went_on, "open", 1, N1, None)
    assert [row for row in ids.values() if row[0] == ended] == [(ended, "closed", 1, N1, "merged")]
    assert ids[("TST-02", "c")] == (first[("TST-02", "a")], "open", 1, N1, None)
    assert ids[("TST-03", "3")] == (first[("TST-03", "2")], "open", 1, N1, None)
    assert {event[2] for event in nights.events(N2)} == {"closed"} and len(nights.events(N2)) == 1
    assert nights.standing(N2, "household_key")[("TST-03", "3")] == "c"

    # Nothing more happens; a night again, and what is corrected closes once.
    nights.run(N3)
    assert nights.events(N3) == set()
    before = nights.everything()
    nights.run(N3)
    assert nights.everything() == before
    nights.facts("fact_household", household("c", members=1, has_safe_water=True))
    nights.run(N4)
    assert nights.events(N4) == {("TST-01", "c", "closed")}
    nights.facts("fact_household", household("c", members=6, has_safe_water=True))
    nights.run(N5)
    assert nights.events(N5) == {("TST-01", "c", "reopened")}
    assert nights.standing(N5, "finding_id, times_opened")[("TST-01", "c")] == (went_on, 2)

    # A household under the number that was given up is one of its own, and so are its findings.
    nights.query("delete from mart_identity.registry_key returning 1")
    nights.facts(
        "fact_household", household("c", members=6, has_safe_water=True), household("a", members=9), household("b", members=9)
    )
    nights.run(N6)
    again = nights.standing(N6, "finding_id, state")
    assert again[("TST-01", "c")] == (went_on, "open")
    assert len({again[("TST-01", key)][0] for key in "abc"}) == 3
    assert all(again[("TST-01", key)][1] == "open" for key in "abc")


def test_an_exemption_runs_out_or_is_left_behind(nights, make_rule):
    """false_positive and exempt hold for the values they were given for and until their last day, and say so when not."""
    nights.catalogue(make_rule("TST-01", "age > 1"))
    people = {key: person(key, age=5) for key in "1234"}
    nights.facts("fact_person", *people.values())
    nights.run(N1)
    given = nights.standing(N1, "finding_id, value_hash")
    answers = [
        Answer(
            finding_id=given[("TST-01", key)][0], value_hash=given[("TST-01", key)][1], verdict=verdict, reason="理由",
            answered_by="张三", answered_on=N1, approved_by="李四", valid_until=until,
        )
        for key, verdict, until in (("1", "exempt", N3), ("2", "exempt", N5), ("3", "false_positive", N3), ("4", "unclear", None))
    ]
    nights.query(
        "insert into ledger.published_night (as_of) values (%s)"
        " on conflict (only_row) do update set as_of = excluded.as_of returning 1", N1,
    )
    assert apply(nights.connection, answers, today=N1).new == 4
    nights.connection.commit()
    nights.run(N2)
    assert [nights.standing(N2)[("TST-01", key)] for key in "1234"] == ["exempt", "exempt", "false_positive", "open"]

    # Not comparable: it is neither lapsed nor closed. Then its last day has passed.
    nights.facts("fact_person", *(row | {"age": None} for row in people.values()))
    nights.run(N3)
    assert [nights.standing(N3)[("TST-01", key)] for key in "1234"] == ["exempt", "exempt", "false_positive", "open"]
    nights.facts("fact_person", *people.values())
    nights.run(N4)
    assert [nights.standing(N4)[("TST-01", key)] for key in "1234"] == ["open", "exempt", "open", "open"]
    assert nights.events(N4) == {("TST-01", "1", "lapsed"), ("TST-01", "3", "lapsed")}

    # The values say something else than what was exempted.
    nights.facts("fact_person", *(row | {"age": 6} for row in people.values()))
    nights.run(N5)
    assert nights.standing(N5)[("TST-01", "2")] == "open"
    assert nights.events(N5) == {("TST-01", "2", "lapsed")}


def test_a_night_without_its_rules_is_refused(nights, make_rule):
    nights.catalogue(make_rule("TST-01", "age > 1"))
    nights.facts("fact_person", person("1", age=5))
    nights.run(N1)
    with pytest.raises(DbtError, match="not bound"):
        nights.build(N2)
    assert nights.standing(N2) == {("TST-01", "1"): "open"}
