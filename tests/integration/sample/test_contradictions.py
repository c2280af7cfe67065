"""Planted contradictions as they stand in the files of the first night."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from reading import id_no, number

if TYPE_CHECKING:
    from conftest import Made


@pytest.fixture(scope="module")
def registry(county: Made) -> dict[str, dict[str, Any]]:
    return {str(row["person_no"]): row for row in county.file("registry_person").data.values()}


@pytest.fixture(scope="module")
def ids(registry: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {person: id_no(row["id_no"]) for person, row in registry.items()}


def planted(county: Made, origin: str) -> list[str]:
    keys = {row["subject_key"] for row in county.table("contradiction") if row["origin"] == origin}
    assert keys, origin
    return sorted(keys)


def on(county: Made, extract: str, column: str = "id_no") -> set[str]:
    return {id_no(row[column]) for row in county.file(extract).data.values()}


def test_absent_from_the_roll(county: Made, registry: dict[str, dict[str, Any]], ids: dict[str, str]) -> None:
    roll = on(county, "hi_roll")
    for person in planted(county, "roll_absent"):
        assert ids[person] not in roll
        assert registry[person]["has_resident_insurance"] in ("是", "1", "Y", "√")


def test_registered_persons_are_on_the_roll_otherwise(county: Made, ids: dict[str, str]) -> None:
    roll = on(county, "hi_roll")
    absent = {person for person, number_ in ids.items() if number_ not in roll}
    explained = set(planted(county, "roll_absent"))
    explained |= {row["person_no"] for row in county.table("unclear") if row["extract"] in ("hi_roll", "registry_person")}
    assert absent <= explained


def test_unsubsidised_and_unchecked(county: Made, ids: dict[str, str]) -> None:
    paid = {
        id_no(row["id_no"])
        for row in county.file("hi_premium_request").data.values()
        if str(row["request_batch"]).startswith("2026")
    }
    checks = {id_no(row["id_no"]): row for row in county.file("hi_enrol_check").data.values()}
    for person in planted(county, "subsidy_missing"):
        assert ids[person] not in paid
        assert number(checks[ids[person]]["subsidy_amount"]) == 0


def test_the_dead_are_on_the_death_list(county: Made, ids: dict[str, str]) -> None:
    dead = on(county, "death")
    for origin in ("dead", "dead_insured", "dead_claim"):
        assert {ids[person] for person in planted(county, origin)} <= dead


def test_dibao_on_one_side(county: Made, registry: dict[str, dict[str, Any]], ids: dict[str, str]) -> None:
    covered = {
        id_no(row["id_no"]): str(row["is_covered"]) in ("是", "1", "Y", "√")
        for row in county.file("dibao_member").data.values()
    }
    for person in planted(county, "dibao_not_in_registry"):
        assert covered[ids[person]]
        assert registry[person]["dibao_status"] == ""
    for person in planted(county, "dibao_only_in_registry"):
        assert not covered.get(ids[person], False)
        assert registry[person]["dibao_status"] == "农村低保"


def test_pupils_missing_from_the_roll(county: Made, registry: dict[str, dict[str, Any]], ids: dict[str, str]) -> None:
    roll = on(county, "school_roll")
    current = {
        id_no(row["id_no"])
        for row in county.file("edu_compare").data.values()
        if str(row["term"]).startswith("2026")
    }
    for person in planted(county, "dropout_missing"):
        assert registry[person]["student_status"] != ""
        assert ids[person] not in roll | current


def test_unsafe_houses_that_the_registry_calls_safe(county: Made, ids: dict[str, str]) -> None:
    graded = {id_no(row["id_no"]): str(row["house_grade"]) for row in county.file("appraisal").data.values()}
    households = {str(row["household_no"]): row for row in county.file("registry_household").data.values()}
    for household in planted(county, "unsafe_unknown"):
        assert graded[ids[household + "01"]] in ("C", "C级", "Ｃ", "c", "三级")
        assert households[household]["is_unsafe_house"] in ("否", "0", "N")


def test_findings_are_expected_of_rules_in_both_directions(county: Made) -> None:
    rules = {row["rule_id"] for row in county.table("finding")}
    seed = """ID-13 REG-10 REG-13 MED-01 MED-04 MED-05 MED-12 MED-13 MED-14 MED-15 MED-22 CIV-01 CIV-05 CIV-07 CIV-11
        EDU-05 EDU-07 EDU-08 HOU-01 HOU-02"""
    assert set(seed.split()) <= rules
    assert {"CIV-03", "CIV-04", "EDU-09", "MED-10", "MED-11"} <= rules
