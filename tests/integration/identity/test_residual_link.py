"""Tier 2: whom the residual model links, whom it sends to a reviewer, and the traps it must not fall into."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hand_made import NIGHT, OTHER_VILLAGE, VILLAGE, HandMadeCounty, id_number

from bidui.linkage import version
from bidui.problem import ProblemError

Link = dict[str, Any]
Links = dict[tuple[str, int, str], Link]

# What a county of this size would have frozen: 120,000 people, one name in 30,000, the others 1 in 4,000.
POPULATION = 120_000
BEARERS = 30
RARE = {"施代办": 4}

BORN = {
    "周一山": dt.date(1961, 3, 14), "吴二水": dt.date(1972, 8, 5), "郑三石": dt.date(1958, 11, 23),
    "冯四木": dt.date(1980, 2, 17), "陈五火": dt.date(1949, 6, 30), "褚六金": dt.date(1966, 9, 9),
    "卫七土": dt.date(1975, 12, 1), "蒋八风": dt.date(1983, 4, 26), "沈九云": dt.date(1990, 7, 19),
    "韩十雨": dt.date(1954, 1, 8), "何承志": dt.date(1970, 5, 5), "何小川": dt.date(2012, 10, 10),
    "许家宝": dt.date(2011, 3, 3), "许家玉": dt.date(2011, 3, 3), "孔旧村": dt.date(1963, 3, 8),
    "孔户主": dt.date(1935, 1, 1), "曹多人": dt.date(1969, 2, 2), "严多人": dt.date(1969, 2, 2),
    "施代办": dt.date(1968, 4, 4), "李代乙": dt.date(1977, 7, 7), "毛同辛": dt.date(1911, 7, 7),
}  # fmt: skip
NUMBER = {name: id_number(born, serial=place + 1) for place, (name, born) in enumerate(BORN.items())}


def wrong_digit(number: str) -> str:
    return number[:15] + str((int(number[15]) + 1) % 10) + number[16:]


def registered(number: int, name: str, id_no: str | None, household: int | None = None, **more: Any) -> dict[str, Any]:
    return {
        "person_no": str(1000 + number), "household_no": str(100 + (household or number)), "name": name, "id_no": id_no,
        "birth_date": BORN[name], "sex": "男", "village_code": VILLAGE, "relation_to_head": "户主", **more,
    }


REGISTRY = [
    registered(1, "周一山", wrong_digit(NUMBER["周一山"])),
    registered(2, "吴二水", None),
    registered(3, "郑三石", None),
    registered(4, "冯四木", NUMBER["冯四木"]),
    registered(5, "陈五火", None),
    registered(6, "褚六金", NUMBER["褚六金"]),
    registered(7, "卫七土", NUMBER["卫七土"]),
    registered(8, "蒋八风", NUMBER["蒋八风"], birth_date=None),
    registered(9, "沈九云", NUMBER["沈九云"][:6] + NUMBER["沈九云"][8:17]),
    registered(10, "韩十雨", "4.7E+17"),
    registered(11, "何承志", NUMBER["何承志"]),
    registered(12, "何小川", NUMBER["何小川"], household=11, relation_to_head="之子"),
    registered(13, "许家宝", None, household=13, relation_to_head="之子"),
    registered(14, "孔户主", NUMBER["孔户主"]),
    registered(15, "孔旧村", NUMBER["孔旧村"], household=14, relation_to_head="之子", hamlet_name="上湾"),
    registered(16, "曹多人", None),
    registered(17, "严多人", None),
    registered(18, "施代办", NUMBER["施代办"]),
    registered(19, "李代乙", NUMBER["李代乙"]),
    registered(20, "毛同辛", NUMBER["毛同辛"]),
    registered(21, "毛同辛", id_number(dt.date(2011, 7, 7), serial=len(BORN)), birth_date=dt.date(2011, 7, 7)),
]

ROLL = [
    # 1: the registry's number has a wrong digit; 2: the registry has none
    {"name": "周一山", "id_no": NUMBER["周一山"], "village_code": VILLAGE, "sex": "男"},
    {"name": "吴二水", "id_no": NUMBER["吴二水"], "village_code": VILLAGE, "sex": "男"},
    # 3: a stranger of that name, born nine days earlier, whose namesake has no number in the registry
    {"name": "郑三石", "id_no": id_number(BORN["郑三石"] - dt.timedelta(days=9), serial=40), "village_code": VILLAGE},
    # 4: a stranger whose namesake has a number of his own
    {"name": "冯四木", "id_no": id_number(BORN["冯四木"] - dt.timedelta(days=10), serial=40), "village_code": VILLAGE},
    # 5, 6: two numbers claim one person; nothing tells which is right
    {"name": "陈五火", "id_no": NUMBER["陈五火"], "village_code": VILLAGE},
    {"name": "陈五火", "id_no": id_number(BORN["陈五火"], serial=41), "village_code": VILLAGE},
    # 7: name, birth date and village of somebody who has another valid number
    {"name": "褚六金", "id_no": id_number(BORN["褚六金"], serial=42), "village_code": VILLAGE},
    # 8: the old form of the person's number, in the person's village
    {"name": "卫七土", "id_no": NUMBER["卫七土"][:6] + NUMBER["卫七土"][8:17], "village_code": VILLAGE},
    # 9: today's form of the old number in the registry
    {"name": "沈九云", "id_no": NUMBER["沈九云"], "village_code": VILLAGE},
    # 10: the registry's number was rounded by a spreadsheet
    {"name": "韩十雨", "id_no": NUMBER["韩十雨"], "village_code": VILLAGE, "sex": "男"},
    # 11: the brother, unknown to the registry, of a person without a number: born the same day, named almost the same
    {"name": "许家玉", "id_no": NUMBER["许家玉"], "village_code": VILLAGE, "sex": "男"},
    # 12, 13: one number that serves two people, each of whom the registry knows without a number
    {"name": "曹多人", "id_no": NUMBER["曹多人"], "village_code": VILLAGE},
    {"name": "严多人", "id_no": NUMBER["曹多人"], "village_code": VILLAGE},
    # 14: a father's number on his child's row, as in the school roll, which gives the birth date; 15: on a relative's row
    {"name": "何小川", "id_no": NUMBER["何承志"], "village_code": VILLAGE},
    {"name": "何远亲", "id_no": NUMBER["何承志"], "village_code": VILLAGE},
    # 16: the sex contradicts
    {"name": "吴二水", "id_no": id_number(BORN["吴二水"], "女", serial=3), "village_code": OTHER_VILLAGE, "sex": "女"},
    # 17 to 19: a valid number that a clerk wrote for everybody whose own was not at hand; the third has a common name
    *({"name": name, "id_no": id_number(dt.date(1971, 1, 1), serial=50), "village_code": VILLAGE, "sex": "男"}
      for name in ("施代办", "张代甲", "李代乙")),
    # 20: the 15 digits of two people of one name, born a century apart
    {"name": "毛同辛", "id_no": NUMBER["毛同辛"][:6] + NUMBER["毛同辛"][8:17], "village_code": VILLAGE, "sex": "男"},
]
CHRONIC = [
    # the same number and name as on the roll, which gives the village
    {"name": "吴二水", "id_no": NUMBER["吴二水"]},
    # an old number that nothing else supports
    {"name": "蒋八风", "id_no": NUMBER["蒋八风"][:6] + NUMBER["蒋八风"][8:17]},
]
SCHOOL = [
    # a father's number on his child's row, which gives the child's own birth date
    {"name": "何小川", "id_no": NUMBER["何承志"], "birth_date": BORN["何小川"], "village_code": VILLAGE, "sex": "男"},
    # a person linked by number already, once more without one
    {"name": "孔旧村", "id_no": NUMBER["孔旧村"], "birth_date": BORN["孔旧村"], "village_code": VILLAGE, "sex": "男"},
    {"name": "孔旧村", "id_no": None, "birth_date": BORN["孔旧村"], "village_code": VILLAGE, "sex": "男"},
]
NCMS = [
    # no number at all, but name, age, sex, village, hamlet and head of the household
    {"name": "孔旧村", "head_name_norm": "孔户主", "sex": "男", "age": 53, "admitted_on": dt.date(2016, 5, 1),
     "address": "槐村上湾", "village_code": VILLAGE, "poverty_type": "建档立卡贫困户"},
    # a namesake of another age and household
    {"name": "孔旧村", "head_name_norm": "孔别家", "sex": "男", "age": 20, "admitted_on": dt.date(2016, 5, 1),
     "address": "槐村", "village_code": VILLAGE},
]  # fmt: skip


@pytest.fixture(scope="module")
def links(county: HandMadeCounty) -> Links:
    """Link rows by extract, row number and role."""
    county.query(
        "insert into reference.link_term (model_version, term, value, persons) values"
        " ('shipped-1', 'population', '', %s), ('shipped-1', 'village', %s, 3000), ('shipped-1', 'village', %s, 3000)",
        (POPULATION, VILLAGE, OTHER_VILLAGE),
    )
    for name in BORN:
        county.query("insert into reference.link_term values ('shipped-1', 'name', %s, %s)", (name, RARE.get(name, BEARERS)))
    county.deliver("registry_person", REGISTRY)
    county.deliver("hi_roll", ROLL)
    county.deliver("hi_chronic", CHRONIC)
    county.deliver("school_roll", SCHOOL)
    county.deliver("hi_ncms_inpatient_old", NCMS)
    county.deliver("death", [])
    county.reconcile()
    return read_links(county)


def read_links(county: HandMadeCounty) -> Links:
    return {
        (link["extract"], link["row_no"], link["subject_role"]): link
        for link in county.records("select * from mart_identity.link where to_night = 'infinity'")
    }


@pytest.mark.parametrize(
    ("extract", "row_no", "name", "level"),
    [
        ("hi_roll", 1, "周一山", ("id", "one_digit")),
        ("hi_roll", 2, "吴二水", ("id", "unknown")),
        ("hi_chronic", 1, "吴二水", ("place", "same_village")),
        ("hi_roll", 8, "卫七土", ("id", "old_15")),
        ("hi_roll", 9, "沈九云", ("id", "old_15")),
        ("hi_roll", 10, "韩十雨", ("id", "unknown")),
        ("school_roll", 1, "何小川", ("id", "household_member")),
        ("hi_roll", 14, "何小川", ("birth_date", "same")),
        ("hi_ncms_inpatient_old", 1, "孔旧村", ("relative", "member")),
    ],
)
def test_linked(links: Links, extract: str, row_no: int, name: str, level: tuple[str, str]) -> None:
    link = links[extract, row_no, "self"]
    assert (link["gates"], link["decision"], link["person_key"]) == ({}, "linked", key_of(name))
    assert (link["tier"], link["model_version"]) == ("2", "shipped-1")
    assert link["comparison"][level[0]] == level[1]


@pytest.mark.parametrize(
    ("extract", "row_no", "name", "gates"),
    [
        ("hi_roll", 5, "陈五火", {"other_number_claims_person"}),
        ("hi_roll", 6, "陈五火", {"other_number_claims_person"}),
        ("hi_roll", 7, "褚六金", {"two_valid_numbers"}),
        ("hi_roll", 11, "许家宝", {"weight_below_link"}),
        ("hi_roll", 12, "曹多人", {"number_of_several_people"}),
        ("hi_roll", 13, "严多人", {"number_of_several_people"}),
        ("hi_roll", 16, "吴二水", {"sex_different"}),
        ("hi_roll", 17, "施代办", {"number_of_several_people"}),
        ("hi_roll", 19, "李代乙", {"number_of_several_people", "weight_below_link"}),
        ("school_roll", 3, "孔旧村", {"linked_by_number_in_list"}),
    ],
)
def test_reviewed(links: Links, extract: str, row_no: int, name: str, gates: set[str]) -> None:
    link = links[extract, row_no, "self"]
    assert (link["decision"], link["person_key"]) == ("review", key_of(name))
    assert gates <= set(link["gates"])


@pytest.mark.parametrize(
    ("extract", "row_no", "decision", "rule"),
    [
        # strangers and impostors are nobody's link
        ("hi_roll", 3, "not_found", None),
        ("hi_roll", 4, "not_found", None),
        ("hi_ncms_inpatient_old", 2, "unusable", None),
        ("hi_roll", 18, "not_found", None),
        # what tier 1 could not decide stays with its reviewer
        ("hi_roll", 15, "review", "id_name_conflict"),
        ("hi_chronic", 2, "review", "id15_name"),
        ("hi_roll", 20, "review", "id15_name"),
    ],
)
def test_not_linked(links: Links, extract: str, row_no: int, decision: str, rule: str | None) -> None:
    link = links[extract, row_no, "self"]
    assert (link["decision"], link["rule"]) == (decision, rule)


def test_weight_is_the_sum_of_its_bits(links: Links) -> None:
    scored = [link for link in links.values() if link["tier"] == "2"]
    assert len(scored) > 10
    for link in scored:
        assert link["match_weight"] == pytest.approx(sum(link["comparison"]["bits"].values()), abs=0.011)


def test_no_link_holds_a_value_of_a_person(links: Links) -> None:
    shown = str([(link["rule"], link["comparison"], link["gates"]) for link in links.values()])
    assert not [value for value in (*BORN, *NUMBER.values()) if value in shown]


def test_a_linked_person_becomes_comparable(county: HandMadeCounty, links: Links) -> None:
    states = dict(
        county.query(
            "select person_key, coalesce(hi_roll, '-') || ' ' || coalesce(death, '-')"
            " from mart_identity.int_identity__evidence"
        )
    )
    # the row gives the true number, by which the list of deaths would show the person too
    assert states[key_of("吴二水")] == "- -"
    assert states[key_of("陈五火")] == "unusable_id unusable_id"
    # whose row may be under a stopgap number is not absent
    # of two people who have a row's 15 digits neither is
    assert states["1020"] == states["1021"] == "in_review -"
    assert states[key_of("施代办")] == states[key_of("李代乙")] == "in_review -"


def test_frequencies_once_frozen_do_not_move(county: HandMadeCounty, links: Links) -> None:
    assert county.query("select persons from reference.link_term where term = 'population'") == [(POPULATION,)]


def test_only_what_is_more_common_than_its_level_is_frozen(county: HandMadeCounty, links: Links) -> None:
    county.query("insert into reference.link_model_saved select 'coarse', 12, 2, 5, 16, -12, 20000, '', 'shipped-1', %s", (NIGHT,))
    county.query(
        "insert into reference.link_weight_saved select 'coarse', comparison, level, m,"
        " case when by_term = 'name' then 0.9 else u end, by_term, meaning"
        " from reference.link_weight where model_version = 'shipped-1'"
    )
    for _ in range(2):
        county.query("select reference.freeze_link_terms('coarse', 'mart_identity.int_identity__term')")
    frozen = dict(
        county.query("select term, count(*) from reference.link_term where model_version = 'coarse' group by term")
    )
    assert "name" not in frozen and frozen["population"] == 1 and frozen["birth_date"] > 1
    assert county.query(
        "select array_agg(distinct value order by value) from reference.link_term"
        " where model_version = 'coarse' and term = 'village'"
    ) == [([VILLAGE, OTHER_VILLAGE],)]


def test_a_version_is_saved_tried_and_activated(county: HandMadeCounty, links: Links) -> None:
    county.query("insert into ledger.run (as_of, kind, status) values (%s, 'night', 'published')", (NIGHT,))
    assert version.estimate("trial") == "trial"
    with pytest.raises(ProblemError, match="trial"):
        version.estimate("trial")
    # too few pairs to estimate anything from: every level keeps its weight, and tonight's people are counted
    assert county.query(
        "select count(*) filter (where t.bits <> s.bits), count(*) > 30 from reference.link_weight as t"
        " inner join reference.link_weight as s using (comparison, level)"
        " where t.model_version = 'trial' and s.model_version = 'shipped-1'"
    ) == [(0, True)]
    assert county.query("select persons < 100 from reference.link_term where model_version = 'trial' and term = 'population'")

    county.query("insert into reference.link_model_saved select 'strict', 99, 2, 5, 16, -12, 20000, '', 'shipped-1', %s", (NIGHT,))
    county.query(
        "insert into reference.link_weight_saved select 'strict', comparison, level, m, u, by_term, meaning"
        " from reference.link_weight where model_version = 'shipped-1'"
    )
    linked = sum(link["tier"] == "2" and link["decision"] == "linked" for link in links.values())
    changes = version.activate("strict", by="李经办", reason="试行")
    assert sum(change.rows for change in changes if (change.before, change.after) == ("linked", "review")) == linked
    assert county.query("select ledger.active_link_model(), (select count(*) from ledger.link_activation)") == [("strict", 1)]
    # what stands is untouched until the next night
    assert read_links(county) == links
    for mistake in (lambda: version.difference("nobody"), lambda: version.activate("strict", by=" ", reason="x")):
        with pytest.raises(ProblemError):
            mistake()


def key_of(name: str) -> str:
    return next(row["person_no"] for row in REGISTRY if row["name"] == name)
