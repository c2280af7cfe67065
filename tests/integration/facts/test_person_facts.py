"""What the lists say about a person, three-valued; one hand-made county, one run."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hand_made import NIGHT, VILLAGE, HandMadeCounty, id_number

HEAD = id_number(dt.date(1961, 5, 1))
WIFE = id_number(dt.date(1963, 6, 2), "女")
PUPIL = id_number(dt.date(2013, 3, 3))
STUDENT = id_number(dt.date(2008, 4, 4), "女")
DEAD = id_number(dt.date(1935, 2, 2))
ALONE = id_number(dt.date(1949, 9, 9))
PAYEE = id_number(dt.date(1970, 1, 1))
BAD = "990101197001010010"
AWAITED = id_number(dt.date(2012, 5, 5), "女")

FIRST_STAY = {"psn_no": "P1", "institution_code": "H1", "settled_at": "2026-3-10 09:30"}
SEPTEMBER, OCTOBER = dt.date(2026, 9, 1), dt.date(2026, 10, 1)

Fact = dict[str, Any]


def registered(person_no: str, household_no: str, name: str, number: str, **more: Any) -> Fact:
    return {
        "person_no": person_no, "household_no": household_no, "name": name, "id_no": number,
        "village_code": VILLAGE, **more,
    }


@pytest.fixture(scope="module")
def facts(county: HandMadeCounty) -> dict[str, Fact]:
    """fact_person by name."""
    county.query("delete from reference.county_parameter")
    for identity, rank in (("特困人员", 1), ("低保对象", 2), ("脱贫人口", 3)):
        county.query(
            "insert into reference.county_parameter (rule_id, parameter, key, value)"
            " values ('MED-07', 'priority', %s, %s)",
            (identity, str(rank)),
        )
    county.deliver(
        "registry_person",
        [
            registered("1", "A", "户主人", HEAD, relation_to_head="户主", health_status="长期慢性病、残疾",
                       labour_skill="无劳动力", dibao_status="农村低保", has_resident_insurance=True,
                       id_disability_category="4", id_disability_grade="2"),
            registered("2", "A", "配偶人", WIFE, relation_to_head="配偶", health_status="健康",
                       labour_skill="普通劳动力", has_resident_insurance=False),
            registered("3", "A", "小学生", PUPIL, relation_to_head="之子", student_status="小学",
                       birth_date=dt.date(2013, 3, 3)),
            registered("4", "A", "中职生", STUDENT, relation_to_head="之女", student_status="中职二年级"),
            registered("5", "A", "已故人", DEAD, relation_to_head="之父"),
            registered("6", "B", "特困人", ALONE, relation_to_head="户主", tekun_status="农村特困"),
            registered("7", "C", "代领人", PAYEE, relation_to_head="户主"),
            registered("8", "C", "坏号人", BAD, relation_to_head="配偶"),
            # of whom a second row of each list is in quarantine
            registered("9", "D", "候核人", AWAITED, relation_to_head="户主", student_status="小学"),
        ],
    )
    county.deliver(
        "registry_household",
        [
            {"household_no": "A", "household_type": "脱贫户", "exit_attribute": "脱贫", "village_code": VILLAGE},
            {"household_no": "B", "household_type": "五保户"},
            {"household_no": "C", "household_type": "一般农户", "monitor_category": "边缘易致贫户",
             "monitored_from": dt.date(2025, 1, 1), "risk_cleared": True, "risk_cleared_on": dt.date(2026, 3, 1)},
        ],
    )
    roll = {"insurance_year": 2026, "insurance_kind": "城乡居民基本医疗保险", "status": "正常参保"}
    county.deliver(
        "hi_roll",
        [
            {"name": "户主人", "id_no": HEAD, **roll, "has_serious_illness_insurance": True, "sex": "男",
             "paid_on": dt.date(2026, 9, 20), "personal_amount": 80, "subsidy_amount": 320},
            {"name": "户主人", "id_no": HEAD, **roll, "insurance_kind": "职工基本医疗保险"},
            {"name": "配偶人", "id_no": WIFE, **roll, "insurance_year": 2025},
            {"name": "小学生", "id_no": PUPIL, **roll, "status": "暂停参保"},
            {"name": "代领人", "id_no": PAYEE, **roll, "paid_on": dt.date(2025, 12, 3)},
            {"name": "外人", "id_no": id_number(dt.date(1999, 1, 1)), **roll},
            {"name": "候核人", "id_no": AWAITED, **roll, "insurance_year": 2025},
            {"name": "候核人", "id_no": AWAITED, **roll, "has_serious_illness_insurance": True},
        ],
        quarantined=[8],
    )
    county.deliver(
        "hi_enrol_check",
        [
            {"name": "配偶人", "id_no": WIFE, "is_employee": True, "year_employee": 2026, "subsidy_amount": 0},
            {"name": "特困人", "id_no": ALONE, "is_resident": True, "year_resident": 2024},
            {"name": "小学生", "id_no": PUPIL, "is_resident": True, "year_resident": 2026,
             "status_student": "非正常", "status_resident": "待核实"},
        ],
    )
    county.deliver(
        "hi_premium_request",
        [{"name": "户主人", "id_no": HEAD, "subsidy_amount": 320}, {"name": "户主人", "id_no": HEAD, "subsidy_amount": 30},
         {"name": "候核人", "id_no": AWAITED, "subsidy_amount": 0}, {"name": "候核人", "id_no": AWAITED, "subsidy_amount": 400}],
        quarantined=[4],
    )
    county.deliver(
        "hi_subsidy_target",
        [
            {"name": "户主人", "id_no": HEAD, "assist_identity": "脱贫人口"},
            {"name": "户主人", "id_no": HEAD, "assist_identity": "低保对象", "included_month": OCTOBER},
            {"name": "候核人", "id_no": AWAITED, "assist_identity": "脱贫人口"},
            {"name": "候核人", "id_no": AWAITED, "assist_identity": "低保对象"},
        ],
        quarantined=[4],
    )
    county.deliver(
        "hi_chronic",
        [
            {"name": "户主人", "id_no": HEAD, "certificate_no": "M1", "issued_on": dt.date(2020, 1, 1),
             "valid_to": dt.date(2026, 10, 15), "signed_on": dt.date(2026, 1, 5), "doctor_team": "一组"},
            {"name": "配偶人", "id_no": WIFE, "certificate_no": "M2", "issued_on": dt.date(2020, 1, 1),
             "signed_on": dt.date(2025, 12, 31)},
            {"name": "中职生", "id_no": STUDENT, "signed_on": dt.date(2026, 2, 1), "doctor_team": "一组"},
            {"name": "中职生", "id_no": STUDENT, "certificate_no": "M3", "issued_on": dt.date(2020, 1, 1)},
        ],
        quarantined=[4],
    )
    stay = {"visit_type": "住院", "fee_total": 1000, "in_scope_amount": 900, "basic_fund_pay": 600,
            "serious_fund_pay": 100, "assist_fund_pay": 110, "personal_total": 190, "is_in_county": True}
    # What has come again since replaces these, the quarantined one too; what has not stands.
    county.query("update reference.extract set content = 'delta' where extract = 'hi_settlement'")
    county.deliver(
        "hi_settlement",
        [
            {"name": "户主人", "id_no": HEAD, **stay, **FIRST_STAY, "admitted_on": dt.date(2026, 3, 1), "fee_total": 9000},
            {"name": "配偶人", "id_no": WIFE, **stay, **FIRST_STAY, "admitted_on": dt.date(2026, 3, 1)},
            {"name": "特困人", "id_no": ALONE, **stay, **FIRST_STAY, "psn_no": "P2", "admitted_on": dt.date(2026, 3, 1)},
        ],
        data_date=dt.date(2026, 10, 15),
        quarantined=[2],
    )
    county.deliver(
        "hi_settlement",
        [
            {"name": "户主人", "id_no": HEAD, **stay, **FIRST_STAY,
             "admitted_on": dt.date(2026, 3, 1), "discharged_on": dt.date(2026, 3, 10), "settlement_mode": "一站式"},
            {"name": "户主人", "id_no": HEAD, **stay, "settled_at": "2026-3-12 09:30",
             "admitted_on": dt.date(2026, 3, 9), "discharged_on": dt.date(2026, 3, 12), "settlement_mode": "手工报销"},
            {"name": "户主人", "id_no": HEAD, **stay, "settled_at": "2025-12-31 09:30",
             "admitted_on": dt.date(2025, 12, 1), "settlement_mode": "一站式"},
            {"name": "户主人", "id_no": HEAD, "visit_type": "门诊慢特病", "fee_total": 100, "personal_total": 60,
             "settled_at": "2026-5-2 09:30"},
            {"name": "户主人", "id_no": HEAD, "visit_type": "门诊慢特病", "fee_total": 100, "personal_total": 70,
             "settled_at": "2026-5-20 09:30"},
            {"name": "已故人", "id_no": DEAD, "visit_type": "住院", "settled_at": "2026-9-30 09:30",
             "admitted_on": dt.date(2026, 9, 25), "fee_total": 500},
            {"name": "候核人", "id_no": AWAITED, "visit_type": "门诊慢特病", "fee_total": 300, "personal_total": 300,
             "settled_at": "2026-5-2 09:30"},
            {"name": "候核人", "id_no": AWAITED, "visit_type": "门诊慢特病", "fee_total": 300, "personal_total": 300,
             "settled_at": "2026-5-9 09:30"},
        ],
        quarantined=[8],
    )
    # A correction of an older delta, landed last: what has changed since stands.
    county.deliver(
        "hi_settlement",
        [{"name": "户主人", "id_no": HEAD, **stay, **FIRST_STAY, "admitted_on": dt.date(2026, 3, 1), "fee_total": 9000}],
        data_date=dt.date(2026, 10, 14),
    )
    county.deliver(
        "dibao",
        [
            {"head_name": "户主人", "head_id_no": HEAD, "dibao_no": "D1", "dibao_tier": "A", "dibao_persons": 3,
             "monthly_amount": 1386, "pay_month": SEPTEMBER},
        ],
        data_date=dt.date(2026, 9, 10), is_current=False,
    )
    county.deliver(
        "dibao",
        [
            {"head_name": "户主人", "head_id_no": HEAD, "dibao_no": "D1", "dibao_kind": "农村低保", "dibao_tier": "A",
             "dibao_persons": 2, "monthly_amount": 924, "pay_month": OCTOBER},
            {"head_name": "代领人", "head_id_no": PAYEE, "dibao_no": "D2", "monthly_amount": 200, "pay_month": OCTOBER},
            {"head_name": "坏号户", "head_id_no": None, "dibao_no": "D3", "monthly_amount": 200, "pay_month": OCTOBER},
            {"head_name": "特困人", "head_id_no": ALONE, "dibao_no": "D4", "monthly_amount": 0, "pay_month": OCTOBER},
            # a late payment of the month before does not make this the list of that month
            {"head_name": "特困人", "head_id_no": ALONE, "dibao_no": "D5", "monthly_amount": 5, "pay_month": SEPTEMBER},
        ],
        quarantined=[3],
    )
    county.deliver(
        "dibao_member",
        [
            {"name": "户主人", "id_no": HEAD, "dibao_no": "D1", "is_covered": True},
            {"name": "配偶人", "id_no": WIFE, "dibao_no": "D1", "is_covered": True},
            {"name": "小学生", "id_no": PUPIL, "dibao_no": "D1", "is_covered": False},
            {"name": "中职生", "id_no": STUDENT, "dibao_no": "D3", "is_covered": True},
            {"name": "代领人", "id_no": PAYEE, "dibao_no": "D2", "is_covered": False},
            {"name": "已故人", "id_no": DEAD, "dibao_no": "D9", "is_covered": True},
        ],
    )
    county.deliver("tekun", [{"name": "特困人", "id_no": ALONE, "monthly_amount": 900},
                             {"name": "户主人", "id_no": HEAD, "monthly_amount": 900}])
    county.deliver("tekun", [], data_date=dt.date(2026, 9, 10), is_current=False)
    county.deliver(
        "disability",
        [{"name": "户主人", "id_no": HEAD, "disability_no": HEAD + "42", "disability_grade": "二级",
          "nursing_subsidy": 80, "pay_month": OCTOBER},
         {"name": "配偶人", "id_no": WIFE, "disability_no": WIFE + "43", "living_subsidy": 60, "pay_month": SEPTEMBER}],
    )
    county.deliver("death", [{"name": "已故人", "id_no": DEAD, "died_on": dt.date(2026, 9, 20)},
                             {"name": "户主人", "id_no": HEAD, "died_on": dt.date(2027, 1, 1)}])
    county.deliver("marriage", [{"male_id_no": HEAD, "female_id_no": WIFE, "kind": "结婚",
                                 "registered_on": dt.date(2026, 10, 10)},
                                {"male_id_no": HEAD, "female_id_no": WIFE, "kind": "补领",
                                 "registered_on": dt.date(2026, 10, 12)},
                                {"male_id_no": ALONE, "female_id_no": id_number(dt.date(1950, 3, 3), "女"), "kind": "结婚",
                                 "registered_on": dt.date(2026, 5, 10)},
                                {"male_id_no": PAYEE, "female_id_no": BAD, "kind": "结婚",
                                 "registered_on": dt.date(2026, 5, 10)}])
    county.deliver("school_roll", [{"name": "小学生", "id_no": PUPIL, "study_stage": "初中", "sex": "男",
                                    "birth_date": dt.date(2013, 3, 3), "school_code": "S1"},
                                   {"name": "候核人", "id_no": AWAITED, "study_stage": "初中", "school_code": "S1"},
                                   {"name": "候核人", "id_no": AWAITED, "study_stage": "初中", "school_code": "S2"}],
                   quarantined=[3])
    county.deliver(
        "edu_compare",
        [
            {"name": "小学生", "id_no": PUPIL, "term": "2026年秋季学期", "study_stage": "初中", "school_name": "一中",
             "aid_item": "生活补助", "aid_amount": 500},
            {"name": "小学生", "id_no": PUPIL, "term": "2026年秋季学期", "aid_item": "营养餐", "aid_amount": 300},
            {"name": "小学生", "id_no": PUPIL, "term": "2026年春季学期", "aid_item": "生活补助", "aid_amount": 500},
            {"name": "中职生", "id_no": STUDENT, "term": "2026年秋季学期", "not_in_school_reason": "厌学"},
            {"name": "外乡生", "id_no": id_number(dt.date(2011, 1, 1)), "term": "2026年秋季学期", "is_registered": True,
             "aid_item": "生活补助", "aid_amount": 500},
            {"name": "候核人", "id_no": AWAITED, "term": "2026年秋季学期", "study_stage": "初中", "aid_amount": 0},
            {"name": "候核人", "id_no": AWAITED, "term": "2026年秋季学期", "study_stage": "初中", "aid_amount": 625},
        ],
        quarantined=[7],
    )
    # a name that last term's list has wrong contradicts nobody tonight
    county.deliver("yulu", [{"name": "中取生", "id_no": STUDENT, "term": "2026年春季学期", "aid_amount": 1500,
                             "study_stage": "中职"}])
    county.deliver(
        "property",
        [{"name": "户主人", "id_no": HEAD, "certificate_no": "Q1", "usage": "住宅"},
         {"name": "户主人", "id_no": HEAD, "certificate_no": "Q2", "usage": "商业服务"}],
    )
    county.reconcile("tag:identity", "path:models/comparison/facts")
    return {record["person_name"]: record for record in county.records("select * from mart_comparison.fact_person")}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # both schemes; the flag is the roll's; the employee row has no say in the premium
        ("户主人", {
            "hi_roll__state": None, "hi_roll__is_insured": True, "hi_roll__is_resident": True,
            "hi_roll__is_employee": True, "hi_roll__kinds": 2, "hi_roll__has_serious_illness_insurance": True,
            "hi_roll__subsidy_amount": 320, "hi_roll__rows": 2, "hi_roll__row_no": 1,
            "basic_insurance__is_insured": True, "basic_insurance__extract": "hi_roll",
            "premium_subsidy__amount": 350, "premium_subsidy__is_paid": True,
            "premium_subsidy__extract": "hi_premium_request",
        }),
        # last year's row is none; the check knows of an employment
        ("配偶人", {
            "hi_roll__is_insured": False, "hi_roll__rows": 0, "hi_roll__row_no": None,
            "basic_insurance__is_insured": True, "basic_insurance__extract": "hi_enrol_check",
            "basic_insurance__is_resident": False, "premium_subsidy__amount": 0,
        }),
        # a status that no list knows is no yes
        ("小学生", {"hi_roll__is_insured": False, "hi_roll__status": "暂停参保", "basic_insurance__is_insured": False,
                    "hi_enrol_check__is_insured": None}),
        # absent from a comparable roll is no; the check's answer of another year says nothing
        ("特困人", {"hi_enrol_check__is_insured": None, "basic_insurance__is_insured": False,
                    "basic_insurance__extract": None, "basic_insurance__state": None}),
        ("坏号人", {"hi_roll__state": "unusable_id", "hi_roll__is_insured": None, "basic_insurance__is_insured": None,
                    "basic_insurance__state": "unusable_id", "premium_subsidy__is_paid": None}),
    ],
)
def test_insurance(facts: dict[str, Fact], name: str, expected: Fact) -> None:
    assert {key: facts[name][key] for key in expected} == expected


@pytest.mark.parametrize(
    ("name", "state", "is_covered", "is_payee"),
    [
        ("户主人", None, True, True),
        ("配偶人", None, True, False),
        ("小学生", None, False, False),
        # the member list covers the person, and the payment it belongs to is in quarantine
        ("中职生", "quarantined", None, None),
        # collects for others and is not covered
        ("代领人", None, False, True),
        # listed, and no payment carries the number
        ("已故人", None, False, False),
        # a row of 0 yuan pays nobody
        ("特困人", None, False, True),
        ("坏号人", "unusable_id", None, None),
    ],
)
def test_dibao_coverage(
    facts: dict[str, Fact], name: str, state: str | None, is_covered: bool | None, is_payee: bool | None
) -> None:
    fact = facts[name]
    assert (fact["dibao__state"], fact["dibao__is_covered"], fact["dibao__is_payee"]) == (state, is_covered, is_payee)


def test_dibao_row_that_speaks(facts: dict[str, Fact]) -> None:
    wife = facts["配偶人"]
    assert wife["dibao__month"] == OCTOBER
    assert (wife["dibao__dibao_no"], wife["dibao__dibao_tier"], wife["dibao__dibao_persons"]) == ("D1", "A", 2)
    assert (wife["dibao__listed_members"], wife["dibao__monthly_amount"], wife["dibao__row_no"]) == (2, 924, 1)


@pytest.mark.parametrize(
    ("name", "is_both"), [("户主人", True), ("配偶人", False), ("特困人", False), ("中职生", False), ("坏号人", None)]
)
def test_dibao_and_tekun_at_once(facts: dict[str, Fact], name: str, is_both: bool | None) -> None:
    assert facts[name]["dibao_and_tekun__is_both"] is is_both


@pytest.mark.parametrize(
    ("name", "dibao", "tekun"),
    [
        ("户主人", True, False),
        # no member list is kept of the month: covered or not, nobody can tell
        ("配偶人", None, False),
        # on the tekun list from this month on
        ("特困人", None, False),
    ],
)
def test_identity_that_the_list_of_targets_had_to_reflect(
    facts: dict[str, Fact], name: str, dibao: bool | None, tekun: bool | None
) -> None:
    fact = facts[name]
    assert fact["hi_subsidy_target__due_month"] == SEPTEMBER
    assert (fact["dibao__was_covered"], fact["tekun__was_listed"]) == (dibao, tekun)


def test_disability_of_the_month(facts: dict[str, Fact]) -> None:
    head, wife = facts["户主人"], facts["配偶人"]
    assert (head["disability__is_listed"], head["disability__nursing_subsidy"]) == (True, 80)
    assert (head["disability__disability_grade"], head["disability__number_grade"]) == ("二级", "二级")
    assert head["disability__number_category"] == "肢体"
    assert (head["disability_no_category"], head["disability_no_grade"], head["is_disabled"]) == ("肢体", "二级", True)
    # paid for the month before only
    assert (wife["disability__is_listed"], wife["disability__living_subsidy"]) == (False, 0)
    assert wife["disability__month"] == OCTOBER


def test_death_and_scope(facts: dict[str, Fact]) -> None:
    dead, head, bad = facts["已故人"], facts["户主人"], facts["坏号人"]
    assert (dead["death__is_dead"], dead["death__died_on"]) == (True, dt.date(2026, 9, 20))
    assert (dead["is_living"], dead["in_entitlement_scope"]) == (False, False)
    # a death after the night is not known yet
    assert (head["death__is_dead"], head["is_living"], head["in_entitlement_scope"]) == (False, True, True)
    # whose death cannot be asked about is treated as living
    assert (bad["death__is_dead"], bad["is_living"], bad["in_entitlement_scope"]) == (None, True, True)


def test_certificate_and_contract(facts: dict[str, Fact]) -> None:
    head, wife, pupil = facts["户主人"], facts["配偶人"], facts["小学生"]
    assert (head["hi_chronic__has_certificate"], head["hi_chronic__has_any_certificate"]) == (False, True)
    assert head["hi_chronic__has_contract"] is True
    assert (wife["hi_chronic__has_certificate"], wife["hi_chronic__has_contract"]) == (True, False)
    assert (pupil["hi_chronic__has_certificate"], pupil["hi_chronic__has_contract"]) == (False, False)


def test_what_one_row_does_not_say_another_that_waits_may(facts: dict[str, Fact]) -> None:
    """The linked row is a contract; whether the person has a certificate stands on a row in quarantine."""
    student = facts["中职生"]
    assert (student["hi_chronic__state"], student["hi_chronic__waits"]) == (None, "quarantined")
    assert (student["hi_chronic__has_certificate"], student["hi_chronic__has_contract"]) == (None, True)


def test_nothing_is_not_known_while_another_row_waits(county: HandMadeCounty, facts: dict[str, Fact]) -> None:
    """Each list names the person on one row that says no (or too little) and on one in quarantine."""
    awaited = facts["候核人"]
    assert (awaited["hi_roll__state"], awaited["hi_roll__waits"], awaited["hi_roll__is_insured"]) == (None, "quarantined", None)
    assert (awaited["basic_insurance__is_insured"], awaited["basic_insurance__state"]) == (None, "quarantined")
    assert awaited["basic_insurance__is_resident"] is None
    assert (awaited["premium_subsidy__is_paid"], awaited["premium_subsidy__state"]) == (None, "quarantined")
    assert (awaited["hi_subsidy_target__identities"], awaited["hi_subsidy_target__waits"]) == ("脱贫人口", "quarantined")
    assert (awaited["school_roll__is_enrolled"], awaited["school_roll__schools"]) == (True, None)
    assert (awaited["edu_compare__is_listed"], awaited["edu_compare__aid_amount"]) == (True, None)
    term, month = (
        county.records(f"select * from mart_comparison.{table} where person_key = '{awaited['person_key']}'")
        for table in ("fact_student_term", "fact_settlement")
    )
    assert [(row["term"], row["edu_compare__state"], row["edu_compare__aid_amount"]) for row in term] == [
        ("2026-autumn", None, None)
    ]
    assert [(row["chronic_month_self_paid"], row["waits"]) for row in month] == [(300, "quarantined")]


def test_settlements_of_the_year(facts: dict[str, Fact]) -> None:
    head = facts["户主人"]
    assert head["hi_settlement__settlements"] == 4
    assert (head["hi_settlement__inpatient_settlements"], head["hi_settlement__inpatient_fee_total"]) == (2, 2000)
    assert head["hi_settlement__inpatient_reimbursed"] == 1620
    assert (head["hi_settlement__chronic_fee_total"], head["hi_settlement__chronic_reimbursed"]) == (200, 0)
    assert head["hi_settlement__assist_fund_pay"] == 220
    assert (facts["配偶人"]["hi_settlement__settlements"], facts["配偶人"]["hi_settlement__waits"]) == (0, None)
    assert facts["特困人"]["hi_settlement__settlements"] == 1
    assert facts["坏号人"]["hi_settlement__settlements"] is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("小学生", {
            "school_roll__is_enrolled": True, "school_roll__study_stage": "初中", "registry_stage": "小学",
            "edu_compare__aid_amount": 800, "edu_compare__aid_items": "生活补助|营养餐", "edu_compare__rows": 2,
            "enrolled__is_enrolled": True, "enrolled__extract": "school_roll", "dropout__is_out": False,
        }),
        ("中职生", {
            "school_roll__is_enrolled": False, "edu_compare__not_in_school_reason": "厌学",
            "enrolled__is_enrolled": False, "dropout__is_out": True, "registry_stage": "中职", "registry_grade_year": 2,
            # the grant list carries last term only: of this term it says nothing
            "yulu__state": "stale_batch", "yulu__is_paid": None,
            "education__name_grade": "same", "name_mismatch__extracts": None,
        }),
        ("坏号人", {"enrolled__state": "unusable_id", "enrolled__is_enrolled": None, "dropout__is_out": None}),
    ],
)
def test_school(facts: dict[str, Fact], name: str, expected: Fact) -> None:
    assert {key: facts[name][key] for key in expected} == expected


def test_registry_sayings(facts: dict[str, Fact]) -> None:
    head, wife, cleared = facts["户主人"], facts["配偶人"], facts["代领人"]
    assert (head["is_chronic"], head["is_healthy"], head["is_without_labour"]) == (True, False, True)
    assert (head["says_insured"], wife["says_insured"], facts["小学生"]["says_insured"]) == (True, False, None)
    assert (head["registry_identities"], head["registry_identity"]) == ("低保对象|脱贫人口|重度残疾人", "低保对象")
    assert facts["特困人"]["registry_identity"] == "特困人员"
    assert (cleared["monitor_category"], cleared["is_monitored"], cleared["registry_identity"]) == ("边缘易致贫户", False, None)
    assert (head["age"], facts["小学生"]["age_1_september"]) == (65, 13)
    assert (head["household_members"], head["household_living_members"]) == (5, 4)
    assert (head["household_other_labour_members"], wife["household_other_labour_members"]) == (1, 0)


def test_identity_in_the_month_of_payment(facts: dict[str, Fact]) -> None:
    head = facts["户主人"]
    assert head["premium__payment_month"] == SEPTEMBER
    # dibao by the list of September; the subsidy list took the person in only in October
    assert (head["premium__identity"], head["premium__identity_state"]) == ("低保对象", None)
    assert facts["配偶人"]["premium__identity_state"] == "no_batch"
    # monitored then, which is not subsidised; of December no dibao or tekun list is kept, so that is not all there is to know
    monitored = facts["代领人"]
    assert (monitored["premium__identities"], monitored["premium__identity_state"]) == ("边缘易致贫人口", "no_batch")


def test_marriage_names_the_other_side(facts: dict[str, Fact]) -> None:
    assert facts["户主人"]["marriage__spouse_person_key"] == facts["配偶人"]["person_key"]
    # the certificate issued again two days later is no event
    assert (facts["户主人"]["marriage__last_kind"], facts["户主人"]["marriage__last_on"]) == ("结婚", dt.date(2026, 10, 10))
    assert facts["小学生"]["marriage__last_on"] is None
    # a number that nobody in the registry has is somebody of another household; one that cannot be read may be anybody's
    assert [facts[name]["marriage__spouse_in_household"] for name in ("户主人", "特困人", "代领人", "小学生")] == [
        True, False, None, None,
    ]


def test_what_a_number_says(facts: dict[str, Fact]) -> None:
    head, bad = facts["户主人"], facts["坏号人"]
    assert (head["id_no_states_birth"], head["id_prefix_is_known"]) == (True, False)
    assert (bad["id_state"], bad["id_no_states_birth"], bad["id_prefix_is_known"]) == ("check", True, None)


def test_settlement_rows(county: HandMadeCounty, facts: dict[str, Fact]) -> None:
    rows = {
        row["row_no"]: row
        for row in county.records("select * from mart_comparison.fact_settlement where psn_no is distinct from 'P2'")
    }
    assert set(rows) == {1, 2, 3, 4, 5, 6, 7}
    assert rows[1]["reimbursed"] == 810
    assert [rows[number]["overlapping_stays"] for number in (1, 2, 3, 4)] == [1, 1, 0, 0]
    assert (rows[6]["days_after_death"], rows[1]["days_after_death"]) == (5, None)
    assert rows[4]["is_chronic_outpatient"] is True
    assert [rows[number]["chronic_month_self_paid"] for number in (1, 4, 5)] == [None, 130, 130]


def test_months_of_dibao(county: HandMadeCounty, facts: dict[str, Fact]) -> None:
    rows = county.query(
        "select r.person_name, d.benefit, d.month, d.is_current, d.is_payee, d.is_first_of_row, d.is_tekun_same_month,"
        " d.listed_members from mart_comparison.fact_dibao_month as d"
        " inner join mart_comparison.fact_person as r using (person_key) order by 2, 3, r.person_key"
    )
    assert rows == [
        ("户主人", "dibao", SEPTEMBER, False, True, True, False, None),
        ("户主人", "dibao", OCTOBER, True, True, True, True, 2),
        ("配偶人", "dibao", OCTOBER, True, False, False, False, 2),
        ("户主人", "tekun", OCTOBER, True, True, True, None, None),
        ("特困人", "tekun", OCTOBER, True, True, True, None, None),
    ]


def test_terms_of_students(county: HandMadeCounty, facts: dict[str, Fact]) -> None:
    rows = {
        (row["person_name"], row["term"]): row
        for row in county.records("select * from mart_comparison.fact_student_term")
    }
    now, before = rows["小学生", "2026-autumn"], rows["小学生", "2026-spring"]
    assert (now["stage"], now["edu_compare__aid_amount"], now["yulu__state"]) == ("初中", 800, "stale_batch")
    assert (before["is_current_term"], before["edu_compare__aid_amount"], before["yulu__is_paid"]) == (False, 500, False)
    paid = rows["中职生", "2026-spring"]
    assert (paid["yulu__is_paid"], paid["yulu__aid_amount"], paid["stage"]) == (True, 1500, "中职")
    outsider = rows["外乡生", "2026-autumn"]
    assert (outsider["is_registry_person"], outsider["in_registry_at_term_start"]) == (False, False)
    assert (outsider["edu_compare__says_registered"], outsider["edu_compare__aid_amount"]) == (True, 500)
    assert ("已故人", "2026-autumn") not in rows


def test_an_early_list_of_a_night_is_kept_apart(facts: dict[str, Fact]) -> None:
    assert {fact["as_of"] for fact in facts.values()} == {NIGHT}
    assert {fact["school_term"] for fact in facts.values()} == {"2026-autumn"}
