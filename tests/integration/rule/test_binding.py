"""Binding a night: bad rules are refused with their place, the others run, parameters follow division and date."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

NIGHT = dt.date(2026, 10, 16)
LIMIT = {"limit": {"type": "integer", "title": {"zh": "上限", "en": "limit"}}}


def set_parameter(nights, value: str, *, key: str = "", division: str = "", since: str = "-infinity", until: str = "infinity"):
    nights.query(
        "insert into reference.county_parameter values ('TST-01', 'limit', %s, %s, %s, %s, %s) returning 1",
        key, value, division, since, until,
    )


def night_rules(nights) -> dict[str, tuple[Any, ...]]:
    rows = nights.query("select rule_id, status, problem from ledger.night_rule where as_of = %s", NIGHT)
    return {row[0]: row[1:] for row in rows}


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        ({"predicate": "age > no_such_column"}, "TST-01.predicate", "no_such_column"),
        ({"predicate": "age + 1"}, "TST-01.predicate", "boolean"),
        ({"predicate": "age > 'old'"}, "TST-01.predicate", "old"),
        ({"predicate": "age >"}, "TST-01.predicate", "syntax"),
        ({"evidence": ["age", "no_such_column"]}, "TST-01.evidence", "no_such_column"),
        ({"exceptions": [{"name": "x", "title": {"zh": "例", "en": "x"}, "when": "nothing_here"}]}, "TST-01.predicate",
         "nothing_here"),
        ({"predicate": "age > :limit", "parameters": LIMIT}, "TST-01.parameters.limit", "TST-01.limit"),
        ({"severity": "unheard"}, "TST-01.severity", "unheard"),
    ],
)
def test_a_bad_rule_is_refused_with_its_place_and_the_others_run(nights, make_rule, changes, place, said):
    nights.catalogue(make_rule("TST-01", "age > 1") | changes, make_rule("TST-02", "age > 2"))
    binding = nights.bind(NIGHT)
    assert [bound.rule.id for bound in binding.active] == ["TST-02"]
    rules = night_rules(nights)
    assert rules["TST-02"] == ("active", None)
    status, problem = rules["TST-01"]
    assert status == "refused"
    assert problem["column"] == place
    assert problem["file"] == "test.yml"
    assert said in problem["en"]
    assert problem["zh"]


def test_a_rule_that_fails_on_a_row_is_refused_without_quoting_the_row(nights, make_rule):
    nights.catalogue(make_rule("TST-01", "id_no::int > 1"), make_rule("TST-02", "100 / age > 1"), make_rule("TST-03", "age = 0"))
    nights.facts("fact_person", {"person_key": "1", "age": 0, "id_no": "99000119800101001X"})
    binding = nights.bind(NIGHT)
    assert [bound.rule.id for bound in binding.active] == ["TST-03"]
    rules = night_rules(nights)
    assert rules["TST-01"][0] == rules["TST-02"][0] == "refused"
    assert "990001" not in str(rules)


def test_every_version_is_kept_and_binding_again_replaces_the_night(nights, make_rule):
    nights.catalogue(make_rule("TST-01", "age > 1"))
    nights.bind(NIGHT)
    nights.catalogue(make_rule("TST-01", "age > 2"))
    nights.bind(NIGHT)
    assert nights.query("select count(*), count(distinct rule_version) from reference.rule") == [(2, 2)]
    assert nights.query("select predicate_sql from ledger.night_rule") == [("((age > 2))",)]


def test_a_rule_outside_its_dates_does_not_run(nights, make_rule):
    nights.catalogue(
        make_rule("TST-01", "age > 1", active_from="2026-10-17"),
        make_rule("TST-02", "age > 1", active_to="2026-10-15"),
        make_rule("TST-03", "age > 1", active_from="2026-10-16", active_to="2026-10-16"),
    )
    nights.bind(NIGHT)
    assert {rule: row[0] for rule, row in night_rules(nights).items()} == {
        "TST-01": "inactive", "TST-02": "inactive", "TST-03": "active",
    }


def test_parameters_follow_the_night_and_the_rows_division(nights, make_rule):
    set_parameter(nights, "10")
    set_parameter(nights, "20", division="990001000000")
    set_parameter(nights, "30", division="990001101000", since="2026-10-01", until="2026-10-17")
    set_parameter(nights, "99", division="990001102000", until="2026-10-01")
    nights.catalogue(make_rule("TST-01", "age = :limit", parameters=LIMIT))
    places = {
        "elsewhere": {"county_code": "990002000000"},
        "county": {"county_code": "990001000000"},
        "town": {"county_code": "990001000000", "town_code": "990001101000"},
        "expired": {"county_code": "990001000000", "town_code": "990001102000"},
        "unplaced": {},
    }
    nights.facts(
        "fact_person",
        *({"person_key": f"{name}-{age}", "age": age, **place} for name, place in places.items() for age in (10, 20, 30, 99)),
    )

    def hits(night: dt.date) -> set[str]:
        nights.bind(night)
        (predicate,) = nights.query("select predicate_sql from ledger.night_rule where as_of = %s", night)[0]
        return {row[0] for row in nights.query(f"select person_key from mart_comparison.fact_person where {predicate}")}

    assert hits(NIGHT) == {"elsewhere-10", "county-20", "town-30", "expired-20", "unplaced-10"}
    assert hits(dt.date(2026, 10, 17)) == {"elsewhere-10", "county-20", "town-20", "expired-20", "unplaced-10"}
    assert hits(dt.date(2026, 9, 30)) == {"elsewhere-10", "county-20", "town-20", "expired-99", "unplaced-10"}
    bound = nights.query("select parameters from ledger.night_rule where as_of = %s", NIGHT)[0][0]
    assert {(row["division_code"], row["value"]) for row in bound} == {
        ("", "10"), ("990001000000", "20"), ("990001101000", "30"),
    }


def test_a_keyed_parameter_is_chosen_by_the_rows_value_and_an_unknown_key_is_not_comparable(nights, make_rule):
    set_parameter(nights, "462", key="A")
    set_parameter(nights, "354", key="B'); drop table x --")
    nights.catalogue(make_rule("TST-01", "age <> :limit[dibao__dibao_tier]", parameters=LIMIT))
    nights.bind(NIGHT)
    (predicate,) = nights.query("select predicate_sql from ledger.night_rule")[0]
    nights.facts(
        "fact_person",
        *(
            {"person_key": key, "age": age, "dibao__dibao_tier": tier}
            for key, age, tier in (("a", 462, "A"), ("b", 1, "B'); drop table x --"), ("c", 1, "C"), ("d", 1, None))
        ),
    )
    results = dict(nights.query(f"select person_key, {predicate} from mart_comparison.fact_person"))
    assert results == {"a": False, "b": True, "c": None, "d": None}


def test_a_family_that_cannot_be_read_keeps_its_rules_from_being_retired(nights, make_rule):
    nights.catalogue(make_rule("TST-01", "age > 1"))
    nights.bind(NIGHT)
    Path(nights.folder / "test.yml").write_text("rules: [", encoding="utf-8")
    nights.bind(dt.date(2026, 10, 17))
    rows = nights.query("select rule_id, status from ledger.night_rule where as_of = '2026-10-17'")
    assert rows == [("TST-01", "refused")]


def test_without_fact_tables_a_rule_is_refused_and_says_so(nights, make_rule):
    nights.catalogue(make_rule("TST-01", "age > 1"))
    nights.query("drop table mart_comparison.fact_person; select 1")
    binding = nights.bind(NIGHT)
    assert [refused.problem.code for refused in binding.refused] == ["rule_facts_missing"]
