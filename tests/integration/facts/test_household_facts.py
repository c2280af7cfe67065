"""What the lists say about a household: through its members, and through whoever is head of a dwelling or a project."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hand_made import VILLAGE, HandMadeCounty, id_number

Fact = dict[str, Any]

PEOPLE = {
    name: id_number(dt.date(1960, 1, 1 + day), sex, serial=day)
    for day, (name, sex) in enumerate(
        [
            ("改后安", "男"), ("改后妻", "女"), ("未改危", "男"), ("先改后鉴", "男"), ("安全户", "男"), ("无鉴户", "男"),
            ("低保头", "男"), ("低保员", "女"), ("五保人", "男"), ("死低保", "男"), ("两套房", "男"), ("一套房", "男"),
            ("隔离头", "男"), ("共有人", "女"), ("同证头", "男"), ("同证员", "女"), ("另证头", "男"), ("另证员", "女"), ("无头员", "女"),
            ("新成员", "女"), ("另学生", "男"), ("已故外", "男"), ("号一", "男"), ("未保障", "男"),
            ("候核户", "男"), ("分户子", "男"),
        ]
    )
}
BAD = "990101197001010010"


def registered(household_no: str, name: str, **more: Any) -> Fact:
    return {
        "person_no": f"{household_no}-{name}", "household_no": household_no, "name": name,
        "id_no": PEOPLE.get(name, BAD), "village_code": VILLAGE, **more,
    }


def head(name: str) -> Fact:
    return {"head_name": name, "head_id_no": PEOPLE[name]}


@pytest.fixture(scope="module")
def facts(county: HandMadeCounty) -> dict[str, Fact]:
    """fact_household by household number."""
    is_head = {"relation_to_head": "户主"}
    county.deliver(
        "registry_person",
        [
            registered("H1", "改后安", **is_head, household_size=2, health_status="患有大病", labour_skill="无劳动力"),
            registered("H1", "改后妻", relation_to_head="配偶", labour_skill="普通劳动力", student_status="本科一年级"),
            registered("H2", "未改危", **is_head),
            registered("H3", "先改后鉴", **is_head),
            registered("H4", "安全户", **is_head),
            registered("H5", "无鉴户", **is_head),
            registered("H6", "低保头", **is_head),
            registered("H6", "低保员", relation_to_head="配偶"),
            registered("H7", "五保人", **is_head),
            registered("H8", "死低保", **is_head),
            registered("H8", "坏号人", relation_to_head="配偶"),
            registered("H9", "两套房", **is_head),
            registered("H10", "一套房", **is_head),
            registered("H10", "共有人", relation_to_head="配偶"),
            registered("H11", "隔离头", **is_head),
            registered("H12", "同证头", **is_head),
            registered("H12", "同证员", relation_to_head="配偶"),
            registered("H13", "另证头", **is_head),
            registered("H13", "另证员", relation_to_head="配偶"),
            registered("H14", "无头员", **is_head),
            registered("H15", "候核户", **is_head),
            registered("H16", "坏号独", **is_head),
            registered("H17", "分户子", **is_head),
        ],
    )
    county.deliver(
        "registry_household",
        [
            {"household_no": "H1", "household_type": "脱贫户", "is_unsafe_house": False, "measure_housing": "危房改造",
             "risk_1": "因病", "risk_3": "因学"},
            {"household_no": "H6", "household_type": "低保户"},
            {"household_no": "H7", "household_type": "五保户"},
            {"household_no": "H99", "household_type": "脱贫户"},
        ],
    )
    county.deliver(
        "appraisal",
        [
            {**head("改后妻"), "house_grade": "D", "graded_on": dt.date(2020, 5, 1), "area_m2": 60},
            {**head("改后安"), "house_grade": "C", "graded_on": dt.date(2019, 5, 1), "area_m2": 50},
            {**head("未改危"), "house_grade": "C", "graded_on": dt.date(2021, 1, 1)},
            {**head("先改后鉴"), "house_grade": "D", "graded_on": dt.date(2022, 1, 1)},
            {**head("安全户"), "house_grade": "B", "graded_on": dt.date(2022, 1, 1)},
            {**head("安全户"), "house_grade": "未鉴定", "graded_on": dt.date(2023, 1, 1)},
            {"head_name": "隔离头", "head_id_no": PEOPLE["隔离头"][:17] + "?", "house_grade": "D"},
            {**head("候核户"), "house_grade": "D", "graded_on": dt.date(2020, 1, 1)},
        ],
        quarantined=[7],
    )
    county.deliver(
        "renovation",
        [
            {**head("改后安"), "plan_year": 2020, "accepted_on": dt.date(2020, 12, 1), "paid_on": dt.date(2021, 1, 15),
             "house_identity": "建档立卡贫困户"},
            {**head("未改危"), "plan_year": 2026, "completed_on": None},
            {**head("先改后鉴"), "plan_year": 2018, "accepted_on": dt.date(2018, 12, 1)},
            {**head("先改后鉴"), "plan_year": 2015, "accepted_on": dt.date(2015, 12, 1)},
            {"head_name": "外来户", "head_id_no": id_number(dt.date(1955, 1, 1)), "plan_year": 2019},
            {**head("候核户"), "plan_year": 2015, "accepted_on": dt.date(2015, 12, 1)},
            {**head("候核户"), "plan_year": 2022, "accepted_on": dt.date(2022, 12, 1)},
        ],
        quarantined=[7],
    )
    county.deliver("dibao", [{**head("低保头"), "dibao_no": "D1", "dibao_kind": "农村低保", "monthly_amount": 700},
                             {**head("死低保"), "dibao_no": "D2", "monthly_amount": 300},
                             # two households under one number
                             {**head("同证头"), "dibao_no": "D3", "dibao_tier": "A", "monthly_amount": 924},
                             {**head("另证头"), "dibao_no": "D3", "dibao_tier": "C", "monthly_amount": 400}])
    county.deliver(
        "dibao_member",
        [{"name": name, "id_no": PEOPLE[name], "dibao_no": number, "is_covered": True}
         for name, number in (("低保员", "D1"), ("分户子", "D1"), ("同证员", "D3"), ("另证员", "D3"), ("无头员", "D3"))]
        # whom the registry does not know: under the head's payment, under two heads', dead, two names of one number,
        # almost a member's name, listed and not covered
        + [{"name": name, "id_no": PEOPLE[of], "dibao_no": number, "is_covered": is_covered}
           for name, of, number, is_covered in (
               ("新成员", "新成员", "D1", True), ("另学生", "另学生", "D3", True), ("已故外", "已故外", "D1", True),
               ("号一", "号一", "D1", True), ("号二", "号一", "D1", True), ("未保障", "未保障", "D1", False),
           )]
        + [{"name": "低保贠", "id_no": id_number(dt.date(1999, 9, 9)), "dibao_no": "D1", "is_covered": True}],
    )
    county.deliver(
        "edu_compare",
        [{"name": "新成员", "id_no": PEOPLE["新成员"], "household_no": "H6"},
         {"name": "另学生", "id_no": PEOPLE["另学生"], "household_no": "H1"},
         {"name": "改后妻", "id_no": PEOPLE["改后妻"], "household_no": "H6"}],
    )
    county.deliver("disability", [{"name": "改后安", "id_no": PEOPLE["改后安"], "disability_no": PEOPLE["改后安"] + "42",
                                   "disability_grade": "二级", "pay_month": dt.date(2026, 10, 1)}])
    county.deliver("tekun", [{"name": "五保人", "id_no": PEOPLE["五保人"], "monthly_amount": 900}])
    county.deliver("death", [{"name": name, "id_no": PEOPLE[of], "died_on": dt.date(2026, 1, 1)}
                             for name, of in (("死低保", "死低保"), ("已故外", "已故外"), ("另有其人", "无鉴户"))],
                   # a list that went stale: whom it names as dead is dead all the same
                   data_date=dt.date(2026, 6, 1), is_stale=True)
    county.deliver(
        "property",
        [
            {"name": "两套房", "id_no": PEOPLE["两套房"], "certificate_no": "Q1", "usage": "宅基地/住宅"},
            {"name": "两套房", "id_no": PEOPLE["两套房"], "certificate_no": "Q2", "usage": "成套住宅"},
            {"name": "一套房", "id_no": PEOPLE["一套房"], "certificate_no": "Q3", "usage": "住宅"},
            {"name": "一套房", "id_no": PEOPLE["一套房"], "certificate_no": "Q4", "usage": "商业"},
            # one certificate in the names of two members is one dwelling
            {"name": "共有人", "id_no": PEOPLE["共有人"], "certificate_no": "Q3", "usage": "住宅"},
            {"name": "候核户", "id_no": PEOPLE["候核户"], "certificate_no": "Q5", "usage": "住宅"},
            {"name": "候核户", "id_no": PEOPLE["候核户"], "certificate_no": "Q6", "usage": "住宅"},
        ],
        quarantined=[7],
    )
    county.reconcile("tag:identity", "path:models/comparison/facts", "int_proposal__member_claim")
    return {record["household_no"]: record for record in county.records("select * from mart_comparison.fact_household")}


@pytest.mark.parametrize(
    ("household_no", "grade", "is_unsafe", "renovated_after", "state"),
    [
        # the latest grade counts, whichever member it names; the renovation came after it
        ("H1", "D", False, True, None),
        ("H2", "C", True, False, None),
        # renovated before it was graded: still unsafe
        ("H3", "D", True, False, None),
        # 未鉴定 is no grade
        ("H4", "B", False, False, None),
        ("H5", None, None, None, None),
        ("H11", None, None, None, "quarantined"),
    ],
)
def test_unsafe_house(
    facts: dict[str, Fact],
    household_no: str, grade: str | None, is_unsafe: bool | None, renovated_after: bool | None, state: str | None,
) -> None:
    fact = facts[household_no]
    assert fact["appraisal__house_grade"] == grade
    assert fact["unsafe_house__is_unsafe"] is is_unsafe
    assert fact["unsafe_house__renovated_after"] is renovated_after
    assert (fact["unsafe_house__state"], fact["appraisal__state"]) == (state, state)


def test_a_project_in_quarantine_may_be_the_renovation(facts: dict[str, Fact]) -> None:
    """One project before the grading is linked; another, of after it, is in quarantine."""
    fact = facts["H15"]
    assert (fact["renovation__state"], fact["renovation__waits"], fact["renovation__projects"]) == (None, "quarantined", 1)
    assert (fact["unsafe_house__is_unsafe"], fact["unsafe_house__renovated_after"]) == (None, None)
    assert (fact["appraisal__state"], fact["unsafe_house__state"]) == (None, "quarantined")


def test_a_list_that_went_stale_takes_no_other_name_back(county: HandMadeCounty, facts: dict[str, Fact]) -> None:
    """The list of deaths names another under 无鉴户's number; no list that still speaks does."""
    said = county.query(
        "select person_name, name_mismatch__grade, name_mismatch__state from mart_comparison.fact_person"
        " where person_name in ('无鉴户', '未改危') order by person_name"
    )
    assert said == [("无鉴户", None, "stale_batch"), ("未改危", "same", None)]


def test_renovation(facts: dict[str, Fact]) -> None:
    first, planned, twice, none = facts["H1"], facts["H2"], facts["H3"], facts["H5"]
    assert (first["renovation__projects"], first["renovation__is_accepted"]) == (1, True)
    assert (first["renovation__house_identity"], first["measures_housing_renovation"]) == ("建档立卡贫困户", True)
    assert (planned["renovation__projects"], planned["renovation__is_accepted"]) == (1, False)
    assert (twice["renovation__projects"], twice["renovation__plan_year"]) == (2, 2018)
    assert (none["renovation__projects"], none["renovation__is_accepted"], none["renovation__state"]) == (0, False, None)
    # no registry list of 2020 is kept
    assert (first["renovation__plan_year_kind"], first["renovation__plan_year_kind__state"]) == (None, "no_batch")


@pytest.mark.parametrize(
    ("household_no", "kind", "state"),
    [
        ("H6", "低保", None),
        ("H7", "特困", None),
        ("H1", "其他", None),
        # the dibao of a dead member is none of the household's, and of the other member nothing is known
        ("H8", None, "unusable_id"),
        ("H99", None, "no_batch"),
    ],
)
def test_derived_kind(facts: dict[str, Fact], household_no: str, kind: str | None, state: str | None) -> None:
    fact = facts[household_no]
    assert (fact["derived_kind"], fact["derived_kind__state"]) == (kind, state)


def test_dibao_of_a_household_is_counted_once(facts: dict[str, Fact]) -> None:
    fact = facts["H6"]
    assert (fact["dibao__covered_members"], fact["dibao__dibao_no"], fact["civil_payments"]) == (2, "D1", 700)
    assert (fact["derived_kind__extract"], fact["derived_kind__row_no"]) == ("dibao", 1)
    # of somebody whose number is unusable nobody knows what is paid
    assert (facts["H5"]["civil_payments"], facts["H16"]["civil_payments"]) == (0, None)


def test_one_dibao_payment_may_cover_two_registry_households(facts: dict[str, Fact]) -> None:
    counted = {no: (facts[no]["members"], facts[no]["dibao__members_elsewhere"]) for no in ("H6", "H17", "H12", "H1")}
    assert counted == {"H6": (2, 1), "H17": (1, 2), "H12": (2, 0), "H1": (2, None)}


def test_households_under_one_dibao_number_do_not_share_a_payment(county: HandMadeCounty, facts: dict[str, Fact]) -> None:
    assert [(facts[no]["civil_payments"], facts[no]["dibao__dibao_tier"]) for no in ("H12", "H13")] == [(924, "A"), (400, "C")]
    said = county.query(
        "select person_no, dibao__is_covered, dibao__monthly_amount, dibao__listed_members, dibao__state"
        " from mart_comparison.fact_person where household_no in ('H12', 'H13', 'H14') order by person_no"
    )
    assert {no: said_of for no, *said_of in said} == {
        "H12-同证头": [True, 924, None, None],
        "H12-同证员": [True, 924, None, None],
        "H13-另证头": [True, 400, None, None],
        "H13-另证员": [True, 400, None, None],
        # no head of the household is paid under the number: whose payment covers the member nobody knows
        "H14-无头员": [None, None, None, "in_review"],
    }
    assert county.query(
        "select household_no, count(*), count(distinct row_no) from mart_comparison.fact_dibao_month"
        " where household_no in ('H12', 'H13', 'H14') group by 1 order by 1"
    ) == [("H12", 2, 1), ("H13", 2, 1)]


def test_people_in_a_household_s_book_whom_the_registry_lacks(county: HandMadeCounty, facts: dict[str, Fact]) -> None:
    claims = "select subject_key, extract, value from mart_summary.int_proposal__member_claim order by 1, 2"
    assert county.query(claims) == [("H6", "dibao_member", "新成员"), ("H6", "edu_compare", "新成员")]


@pytest.mark.parametrize(("household_no", "has_other"), [("H9", True), ("H10", False), ("H5", False), ("H8", None), ("H15", None)])
def test_other_dwelling(facts: dict[str, Fact], household_no: str, has_other: bool | None) -> None:
    assert facts[household_no]["property__has_other_dwelling"] is has_other


def test_members_are_counted(facts: dict[str, Fact]) -> None:
    fact = facts["H1"]
    expected = {
        "members": 2, "living_members": 2, "heads": 1, "ill_members": 1, "labour_members": 1,
        "without_labour_members": 1, "student_members": 1, "stated_size_max": 2,
        "male_members": 1, "risks": "因病|因学", "head_name": "改后安", "registry_kind": "其他",
        "head_and_spouse_same_sex": False, "is_poor_registered": True, "has_household_row": True,
    }
    assert {key: fact[key] for key in expected} == expected
    assert float(fact["labour_share"]) == 0.5
    assert (facts["H99"]["members"], facts["H99"]["has_household_row"]) == (0, True)
    assert (facts["H2"]["has_household_row"], facts["H2"]["household_type"]) == (False, None)
    assert facts["H8"]["members"] - facts["H8"]["living_members"] == 1


def test_projects(county: HandMadeCounty, facts: dict[str, Fact]) -> None:
    rows = {row["row_no"]: row for row in county.records("select * from mart_comparison.fact_project")}
    assert (rows[1]["household_no"], rows[1]["days_accepted_to_paid"], rows[1]["is_accepted"]) == ("H1", 45, True)
    assert (rows[3]["other_project_year"], rows[1]["other_project_year"]) == (2015, None)
    assert (rows[5]["is_registry_person"], rows[5]["household_key"], rows[5]["link_decision"]) == (False, None, "not_found")
    assert (rows[2]["head_dibao_in_plan_year"], rows[1]["head_dibao_in_plan_year"]) == (False, None)
