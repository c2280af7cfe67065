"""What is compared in an earlier month, term or year: facts by what the registry said then, and not by tonight's row.

Registry lists of January, September and tonight (October) are kept. In January 返贫户 had not yet returned, 再脱贫户 had not
yet exited again, 新识别 were general villagers, 嫁入人 lived in a general household, 后入人 was not registered, and 离册生
still was. 分户人 was paid dibao in his father's household, and left it in October; 迁出人 in one that nobody has stayed in.
曾监测 lived in a household that was monitored from February on, and left it; 嫁监测 married into one. 迟入人 came in between the last two lists.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hand_made import VILLAGE, HandMadeCounty, id_number

JANUARY, SEPTEMBER, OCTOBER = dt.date(2026, 1, 18), dt.date(2026, 9, 3), dt.date(2026, 10, 15)
BORN = dt.date(1980, 1, 1)
PUPIL_BORN = dt.date(2016, 2, 2)

PEOPLE = ("返贫人", "再脱贫", "新识别", "嫁入人", "后入人", "补录人", "已消除", "分户人", "父亲人", "久贫人",
          "迁出人", "曾监测", "迟入人", "漏列人", "嫁监测")
NUMBERS = {name: id_number(BORN, serial=serial) for serial, name in enumerate(PEOPLE)}
PUPILS = {name: id_number(PUPIL_BORN, serial=serial) for serial, name in enumerate(("监测生", "离册生", "新监测", "从未在"))}

POOR = {"household_type": "脱贫户", "exit_attribute": "脱贫", "exit_year": 2019}
RETURNED = {"household_type": "脱贫户", "exit_attribute": "返贫", "exit_year": 2019}
GENERAL = {"household_type": "一般农户"}
CLEARED = {
    **GENERAL, "monitor_category": "边缘易致贫户", "monitored_from": dt.date(2025, 3, 1), "risk_cleared": True,
    "risk_cleared_on": dt.date(2026, 6, 1),
}
MONITORED = {**CLEARED, "risk_cleared": False, "risk_cleared_on": None}
LATELY = {**GENERAL, "monitor_category": "边缘易致贫户", "monitored_from": dt.date(2026, 10, 1)}

Fact = dict[str, Any]

# Who, in which household, and what the household's row says, list by list.
LISTS: dict[dt.date, dict[str, tuple[str, Fact]]] = {
    JANUARY: {
        "返贫人": ("A", POOR), "再脱贫": ("B", RETURNED), "新识别": ("C", GENERAL), "嫁入人": ("C", GENERAL),
        "已消除": ("F", MONITORED), "分户人": ("G", POOR), "父亲人": ("G", POOR), "久贫人": ("D", RETURNED),
        "监测生": ("F", MONITORED), "离册生": ("D", RETURNED), "新监测": ("H", GENERAL), "迁出人": ("L", POOR), "曾监测": ("N", GENERAL),
        "嫁监测": ("C", GENERAL),
    },
    SEPTEMBER: {
        "返贫人": ("A", POOR), "再脱贫": ("B", RETURNED), "新识别": ("C", GENERAL), "嫁入人": ("C", GENERAL),
        "已消除": ("F", CLEARED), "分户人": ("G", POOR), "父亲人": ("G", POOR), "久贫人": ("D", RETURNED),
        "监测生": ("F", CLEARED), "离册生": ("D", RETURNED), "新监测": ("H", GENERAL), "迁出人": ("L", POOR),
        "曾监测": ("N", {**MONITORED, "monitored_from": dt.date(2026, 2, 1)}), "嫁监测": ("C", GENERAL),
    },
    OCTOBER: {
        "返贫人": ("A", RETURNED), "再脱贫": ("B", {**POOR, "exit_year": 2026}), "新识别": ("C", RETURNED),
        "嫁入人": ("D", RETURNED), "后入人": ("D", RETURNED), "补录人": ("D", RETURNED), "已消除": ("F", CLEARED),
        "分户人": ("K", POOR), "父亲人": ("G", POOR), "久贫人": ("D", RETURNED), "监测生": ("F", CLEARED), "新监测": ("H", LATELY),
        "迁出人": ("D", RETURNED), "曾监测": ("P", GENERAL), "迟入人": ("D", RETURNED), "漏列人": ("D", RETURNED),
        "嫁监测": ("F", CLEARED),
    },
}
# On the last list of households, and nobody in it.
EMPTY = {"L": POOR}
# Before the first list that is kept: it tells, as far as its dates do.
PAID_EARLY = ("久贫人", "父亲人", "漏列人")
IDENTIFIED = {"后入人": dt.date(2026, 5, 1), "补录人": dt.date(2026, 1, 1), "迟入人": dt.date(2026, 9, 20)}

SPRING, AUTUMN = "2026年春季学期", "2026年秋季学期"


@pytest.fixture(scope="module")
def facts(county: HandMadeCounty) -> dict[str, Fact]:
    """fact_person by name."""
    numbers = NUMBERS | PUPILS
    for day, listed in LISTS.items():
        is_current = day == OCTOBER
        county.deliver(
            "registry_person",
            [
                {"person_no": f"{household}{name}", "household_no": household, "name": name, "id_no": numbers[name],
                 "village_code": VILLAGE, "relation_to_head": "户主", "person_identified_on": IDENTIFIED.get(name, dt.date(2014, 1, 1)),
                 "student_status": "小学" if name in PUPILS else None}
                for name, (household, _) in listed.items()
            ],
            data_date=day, is_current=is_current,
        )
        rows = dict(listed.values()) | (EMPTY if is_current else {})
        county.deliver(
            "registry_household",
            [{"household_no": household, "village_code": VILLAGE, **said} for household, said in rows.items()],
            data_date=day, is_current=is_current,
        )
    roll = {"insurance_year": 2026, "insurance_kind": "城乡居民基本医疗保险", "status": "正常参保"}
    county.deliver(
        "hi_roll",
        [{"name": name, "id_no": number, **roll, "paid_on": dt.date(2025, 12, 9) if name in PAID_EARLY else dt.date(2026, 1, 15)}
         for name, number in NUMBERS.items()],
    )
    # 父亲人 is paid for both; the lists of January make its dibao and tekun known
    for day in (JANUARY, OCTOBER):
        paid = {"head_name": "分户人", "head_id_no": NUMBERS["分户人"], "dibao_no": "DB1", "dibao_persons": 2}
        moved = {"head_name": "迁出人", "head_id_no": NUMBERS["迁出人"], "dibao_no": "DB2", "dibao_persons": 1}
        county.deliver(
            "dibao",
            [{**row, "monthly_amount": 500, "pay_month": day.replace(day=1)} for row in ((paid, moved) if day == JANUARY else (paid,))],
            data_date=day, is_current=day == OCTOBER,
        )
        county.deliver("tekun", [{"name": "外人", "id_no": id_number(dt.date(1950, 1, 1))}], data_date=day, is_current=day == OCTOBER)
    stay = {"visit_type": "住院", "fee_total": 1000, "in_scope_amount": 1000, "basic_fund_pay": 500, "personal_total": 500,
            "is_in_county": True, "settled_at": "2026-02-10 09:00"}
    county.deliver(
        "hi_settlement",
        [{"name": name, "id_no": NUMBERS[name], **stay, "admitted_on": dt.date(2026, month, 1)}
         for name, month in (("新识别", 2), ("已消除", 2), ("已消除", 8), ("返贫人", 2), ("补录人", 1), ("曾监测", 3),
                            ("迟入人", 2), ("嫁监测", 2))],
    )
    aid = {"is_registered": True, "study_stage": "小学", "aid_amount": 0}
    county.deliver(
        "edu_compare",
        [{"name": name, "id_no": number, "term": term, **aid, "aid_amount": 500 if name in ("离册生", "从未在") else 0}
         for name, number in PUPILS.items() for term in (SPRING, AUTUMN)],
    )
    # of a term that the comparison list does not name
    county.deliver(
        "yulu",
        [{"name": "离册生", "id_no": PUPILS["离册生"], "term": "2025年秋季学期", "study_stage": "中职", "aid_amount": 1500}],
    )
    county.deliver(
        "renovation",
        [{"head_name": "父亲人", "head_id_no": NUMBERS["父亲人"], "plan_year": 2026, "started_on": dt.date(2026, 2, 1), "area_m2": 85},
         {"head_name": "父亲人", "head_id_no": NUMBERS["父亲人"], "plan_year": 2018, "started_on": dt.date(2018, 2, 1), "area_m2": 50}],
    )
    county.reconcile("tag:identity")
    county.reconcile("path:models/comparison/facts")
    return {row["person_name"]: row for row in county.records("select * from mart_comparison.fact_person")}


@pytest.mark.parametrize(
    ("name", "identities", "first", "state"),
    [
        ("返贫人", "脱贫人口", "脱贫人口", None),
        ("再脱贫", "返贫致贫人口", "返贫致贫人口", None),
        ("新识别", None, None, None),
        ("嫁入人", None, None, None),
        ("后入人", None, None, None),
        # identified before January by tonight's list, and not in January's: nobody can tell
        ("补录人", None, None, "no_batch"),
        ("已消除", "边缘易致贫人口", "边缘易致贫人口", None),
        ("分户人", "低保对象|脱贫人口", "低保对象", None),
        # exited in 2019, or returned on some day before January
        ("父亲人", "脱贫人口", "脱贫人口", None),
        ("久贫人", None, None, "no_batch"),
    ],
)
def test_identities_of_the_month_of_payment(
    facts: dict[str, Fact], name: str, identities: str | None, first: str | None, state: str | None
) -> None:
    fact = facts[name]
    assert (fact["premium__identities"], fact["premium__identity"], fact["premium__identity_state"]) == (
        identities, first, state,
    )


def test_a_stay_is_judged_by_the_identity_of_its_month(county: HandMadeCounty, facts: dict[str, Fact]) -> None:
    rows = county.query(
        "select r.person_name, s.service_month, s.had_identity, s.registry_identities, s.is_monitored"
        " from mart_comparison.fact_settlement as s inner join mart_comparison.fact_person as r using (person_key) order by 1, 2"
    )
    february, august = dt.date(2026, 2, 1), dt.date(2026, 8, 1)
    assert set(rows) == {
        ("已消除", february, True, "边缘易致贫人口", True),
        # no list of August tells of dibao or tekun, and nobody says that there was any
        ("已消除", august, False, None, False),
        # no list of February is kept: those of January and September agree
        ("新识别", february, False, None, False),
        ("返贫人", february, True, "脱贫人口", False),
        ("补录人", dt.date(2026, 1, 1), None, None, False),
        # monitored by September's list, in a household that he has left
        ("曾监测", dt.date(2026, 3, 1), True, "边缘易致贫人口", True),
        # married since into a household that was monitored then
        ("嫁监测", february, False, None, False),
        # on neither list, and identified after both
        ("迟入人", february, False, None, False),
    }
    assert [facts[name]["hi_settlement__entitled_stays"] for name in ("已消除", "新识别", "返贫人", "补录人", "父亲人")] == [1, 0, 1, None, 0]
    assert facts["已消除"]["hi_settlement__entitled_reimbursed"] == 500


def test_who_is_on_no_list_of_then_and_was_identified_before_may_have_been_registered(
    county: HandMadeCounty, facts: dict[str, Fact]
) -> None:
    said = dict(county.query(
        "select r.person_name, s.is_listed from mart_comparison.int_fact__standing_month as s"
        " inner join mart_comparison.fact_person as r using (person_key) where s.month = '2025-12-01'"
    ))
    assert said == {"久贫人": True, "父亲人": True, "漏列人": None}


def test_who_was_registered_when_a_term_began(county: HandMadeCounty, facts: dict[str, Fact]) -> None:
    rows = {
        (row["person_name"], row["term"]): (row["in_registry_at_term_start"], row["is_poor_registered"], row["is_monitored"])
        for row in county.records("select * from mart_comparison.fact_student_term where edu_compare__is_listed")
    }
    assert rows == {
        ("监测生", "2026-spring"): (True, False, True),
        ("监测生", "2026-autumn"): (True, False, False),
        ("新监测", "2026-spring"): (True, False, False),
        ("新监测", "2026-autumn"): (True, False, False),
        # has left the registry since, and is nobody's stranger
        ("离册生", "2026-spring"): (True, None, None),
        ("离册生", "2026-autumn"): (True, None, None),
        ("从未在", "2026-spring"): (False, None, None),
        ("从未在", "2026-autumn"): (False, None, None),
    }
    assert county.query(
        "select person_name, term, in_registry_at_term_start from mart_comparison.fact_student_term where yulu__is_paid"
    ) == [("离册生", "2025-autumn", True)]


def test_a_payment_stays_with_the_household_it_was_made_to(county: HandMadeCounty, facts: dict[str, Fact]) -> None:
    rows = county.query(
        "select r.person_name, d.month, d.household_no from mart_comparison.fact_dibao_month as d"
        " inner join mart_comparison.fact_person as r using (person_key) where d.benefit = 'dibao' order by 1, 2"
    )
    assert set(rows) == {
        ("分户人", dt.date(2026, 1, 1), "G"), ("分户人", dt.date(2026, 10, 1), "K"), ("迁出人", dt.date(2026, 1, 1), "L"),
    }


def test_a_house_is_measured_by_the_household_it_was_planned_for(county: HandMadeCounty, facts: dict[str, Fact]) -> None:
    assert dict(county.query("select plan_year, members from mart_comparison.fact_project")) == {2026: 2, 2018: 1}
