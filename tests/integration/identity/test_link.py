"""Tier 1: who is linked, who is reviewed, and why; one hand-made county, one run."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hand_made import OTHER_VILLAGE, VILLAGE, HandMadeCounty, id_number

FATHER = id_number(dt.date(1970, 1, 2))
MOTHER = id_number(dt.date(1972, 3, 4), "女")
SON = id_number(dt.date(2012, 5, 6))
BROTHER = id_number(dt.date(2014, 7, 8))
NEIGHBOUR = id_number(dt.date(1950, 2, 3))
UIGHUR = id_number(dt.date(1981, 9, 9), "女")
TWICE = id_number(dt.date(2008, 6, 6))
SHARED = id_number(dt.date(1988, 8, 8))
STOPGAP = id_number(dt.date(1960, 6, 6), "女")
STRANGER = id_number(dt.date(1990, 10, 10))
OLD15 = "990101550505123"
OLD15_NOW = id_number(dt.date(1955, 5, 5), serial=61)  # …123: the same digits in a number of today

Link = dict[str, Any]


def registered(person_no: str, household_no: str, name: str, number: str | None, **more: Any) -> dict[str, Any]:
    return {
        "person_no": person_no, "household_no": household_no, "name": name, "id_no": number,
        "village_code": VILLAGE, **more,
    }


@pytest.fixture(scope="module")
def links(county: HandMadeCounty) -> dict[tuple[str, int, str], Link]:
    """Link rows by extract, row number and role."""
    county.deliver(
        "registry_person",
        [
            registered("00101", "0001", "王志明", FATHER),
            registered("00102", "0001", "李梅", MOTHER),
            registered("00103", "0001", "王小虎", SON),
            registered("00104", "0001", "王小龙", BROTHER),
            registered("00201", "0002", "张大山", NEIGHBOUR),
            registered("00202", "0002", "阿依古丽·买买提", UIGHUR),
            registered("00301", "0003", "赵二", TWICE),
            registered("00401", "0004", "赵二", TWICE),
            registered("00501", "0005", "孙红", SHARED),
            registered("00502", "0005", "孙小红", SHARED),
            registered("00601", "0006", "周八一", OLD15),
            registered("00701", "0007", "吴无证", None),
            registered("00901", "0009", "冯孤", STOPGAP),
            # the same household once more, its leading zeros eaten by a spreadsheet
            registered("801", "8", "郑零", id_number(dt.date(1971, 7, 1))),
        ],
    )
    county.deliver(
        "registry_household", [{"household_no": f"000{number}"} for number in range(1, 9)]
    )
    county.deliver(
        "hi_roll",
        [
            {"name": "王志明", "id_no": FATHER, "sex": "男"},
            {"name": "张?山", "id_no": NEIGHBOUR},
            {"name": "阿依古丽买买提", "id_no": UIGHUR},
            {"name": "李海", "id_no": MOTHER},
            {"name": "王小龙", "id_no": SON},
            {"name": "张大由", "id_no": NEIGHBOUR},
            {"name": "完全另名", "id_no": BROTHER},
            {"name": "赵二", "id_no": TWICE, "village_code": OTHER_VILLAGE},
            {"name": "孙小红", "id_no": SHARED},
            {"name": "周八一", "id_no": OLD15_NOW},
            {"name": "钱外人", "id_no": STRANGER},
            {"name": "李海", "id_no": MOTHER, "sex": "男"},
            {"name": "孙小江", "id_no": SHARED},
            {"name": "外甲乙", "id_no": STOPGAP},
            {"name": "外丙丁", "id_no": STOPGAP},
        ],
    )
    county.deliver(
        "hi_chronic",
        [
            {"name": "孙某某", "id_no": SHARED},
            {"name": "王志朋", "id_no": FATHER},
            {"name": "张大山", "id_no": id_number(dt.date(1950, 2, 3), serial=9)},
            {"name": "周八一", "id_no": OLD15},
            {"name": "陌生人", "id_no": OLD15},
            {"name": "李梅", "id_no": MOTHER.replace("990101", "99010l", 1)},
            {"name": "王小虎", "id_no": SON[:6] + SON[8:17]},
            {"name": "冯狐", "id_no": STOPGAP},
        ],
    )
    county.deliver(
        "school_roll",
        [
            {"name": "王小虎", "id_no": SON, "birth_date": dt.date(2012, 5, 6), "study_stage": "初中"},
            {"name": "王小龙", "id_no": FATHER, "birth_date": dt.date(2014, 7, 8), "study_stage": "小学"},
            {"name": "王小鹿", "id_no": SON, "birth_date": dt.date(2012, 5, 16), "study_stage": "初中"},
        ],
    )
    county.deliver(
        "dibao",
        [
            {"head_name": "王志明", "head_id_no": FATHER},
            {"head_name": None, "head_id_no": MOTHER},
        ],
    )
    county.deliver(
        "marriage",
        [
            {"male_id_no": FATHER, "female_id_no": MOTHER, "kind": "结婚"},
            {"male_id_no": MOTHER, "female_id_no": None, "kind": "结婚"},
            {"male_id_no": SHARED, "female_id_no": STRANGER, "kind": "结婚"},
        ],
    )
    county.deliver("hi_ncms_inpatient_old", [{"name": "王志明"}])
    county.deliver("yulu", [{"name": "赵二", "id_no": TWICE, "household_no": "4"}])
    county.reconcile()
    return {
        (link["extract"], link["row_no"], link["subject_role"]): link
        for link in county.records("select * from mart_identity.link where to_night = 'infinity'")
    }


@pytest.mark.parametrize(
    ("extract", "row_no", "role", "person", "decision", "rule"),
    [
        ("hi_roll", 1, "self", "101", "linked", "id_name"),
        ("hi_roll", 2, "self", "201", "linked", "id_name_variant"),
        ("hi_roll", 3, "self", "202", "linked", "id_name_variant"),
        ("hi_roll", 4, "self", "102", "linked", "id_name_one_character"),
        ("hi_roll", 9, "self", "502", "linked", "id_name"),
        ("school_roll", 1, "self", "103", "linked", "id_name"),
        ("dibao", 1, "head", "101", "linked", "id_name"),
        ("marriage", 1, "male", "101", "linked", "id_sex_role"),
        ("marriage", 1, "female", "102", "linked", "id_sex_role"),
        # the name of a brother under the other's number: the row is about the brother, and nobody is linked
        ("hi_roll", 5, "self", "104", "review", "id_name_one_character"),
        # the row's own number has its own name elsewhere in the list: two people, one number
        ("hi_roll", 6, "self", "201", "review", "id_name_one_character"),
        ("hi_roll", 12, "self", "102", "review", "id_name_one_character"),
        ("hi_roll", 7, "self", "104", "review", "id_name_conflict"),
        # a number that several people have, in the registry or in the lists: one character apart may be one of them
        ("hi_roll", 13, "self", "502", "review", "id_name_one_character"),
        ("hi_chronic", 8, "self", "901", "review", "id_name_one_character"),
        # a father's number on a pupil's row
        ("school_roll", 2, "self", "104", "review", "id_name_conflict"),
        ("school_roll", 3, "self", "103", "review", "id_name_one_character"),
        ("hi_chronic", 1, "self", "501", "review", "id_name_conflict"),
        ("hi_chronic", 2, "self", "101", "linked", "id_name_one_character"),
        ("hi_chronic", 4, "self", "601", "review", "id15_name"),
        ("hi_roll", 10, "self", "601", "review", "id15_name"),
        ("dibao", 2, "head", "102", "review", "id_without_name"),
        ("marriage", 2, "male", "102", "review", "id_sex_role"),
        ("marriage", 3, "male", "501", "review", "id_sex_role"),
        # a person registered in two households is one person; the row says which household it means
        ("yulu", 1, "self", "401", "linked", "id_name"),
        ("hi_roll", 8, "self", "301", "linked", "id_name"),
        ("hi_roll", 11, "self", None, "not_found", None),
        ("hi_chronic", 3, "self", None, "not_found", None),
        ("marriage", 3, "female", None, "not_found", None),
        ("hi_chronic", 5, "self", None, "unusable", None),
        # a letter in the number: name and last four digits are left
        ("hi_chronic", 6, "self", "102", "review", "name_last_4"),
        # born in 2012: no such number was ever issued, and yet it is his, shortened
        ("hi_chronic", 7, "self", "103", "review", "id15_name"),
        ("hi_ncms_inpatient_old", 1, "self", None, "unusable", None),
    ],
)
def test_decision(
    links: dict[tuple[str, int, str], Link],
    extract: str, row_no: int, role: str, person: str | None, decision: str, rule: str | None,
) -> None:
    link = links[extract, row_no, role]
    assert (link["person_key"], link["decision"], link["rule"]) == (person, decision, rule)


@pytest.mark.parametrize(
    ("extract", "row_no", "gates"),
    [
        ("hi_roll", 1, set()),
        ("hi_roll", 5, {"name_is_other_member"}),
        ("hi_roll", 6, {"number_has_own_name_in_extract"}),
        ("hi_roll", 7, {"name_different"}),
        ("hi_roll", 12, {"sex_contradicts_id"}),
        ("school_roll", 2, {
            "name_different", "name_is_other_member", "birth_contradicts_id", "adult_number_on_student_row",
        }),
        ("school_roll", 3, {"birth_contradicts_id", "number_has_own_name_in_extract"}),
        ("hi_chronic", 1, {"name_different", "number_shared_by_registry_names", "number_of_strangers"}),
        ("hi_chronic", 4, {"old_15_digit_number"}),
        ("hi_chronic", 8, {"number_of_strangers"}),
        ("yulu", 1, {"same_person_in_several_rows"}),
    ],
)
def test_gates_say_why(
    links: dict[tuple[str, int, str], Link], extract: str, row_no: int, gates: set[str]
) -> None:
    assert set(links[extract, row_no, "self"]["gates"]) == gates


def test_every_person_named_has_one_link(county: HandMadeCounty, links: dict[tuple[str, int, str], Link]) -> None:
    # a marriage of which only one side is written names one person
    assert len(links) == 15 + 8 + 3 + 2 + 5 + 1 + 1
    assert all((link["tier"] in {"1", "2"}) == bool(link["rule"]) for link in links.values())


def test_no_link_holds_a_value_of_a_person(links: dict[tuple[str, int, str], Link]) -> None:
    shown = str([(link["comparison"], link["gates"]) for link in links.values()])
    assert "王志明" not in shown
    assert FATHER not in shown


def test_numbers_are_shown_in_their_longest_form(
    county: HandMadeCounty, links: dict[tuple[str, int, str], Link]
) -> None:
    rows = county.query(
        "select person_key, person_no, household_key, household_no"
        " from mart_identity.int_identity__registry_person where person_key in ('801', '101') order by person_key"
    )
    assert rows == [("101", "00101", "1", "0001"), ("801", "801", "8", "0008")]


def test_one_person_in_two_households_is_spoken_for_in_both(
    county: HandMadeCounty, links: dict[tuple[str, int, str], Link]
) -> None:
    rows = county.query(
        "select person_key from mart_identity.int_identity__linked_row where extract = 'hi_roll' and row_no = 8"
        " order by person_key"
    )
    assert rows == [("301",), ("401",)]
