"""What a comparison says, field by field, from facts written by hand. One row of CASES is one subject and one verdict."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hand_made_facts import COUNTY, HandMadeFacts

PARAMETERS = {
    ("MED-01", "newborn_days"): "90",
    ("MED-15", "obliged"): "chronic",
    ("EDU-01", "age_from"): "6",
    ("EDU-01", "age_to"): "16",
    ("EDU-05", "aided_stages"): "小学|初中",
    ("FIELD", "house_area_tolerance"): "0.1",
}

ENROLLED = {"enrolled__is_enrolled": True, "enrolled__study_stage": "小学", "enrolled__extract": "school_roll",
            "enrolled__batch_id": 9, "enrolled__row_no": 3, "school_roll__link_tier": "1"}
SETTLED = {"hi_settlement__settlements": 2}
GRADED = {"unsafe_house__is_graded": True, "appraisal__house_grade": "B"}

# (why, field, facts of the subject, verdict, reason or None, grade or None)
CASES: list[tuple[str, str, dict[str, Any], str, str | None, str | None]] = [
    # basic insurance: both sides, blank, missing evidence, scope
    ("both yes", "basic_insurance", {"says_insured": True, "basic_insurance__is_insured": True}, "agree", None, None),
    ("both no", "basic_insurance", {"says_insured": False, "basic_insurance__is_insured": False}, "agree", None, None),
    ("registry yes", "basic_insurance", {"says_insured": True, "basic_insurance__is_insured": False}, "registry_only",
     None, None),
    ("department yes", "basic_insurance", {"says_insured": False, "basic_insurance__is_insured": True},
     "department_only", None, None),
    ("a blank is no claim", "basic_insurance", {"says_insured": None, "basic_insurance__is_insured": True},
     "department_only", None, None),
    *[
        (f"{state} is not 'not insured'", "basic_insurance", {"says_insured": True, "basic_insurance__state": state},
         "not_comparable", state, None)
        for state in ("no_batch", "stale_batch", "quarantined", "unusable_id", "in_review")
    ],
    ("newborn on day 90", "basic_insurance", {"age_days": 90, "basic_insurance__is_insured": False}, "not_comparable",
     "out_of_scope", None),
    ("day 91", "basic_insurance", {"says_insured": False, "age_days": 91, "basic_insurance__is_insured": False}, "agree",
     None, None),
    ("dead since last month", "basic_insurance", {"in_entitlement_scope": False, "basic_insurance__is_insured": True},
     "not_comparable", "out_of_scope", None),
    ("dead and no list: it is not about them", "basic_insurance",
     {"in_entitlement_scope": False, "basic_insurance__state": "no_batch"}, "not_comparable", "out_of_scope", None),

    # serious illness: only with basic insurance; a blank flag says nothing
    ("flag on the roll", "serious_illness_insurance", {"has_serious_illness_insurance": True,
     "basic_insurance__is_insured": True, "hi_roll__has_serious_illness_insurance": True}, "agree", None, None),
    ("flag blank", "serious_illness_insurance", {"has_serious_illness_insurance": True,
     "basic_insurance__is_insured": True}, "not_comparable", "out_of_scope", None),
    ("uninsured", "serious_illness_insurance", {"has_serious_illness_insurance": True,
     "basic_insurance__is_insured": False, "hi_roll__has_serious_illness_insurance": False}, "not_comparable",
     "out_of_scope", None),
    ("no roll", "serious_illness_insurance", {"basic_insurance__state": "no_batch", "hi_roll__state": "no_batch"},
     "not_comparable", "no_batch", None),

    # premium subsidy: entitled by the identity of the payment month
    ("entitled, paid", "premium_subsidy", {"premium__identities": "脱贫人口", "premium_subsidy__is_paid": True,
     "basic_insurance__is_resident": True}, "agree", None, None),
    ("entitled by the second identity, unpaid", "premium_subsidy", {"premium__identities": "重度残疾人|低保对象",
     "premium_subsidy__is_paid": False, "basic_insurance__is_resident": True}, "registry_only", None, None),
    ("identity without an amount, paid", "premium_subsidy", {"premium__identities": "重度残疾人",
     "premium_subsidy__is_paid": True, "basic_insurance__is_resident": True}, "department_only", None, None),
    ("employee", "premium_subsidy", {"premium__identities": "脱贫人口", "premium_subsidy__is_paid": False,
     "basic_insurance__is_resident": False}, "not_comparable", "out_of_scope", None),
    ("payment month unknown", "premium_subsidy", {"premium__identity_state": "no_batch",
     "premium_subsidy__is_paid": True, "basic_insurance__is_resident": True}, "not_comparable", "no_batch", None),

    # assistance identity: known to one side only is a verdict of its own
    ("same", "assistance_identity", {"registry_identity": "低保对象", "hi_subsidy_target__is_listed": True,
     "hi_subsidy_target__assist_identity": "低保对象"}, "agree", None, None),
    ("another one the registry knows", "assistance_identity", {"registry_identity": "低保对象",
     "registry_identities": "脱贫人口|低保对象", "hi_subsidy_target__is_listed": True,
     "hi_subsidy_target__assist_identity": "脱贫人口"}, "differ", None, "other_priority"),
    ("one the registry does not know", "assistance_identity", {"registry_identity": "脱贫人口",
     "registry_identities": "脱贫人口", "hi_subsidy_target__is_listed": True,
     "hi_subsidy_target__assist_identity": "特困人员"}, "differ", None, "different"),
    ("not listed", "assistance_identity", {"registry_identity": "脱贫人口", "hi_subsidy_target__is_listed": False},
     "registry_only", None, None),
    ("listed without ground", "assistance_identity", {"hi_subsidy_target__is_listed": True,
     "hi_subsidy_target__assist_identity": "孤儿"}, "department_only", None, None),
    ("neither", "assistance_identity", {"hi_subsidy_target__is_listed": False}, "not_comparable", "out_of_scope", None),

    ("assisted", "medical_assistance", SETTLED | {"hi_settlement__assist_fund_pay": 10,
     "has_medical_assistance": True}, "agree", None, None),
    ("nothing paid", "medical_assistance", SETTLED | {"hi_settlement__assist_fund_pay": 0,
     "has_medical_assistance": True}, "registry_only", None, None),
    ("nothing paid, another settlement waits", "medical_assistance", SETTLED | {"hi_settlement__assist_fund_pay": 0,
     "hi_settlement__waits": "in_review", "has_medical_assistance": True}, "not_comparable", "in_review", None),
    ("assisted, another settlement waits", "medical_assistance", SETTLED | {"hi_settlement__assist_fund_pay": 10,
     "hi_settlement__waits": "in_review", "has_medical_assistance": True}, "agree", None, None),
    ("no settlement this year", "medical_assistance", {"hi_settlement__settlements": 0,
     "hi_settlement__assist_fund_pay": 0, "has_medical_assistance": True}, "not_comparable", "out_of_scope", None),

    ("a contract, and the row that may be the certificate waits", "chronic_certificate",
     {"is_chronic": True, "hi_chronic__has_certificate": None, "hi_chronic__waits": "in_review"},
     "not_comparable", "in_review", None),
    ("a certificate, and another row waits", "chronic_certificate",
     {"is_chronic": True, "hi_chronic__has_certificate": True, "hi_chronic__waits": "in_review"}, "agree", None, None),
    ("no contract on the linked row, another is quarantined", "family_doctor",
     {"is_chronic": True, "hi_chronic__has_contract": None, "hi_chronic__waits": "quarantined"},
     "not_comparable", "quarantined", None),
    ("no certificate", "chronic_certificate", {"is_chronic": True, "hi_chronic__has_certificate": False},
     "registry_only", None, None),
    ("chronic, no contract", "family_doctor", {"is_chronic": True, "hi_chronic__has_contract": False}, "registry_only",
     None, None),
    ("not obliged, signed", "family_doctor", {"is_chronic": False, "hi_chronic__has_contract": True},
     "department_only", None, None),
    ("obliged in this town", "family_doctor", {"is_chronic": False, "hi_chronic__has_contract": False,
     "town_code": "990101102000", "village_code": "990101102001"}, "registry_only", None, None),

    # names: what normalisation does not explain is graded
    ("same", "health_insurance.person_name", {"health_insurance__name_grade": "same",
     "health_insurance__person_name": "张三"}, "agree", None, None),
    ("a lost character", "health_insurance.person_name", {"health_insurance__name_grade": "variant",
     "health_insurance__person_name": "张?"}, "agree", None, "variant"),
    ("one character", "civil_affairs.person_name", {"civil_affairs__name_grade": "one_character",
     "civil_affairs__person_name": "张山"}, "differ", None, "one_character"),
    ("on no list", "education.person_name", {"education__name_state": "no_row"}, "not_comparable", "out_of_scope", None),
    ("no list", "education.person_name", {"education__name_state": "no_batch"}, "not_comparable", "no_batch", None),

    # sex: of the number that linked the row, else of the column
    ("column wrong, number right", "health_insurance.sex", {"sex": "男", "id_sex": "男", "hi_roll__sex": "女",
     "hi_roll__link_tier": "1", "hi_roll__batch_id": 5}, "agree", None, None),
    ("two people's number", "health_insurance.sex", {"sex": "女", "id_sex": "男", "id_names": 2, "hi_roll__sex": "女",
     "hi_roll__link_tier": "1", "hi_roll__batch_id": 5}, "agree", None, None),
    ("registry against the number", "health_insurance.sex", {"sex": "女", "id_sex": "男", "hi_roll__sex": "男",
     "hi_roll__link_tier": "1", "hi_roll__batch_id": 5}, "differ", None, "different"),
    ("linked without the number", "health_insurance.sex", {"sex": "男", "id_sex": "女", "hi_roll__sex": "男",
     "hi_roll__link_tier": "2", "hi_roll__batch_id": 5}, "agree", None, None),
    ("not on the roll", "health_insurance.sex", {"sex": "男", "id_sex": "男"}, "not_comparable", "out_of_scope", None),
    ("no roll", "health_insurance.sex", {"sex": "男", "hi_roll__state": "no_batch"}, "not_comparable", "no_batch", None),

    ("both", "dibao", {"says_dibao": True, "dibao__is_covered": True}, "agree", None, None),
    ("civil list only", "dibao", {"says_dibao": False, "dibao__is_covered": True}, "department_only", None, None),
    ("same kind", "dibao_kind", {"says_dibao": True, "dibao_status": "农村低保", "dibao__is_covered": True,
     "dibao__dibao_kind": "农村低保"}, "agree", None, None),
    ("other kind", "dibao_kind", {"says_dibao": True, "dibao_status": "农村低保", "dibao__is_covered": True,
     "dibao__dibao_kind": "城市低保"}, "differ", None, "different"),
    ("not on both sides", "dibao_kind", {"says_dibao": True, "dibao_status": "农村低保", "dibao__is_covered": False},
     "not_comparable", "out_of_scope", None),
    ("registry only", "tekun", {"says_tekun": True, "tekun__is_listed": False}, "registry_only", None, None),
    ("on the list, not in the registry", "disability", {"is_disabled": False, "disability__is_listed": True}, "differ",
     None, "different"),
    ("health blank, not on the list", "disability", {"disability__is_listed": False}, "agree", None, None),
    ("next grade", "disability_grade", {"is_disabled": True, "disability_no_grade": "二级",
     "disability__is_listed": True, "disability__disability_grade": "三级"}, "differ", None, "one_grade"),
    ("far grade", "disability_grade", {"is_disabled": True, "disability_no_grade": "一级",
     "disability__is_listed": True, "disability__disability_grade": "四级"}, "differ", None, "more_grades"),
    ("number without a grade", "disability_grade", {"is_disabled": True, "disability__is_listed": True,
     "disability__disability_grade": "四级"}, "not_comparable", "out_of_scope", None),
    ("a death on the list", "alive", {"death__is_dead": True, "in_entitlement_scope": False, "is_living": False},
     "differ", None, "different"),
    ("no death", "alive", {"death__is_dead": False}, "agree", None, None),
    ("no list of deaths", "alive", {"death__state": "no_batch"}, "not_comparable", "no_batch", None),

    ("both at school", "enrolled", ENROLLED | {"is_student": True, "age_1_september": 8}, "agree", None, None),
    ("at school, says the registry", "enrolled", {"is_student": True, "age_1_september": 3,
     "enrolled__is_enrolled": False}, "registry_only", None, None),
    ("too old", "enrolled", ENROLLED | {"is_student": True, "age_1_september": 25}, "not_comparable", "out_of_scope",
     None),
    ("age unknown", "enrolled", ENROLLED | {"is_student": True}, "not_comparable", "out_of_scope", None),
    ("roll of last school year", "enrolled", {"is_student": True, "age_1_september": 8,
     "enrolled__state": "stale_batch"}, "not_comparable", "stale_batch", None),
    ("rolled over late", "study_stage", ENROLLED | {"is_student": True, "registry_stage": "学前"}, "differ", None,
     "next_stage"),
    ("vocational school after junior", "study_stage", ENROLLED | {"is_student": True, "registry_stage": "初中",
     "enrolled__study_stage": "中职"}, "differ", None, "next_stage"),
    ("general against vocational", "study_stage", ENROLLED | {"is_student": True, "registry_stage": "普通高中",
     "enrolled__study_stage": "中职"}, "differ", None, "different"),
    ("aided stage, no aid", "education_aid", ENROLLED | {"edu_compare__aid_amount": 0}, "registry_only", None, None),
    ("no aid, another row waits", "education_aid", ENROLLED | {"edu_compare__aid_amount": None,
     "edu_compare__waits": "quarantined"}, "not_comparable", "quarantined", None),
    ("aid in a stage without", "education_aid", ENROLLED | {"enrolled__study_stage": "普通高中",
     "edu_compare__aid_amount": 500}, "department_only", None, None),
    ("not on the roll", "education_aid", {"registry_stage": "小学", "enrolled__is_enrolled": False,
     "edu_compare__aid_amount": 0}, "not_comparable", "out_of_scope", None),
    ("aid list missing", "education_aid", ENROLLED | {"edu_compare__state": "no_batch"}, "not_comparable", "no_batch",
     None),
    ("vocational, unpaid", "yulu", {"registry_stage": "中职", "enrolled__is_enrolled": False, "yulu__is_paid": False},
     "registry_only", None, None),
    ("vocational by the registry, roll missing", "yulu", {"registry_stage": "中职", "enrolled__state": "no_batch",
     "yulu__is_paid": True}, "agree", None, None),
    ("primary pupil, paid", "yulu", ENROLLED | {"yulu__is_paid": True}, "department_only", None, None),
    ("roll missing", "yulu", {"registry_stage": "小学", "enrolled__state": "no_batch", "yulu__is_paid": True},
     "not_comparable", "no_batch", None),
    ("out of school, registry does not know", "dropout", {"age_1_september": 15, "dropout__is_out": True}, "differ",
     None, "different"),
    ("16 is not compulsory", "dropout", {"age_1_september": 16, "dropout__is_out": True}, "not_comparable",
     "out_of_scope", None),
    ("same", "education.sex", {"sex": "男", "school_roll__sex": "男", "school_roll__batch_id": 5}, "agree", None, None),
    ("other day", "birth_date", {"birth_date": "2015-03-02", "school_roll__birth_date": "2015-03-20",
     "school_roll__batch_id": 5}, "differ", None, "same_month"),
    ("other month", "birth_date", {"birth_date": "2015-03-02", "school_roll__birth_date": "2015-02-03",
     "school_roll__batch_id": 5}, "differ", None, "same_year"),
]

# The same for households.
HOUSEHOLD_CASES: list[tuple[str, str, dict[str, Any], str, str | None, str | None]] = [
    ("neither", "household_type", {"registry_kind": "其他", "derived_kind": "其他"}, "agree", None, None),
    ("blank is neither", "household_type", {"derived_kind": "低保"}, "differ", None, "different"),
    ("no household row", "household_type", {"has_household_row": False, "derived_kind": "低保"}, "not_comparable",
     "out_of_scope", None),
    ("dibao list missing", "household_type", {"registry_kind": "其他", "derived_kind__state": "no_batch"},
     "not_comparable", "no_batch", None),
    ("unsafe, registry says safe", "unsafe_house", {"is_unsafe_house": False, "unsafe_house__is_graded": True,
     "unsafe_house__is_unsafe": True}, "differ", None, "different"),
    ("blank is not unsafe", "unsafe_house", {"unsafe_house__is_graded": True, "unsafe_house__is_unsafe": False},
     "agree", None, None),
    ("not graded", "unsafe_house", {"is_unsafe_house": True, "unsafe_house__is_graded": False}, "not_comparable",
     "out_of_scope", None),
    ("list missing", "unsafe_house", {"unsafe_house__state": "no_batch"}, "not_comparable", "no_batch", None),
    ("A against B", "house_grade", GRADED | {"house_grade": "A"}, "differ", None, "different"),
    ("B against C", "house_grade", GRADED | {"house_grade": "C"}, "differ", None, "safe_and_unsafe"),
    ("not graded by the registry", "house_grade", GRADED | {"house_grade": "未鉴定"}, "not_comparable", "out_of_scope",
     None),
    ("measure, no accepted project", "renovation", {"measures_housing_renovation": True,
     "renovation__is_accepted": False}, "registry_only", None, None),
    ("neither", "renovation", {"renovation__is_accepted": False}, "agree", None, None),
    ("held", "renovation_identity", {"measures_housing_renovation": True, "renovation__projects": 1,
     "renovation__house_identity": "农村低保户", "renovation__plan_year_kind": "低保"}, "agree", None, None),
    ("not held", "renovation_identity", {"measures_housing_renovation": True, "renovation__projects": 1,
     "renovation__house_identity": "农村分散供养特困人员", "renovation__plan_year_kind": "其他"}, "differ", None,
     "not_held"),
    ("on the margin of dibao is not dibao", "renovation_identity", {"measures_housing_renovation": True,
     "renovation__projects": 1, "renovation__house_identity": "农村低保边缘家庭", "renovation__plan_year_kind": "低保"},
     "agree", None, "not_claimed"),
    ("lists of the plan year not kept", "renovation_identity", {"measures_housing_renovation": True,
     "renovation__projects": 1, "renovation__house_identity": "低保户", "renovation__plan_year_kind__state": "no_batch"},
     "not_comparable", "no_batch", None),
    ("no project", "renovation_identity", {"measures_housing_renovation": True, "renovation__projects": 0,
     "renovation__plan_year_kind__state": "no_batch"}, "not_comparable", "out_of_scope", None),
    ("equal", "house_area", GRADED | {"house_area_m2": 80, "appraisal__area_m2": 80}, "agree", None, None),
    ("a tenth off", "house_area", GRADED | {"house_area_m2": 90, "appraisal__area_m2": 100}, "agree", None,
     "within_tolerance"),
    ("more than a tenth", "house_area", GRADED | {"house_area_m2": 89, "appraisal__area_m2": 100}, "differ", None,
     "beyond_tolerance"),
    ("registry blank", "house_area", GRADED | {"appraisal__area_m2": 100}, "department_only", None, None),
    ("appraisal without an area", "house_area", GRADED | {"house_area_m2": 100}, "not_comparable", "out_of_scope", None),
    ("another dwelling", "other_dwelling", {"property__has_other_dwelling": True}, "department_only", None, None),
    ("only home", "other_dwelling", {"property__has_other_dwelling": False}, "agree", None, None),
    ("one member unusable", "other_dwelling", {"property__state": "unusable_id"}, "not_comparable", "unusable_id", None),
]


@pytest.fixture(scope="module")
def compared(warehouse: str) -> Iterator[HandMadeFacts]:
    """One subject per case, compared once."""
    made = HandMadeFacts(warehouse)
    for (rule_id, name), value in PARAMETERS.items():
        made.parameter(rule_id, name, value)
    made.parameter("MED-15", "obliged", "all", division_code="990101102")
    for identity, amount in (("脱贫人口", "100"), ("低保对象", "320"), ("孤儿", "0")):
        made.parameter("MED-08", "subsidy_amount", amount, key=identity)
    for number, case in enumerate(CASES):
        made.person(f"P{number}", **case[2])
    for number, case in enumerate(HOUSEHOLD_CASES):
        made.household(f"H{number}", **case[2])
    made.build()
    yield made
    made.close()


def said(compared: HandMadeFacts, subject_key: str, field: str) -> list[tuple[Any, ...]]:
    """Verdict, reason and grade; `department.field` where two departments compare a field of that name."""
    department, _, name = field.rpartition(".")
    tables = [department] if department else ["health_insurance", "civil_affairs", "education", "housing"]
    return [
        row
        for table in tables
        for row in compared.query(
            f"select verdict, reason, grade from mart_comparison.comparison_{table}"
            " where subject_key = %s and field = %s", subject_key, name,
        )
    ]


@pytest.mark.parametrize("number", range(len(CASES)), ids=[f"{c[1]}: {c[0]}" for c in CASES])
def test_person(compared: HandMadeFacts, number: int) -> None:
    _, field, _, verdict, reason, grade = CASES[number]
    assert said(compared, f"P{number}", field) == [(verdict, reason, grade)]


@pytest.mark.parametrize("number", range(len(HOUSEHOLD_CASES)), ids=[f"{c[1]}: {c[0]}" for c in HOUSEHOLD_CASES])
def test_household(compared: HandMadeFacts, number: int) -> None:
    _, field, _, verdict, reason, grade = HOUSEHOLD_CASES[number]
    assert said(compared, f"H{number}", field) == [(verdict, reason, grade)]


def test_every_field_says_which_rows_it_speaks_from(compared: HandMadeFacts) -> None:
    """Both sides name batch and row; nobody's row stays empty."""
    number = next(n for n, case in enumerate(CASES) if case[1] == "enrolled" and case[3] == "agree")
    assert compared.query(
        "select registry_value, department_value, extract, registry_batch_id, registry_row_no, department_batch_id,"
        " department_row_no, link_tier, county_code from mart_comparison.comparison_education"
        " where subject_key = %s and field = 'enrolled'", f"P{number}",
    ) == [("是", "是", "school_roll", 1, 4, 9, 3, "1", COUNTY)]


def test_a_reason_goes_with_not_comparable_and_with_nothing_else(compared: HandMadeFacts) -> None:
    for department in ("health_insurance", "civil_affairs", "education", "housing"):
        assert compared.query(
            f"select count(*) from mart_comparison.comparison_{department}"
            " where (verdict = 'not_comparable') <> (reason is not null) or verdict is null"
        ) == [(0,)]
