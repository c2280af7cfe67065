"""Why a list says nothing about a person: each state, and what is not one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hand_made import NIGHT, OTHER_VILLAGE, VILLAGE, HandMadeCounty, id_number

NUMBERS = {
    name: id_number(dt.date(1950 + year, 4, 4), serial=year)
    for year, name in enumerate(
        ["有行人", "待审人", "无行人", "隔离村", "异村人", "隔离号", "坏号人", "同号甲", "远号人", "无地人", "被写人"]
    )
}


def registered(number: int, name: str, id_no: str | None) -> dict[str, Any]:
    return {
        "person_no": f"P{number}", "household_no": f"H{number}", "name": name, "id_no": id_no, "village_code": VILLAGE,
    }


def one_digit_off(number: str) -> str:
    digit = (int(number[5]) + 1) % 10
    return number[:5] + str(digit) + number[6:]


@pytest.fixture(scope="module")
def evidence(county: HandMadeCounty) -> dict[str, dict[str, Any]]:
    """States by name of the person."""
    people = [(name, number) for name, number in NUMBERS.items() if name != "坏号人"]
    rows = [registered(i, name, number) for i, (name, number) in enumerate(people)]
    rows += [
        registered(20, "坏号人", one_digit_off(NUMBERS["坏号人"])),
        registered(21, "同号乙", NUMBERS["同号甲"]),
    ]
    county.deliver("registry_person", rows)
    county.deliver(
        "hi_roll",
        [
            {"name": "有行人", "id_no": NUMBERS["有行人"], "psn_no": "N1"},
            {"name": "另一名", "id_no": NUMBERS["待审人"]},
            {"name": "隔离村", "id_no": None, "village_code": VILLAGE},
            {"name": "异村人", "id_no": None, "village_code": OTHER_VILLAGE},
            {"name": "隔离号", "id_no": one_digit_off(NUMBERS["隔离号"]), "village_code": OTHER_VILLAGE},
            {"name": "远号人", "id_no": "99010119000101001X"},
            {"name": "坏号人", "id_no": one_digit_off(NUMBERS["坏号人"]), "village_code": VILLAGE},
            {"name": "同号甲", "id_no": NUMBERS["同号甲"]},
            {"name": "无地人", "id_no": f"{NUMBERS['无地人'][0]}.{NUMBERS['无地人'][1:15]}E+17"},
            # somebody is linked and also named in quarantine: the link stands
            {"name": "有行人", "id_no": None, "village_code": VILLAGE},
            # somebody of the county who has the name of a registry person
            {"name": "无行人", "id_no": id_number(dt.date(1991, 1, 1)), "psn_no": "N2"},
            # somebody's name under another villager's number
            {"name": "被写人", "id_no": NUMBERS["有行人"], "village_code": VILLAGE},
        ],
        quarantined=[3, 4, 5, 6, 7, 9, 10],
    )
    county.deliver(
        "hi_settlement",
        [
            {"name": "有行人", "id_no": None, "psn_no": "N1"},
            {"name": "无行人", "id_no": None, "psn_no": "N2"},
            {"name": "隔离村", "id_no": None, "psn_no": "N3"},
        ],
        quarantined=[1, 2, 3],
    )
    county.deliver(
        "disability",
        [
            {"name": "无行人", "id_no": None, "disability_no": NUMBERS["无行人"] + "42"},
            {"name": "异村人", "id_no": None, "disability_no": NUMBERS["有行人"] + "42"},
        ],
        quarantined=[1, 2],
    )
    county.deliver("tekun", [], is_stale=True, data_date=NIGHT - dt.timedelta(days=90))
    county.deliver("death", [])
    county.reconcile()
    return {
        record["name_norm"]: record
        for record in county.records(
            "select r.name_norm, e.* from mart_identity.int_identity__evidence as e"
            " inner join mart_identity.int_identity__registry_person as r using (person_key)"
        )
    }


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("有行人", None),
        ("无行人", None),
        ("待审人", "in_review"),
        ("隔离村", "quarantined"),
        # a quarantined namesake of another village without a readable number is somebody else
        ("异村人", None),
        # the damaged number is one digit from the person's: wherever the row says it lives
        ("隔离号", "quarantined"),
        # the name is the same and no place is given, but the number is readable and another one
        ("远号人", None),
        ("无地人", "quarantined"),
        # what is wrong with the person's own number comes before the rows that might be about the person
        ("坏号人", "unusable_id"),
        # the row is shown to a reviewer beside the number's holder, and may be about whom it names
        ("被写人", "in_review"),
        # two names share the number: the name decided for one, and of the other nothing is known
        ("同号甲", None),
        ("同号乙", "unusable_id"),
    ],
)
def test_state_of_a_person(evidence: dict[str, dict[str, Any]], name: str, state: str | None) -> None:
    assert evidence[name]["hi_roll"] == state


@pytest.mark.parametrize(
    ("extract", "name", "state"),
    [
        # the roll knows the insurance number: the row is this person's, or it is a namesake's
        ("hi_settlement", "有行人", "quarantined"),
        ("hi_settlement", "无行人", None),
        # it does not: the name is all there is
        ("hi_settlement", "隔离村", "quarantined"),
        # the disability number repeats the person's own
        ("disability", "无行人", "quarantined"),
        ("disability", "异村人", None),
    ],
)
def test_second_numbers_tell_namesakes_apart(
    evidence: dict[str, dict[str, Any]], extract: str, name: str, state: str | None
) -> None:
    assert evidence[name][extract] == state


def test_state_of_a_list_covers_everybody(evidence: dict[str, dict[str, Any]]) -> None:
    assert {record["tekun"] for record in evidence.values()} == {"stale_batch"}
    assert {record["dibao"] for record in evidence.values()} == {"no_batch"}


def test_an_empty_list_in_force_is_comparable_but_for_unusable_numbers(evidence: dict[str, dict[str, Any]]) -> None:
    assert {name for name, record in evidence.items() if record["death"] is not None} == {"坏号人", "同号甲", "同号乙"}
