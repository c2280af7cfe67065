"""The office's lists, from facts written by hand: who is on them, and that missing evidence puts nobody there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest

from bidui.warehouse import dbt
from hand_made_facts import NIGHT, VILLAGE, HandMadeFacts

LATER = dt.date(2026, 12, 21)
SAFE = {"income_per_capita": 9000, "unsafe_house__is_unsafe": False, "dibao__is_covered": False}


@pytest.fixture(scope="module")
def county(warehouse: str) -> Iterator[HandMadeFacts]:
    made = HandMadeFacts(warehouse)
    made.parameter("REG-08", "plan_line", "5000", division_code=VILLAGE)
    households = {
        "poor": SAFE | {"income_per_capita": 4999, "cause_1": "因病", "measure_health": "医疗救助"},
        "line": SAFE | {"income_per_capita": 8000},
        "blank": SAFE | {"income_per_capita": None},
        "elsewhere": SAFE | {"income_per_capita": 7999, "village_code": "990101101002"},
        "watched": SAFE | {"income_per_capita": 100, "is_monitored": True, "living_members": 1},
        "unsafe": SAFE | {"unsafe_house__is_unsafe": True, "unsafe_house__is_graded": True, "appraisal__house_grade": "D", "has_safe_water": True},
        "no list": SAFE | {"unsafe_house__is_unsafe": None, "unsafe_house__state": "no_batch"},
        "off dibao": SAFE, "no dibao list": SAFE | {"dibao__is_covered": None},
        "disabled": SAFE, "mild": SAFE, "bereaved": SAFE, "costly": SAFE,
        "clear": SAFE | {"is_monitored": True, "monitored_from": "2026-01-01", "living_members": 1},
        "recent": SAFE | {"is_monitored": True, "monitored_from": "2026-09-01", "living_members": 1},
        "gone": SAFE | {"is_monitored": True, "living_members": 0},
    }
    listed = {"disability__is_listed": True, "is_disabled": False}
    members = {
        "disabled": listed | {"disability__disability_grade": "二级"},
        "mild": listed | {"disability__disability_grade": "三级"},
        "bereaved": {"is_labour": True, "is_living": False, "death__is_dead": True, "death__died_on": "2026-05-01"},
        "poor": {"says_insured": True, "basic_insurance__is_insured": False},
        "line": {"says_insured": True, "basic_insurance__is_insured": True},
        "blank": {"says_insured": True, "basic_insurance__state": "no_batch"},
    }
    for key, facts in households.items():
        made.household(key, **({"household_key": key, "household_no": key} | facts))
        made.person(f"P-{key}", household_key=key, household_no=key, **members.get(key, {}))
    for key in ("off dibao", "no dibao list"):
        made.row("fact_dibao_month", person_key=f"P-{key}", household_key=key, benefit="dibao", month="2026-08-01", is_current=False)
    made.finding("f1", rule_id="MED-17", subject_key="P-costly", household_key="costly")
    made.build()
    made.publish()
    yield made
    made.close()


def test_candidates(county: HandMadeFacts) -> None:
    rows = county.query("select household_no, direction, trigger, due_on from mart_summary.monitoring_candidate order by 1")
    assert rows == [
        (household, direction, trigger, dt.date(2026, 10, 20)) for household, direction, trigger in (
            ("bereaved", "in", "worker_died"), ("costly", "in", "self_paid"), ("disabled", "in", "severe_disability"),
            ("elsewhere", "in", "income"),
            ("gone", "out", "no_living_member"), ("off dibao", "in", "dibao_lost"), ("poor", "in", "income"),
            ("unsafe", "in", "unsafe_house"),
        )
    ]


def test_household_plan(county: HandMadeFacts) -> None:
    assert county.query("select household_no, plan_line, cause_1, measures from mart_summary.household_plan order by 1") == [
        # no plan line for that village: the monitoring line
        ("elsewhere", Decimal(8000), None, None),
        ("poor", Decimal(5000), "因病", "医疗救助"), ("watched", Decimal(5000), None, None),
    ]


def test_village_exit(county: HandMadeFacts) -> None:
    found = {
        condition: rest for condition, *rest in county.query(
            "select condition, numerator, denominator, not_comparable, is_met, reason from mart_summary.village_exit"
            " where village_code = %s", VILLAGE,
        )
    }
    assert found["infrastructure"] == [1, 1, 14, None, "not_comparable"]
    assert found["safe_housing"] == [13, 14, 1, False, None]
    assert found["basic_insurance"][:2] == [1, 2] and found["basic_insurance"][3:] == [False, None]
    assert found["collective_income"][3:] == [None, "no_extract"]
    assert found["poverty_rate"][3:] == [None, "no_population"]


def test_visit_sheet(county: HandMadeFacts) -> None:
    county.run("insert into ledger.access_grant (login, county_code, may_see_identifiers, granted_by)"
               " values (session_user, '*', true, 'test') on conflict do nothing")
    standing = dict(county.query(
        "select household_no, standing from audit.household_visit where field = 'basic_insurance' and household_no"
        " in ('poor', 'line', 'blank')"
    ))
    assert standing == {"poor": "missing", "line": "has", "blank": "unknown"}
    assert county.query("select standing from audit.household_visit_asof(%s) where household_no = 'unsafe'"
                        " and field = 'unsafe_house'", NIGHT) == [("missing",)]


def test_unit_tests_of_the_triggers(county: HandMadeFacts) -> None:
    dbt.run("test", "--select", "path:models/office,test_type:unit", as_of=NIGHT, target="hand_made_facts")


def test_who_is_free_of_risk_for_two_months_may_leave(county: HandMadeFacts) -> None:
    """Last: a later night. The line of six months of monitoring keeps `recent` on the list."""
    county.build("path:models/office", night=LATER)
    assert county.query(
        "select household_no, trigger, due_on from mart_summary.monitoring_candidate"
        " where direction = 'out' and to_night = 'infinity' order by 1"
    ) == [("clear", "risk_gone", dt.date(2027, 1, 20)), ("gone", "no_living_member", dt.date(2027, 1, 20))]
