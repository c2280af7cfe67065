"""The contradictions planted: of whom, what is changed, and what the comparison must say of it."""

from __future__ import annotations

import numpy as np

from bidui.sample import change
from bidui.sample.claims import ordinary_visits
from bidui.sample.draw import Array
from bidui.sample.facts import (
    CERTIFICATE_EXPIRED,
    CERTIFICATE_NONE,
    DIBAO_TYPE,
    EXITED_ID,
    GENERAL_TYPE,
    JUNIOR,
    LOST,
    ORDINARY,
    PRIMARY,
    SENIOR,
)
from bidui.sample.family import HEAD, SPOUSE
from bidui.sample.plant import HOUSEHOLD, Finding, Plant, Verdict, World


def _plain(w: World) -> Array:
    """Adults whom no list but the insurer's names."""
    f = w.facts
    return w.well & (w.age >= 25) & ~f.dibao & ~f.tekun & (f.stage < 0) & (f.identity == EXITED_ID)


def _alone(w: World) -> Array:
    return w.of_household(w.people.household_size == 1)


def _mortal(w: World) -> Array:
    return w.quiet & ~w.facts.disabled & ~w.facts.chronic_visits.astype(bool) & ~w.facts.r_chronic & (w.age >= 45) & (w.people.role != HEAD)


def _plain_house(w: World) -> Array:
    return (w.facts.renovation_year == 0) & w.facts.appraised


def _covered(w: World) -> Array:
    return w.facts.dibao & ~w.facts.tekun


HI, CIVIL, EDU, HOUSING = "health_insurance", "civil_affairs", "education", "housing"
IDENTITY_MAY = Verdict(HI, "assistance_identity", "differ", certain=False)

PLANTS: tuple[Plant, ...] = (
    # Scarce subjects first.
    Plant(
        "disability_grade", "disability", lambda w: w.facts.disabled & (w.facts.r_number_length > 18), change.other_grade,
        (Verdict(CIVIL, "disability_grade", "differ"),), (Finding("ID-16", certain=False),),
    ),
    Plant(
        "tekun_not_in_registry", "registry", lambda w: w.facts.tekun, change.put("r_tekun", False),
        (Verdict(CIVIL, "tekun", "department_only"), IDENTITY_MAY),
    ),
    Plant(
        "dibao_and_tekun", "tekun",
        lambda w: _covered(w) & (w.age >= 60) & _alone(w) & ~w.facts.disabled & ~w.facts.r_disabled,
        change.both(change.put("tekun", True), change.put("r_tekun", True)),
        (Verdict(CIVIL, "household_type", "differ", HOUSEHOLD, certain=False), IDENTITY_MAY),
        (Finding("CIV-01"), Finding("CIV-12", certain=False)), steady=True,
    ),
    Plant(
        "yulu_missing", "school", lambda w: w.facts.yulu, change.put("yulu", False),
        (Verdict(EDU, "yulu", "registry_only"),), (Finding("EDU-08", object="term"),),
    ),
    Plant(
        "yulu_extra", "school", lambda w: (w.facts.stage == SENIOR) & w.facts.on_roll, change.put("yulu", True),
        (Verdict(EDU, "yulu", "department_only"),), (Finding("EDU-09", object="term"),),
    ),
    Plant(
        "left_school", "school", lambda w: (w.facts.stage == SENIOR) & (w.school_age >= 16), change.put("on_roll", False),
        (Verdict(EDU, "enrolled", "registry_only"),),
    ),
    Plant(
        "pupil_unknown_to_registry", "registry",
        lambda w: (w.facts.stage == SENIOR) & (w.school_age >= 16) & w.well,
        change.both(change.put("r_stage", -1), change.able, change.cause("因学", "缺劳动力")),
        (Verdict(EDU, "enrolled", "department_only"),), (Finding("EDU-03", certain=False),),
    ),
    Plant(
        "aid_extra", "school", lambda w: (w.facts.stage == SENIOR) & w.facts.on_roll, change.put("aided", True),
        (Verdict(EDU, "education_aid", "department_only"),),
    ),
    Plant(
        "dropout_missing", "school", lambda w: np.isin(w.facts.stage, (PRIMARY, JUNIOR)) & (w.school_age >= 7),
        change.both(change.put("on_roll", False), change.put("aided", False)),
        (Verdict(EDU, "enrolled", "registry_only"), Verdict(EDU, "dropout", "differ")),
        (Finding("EDU-01"),),
    ),
    Plant(
        "dropout_reason", "school", lambda w: (w.facts.stage == JUNIOR),
        change.both(change.put("on_roll", False), change.put("aided", False), change.put("absence", True)),
        (Verdict(EDU, "enrolled", "registry_only", certain=False), Verdict(EDU, "dropout", "differ")),
        (Finding("EDU-01"),),
    ),
    Plant(
        "dropout_flag", "registry", lambda w: np.isin(w.facts.stage, (PRIMARY, JUNIOR)), change.put("r_dropout", True),
        (Verdict(EDU, "dropout", "differ"),),
    ),
    Plant(
        "stage_behind", "registry", lambda w: (w.facts.stage == JUNIOR) & (w.facts.grade == 1), change.behind,
        (Verdict(EDU, "study_stage", "differ"),), (Finding("EDU-03"),),
    ),
    Plant(
        "aid_missing", "school", lambda w: np.isin(w.facts.stage, (PRIMARY, JUNIOR)) & w.facts.aided, change.put("aided", False),
        (Verdict(EDU, "education_aid", "registry_only"),), (Finding("EDU-05", object="term"),),
    ),
    Plant(
        "school_name", "school", lambda w: w.facts.on_roll & (w.facts.stage == PRIMARY), change.other_name("school_roll"),
        (Verdict(EDU, "person_name", "differ"),), (Finding("ID-13"),),
    ),
    Plant(
        "school_sex", "school", lambda w: w.facts.on_roll & (w.facts.stage <= SENIOR), change.flip("school_male"),
        (Verdict(EDU, "sex", "differ"),),
    ),
    Plant(
        "school_birth", "school", lambda w: w.facts.on_roll & (w.facts.stage == PRIMARY), change.older_birth,
        (Verdict(EDU, "birth_date", "differ"),),
    ),
    Plant(
        "claimed_poor", "school",
        lambda w: np.isin(w.facts.stage, (PRIMARY, JUNIOR)) & w.facts.on_roll & ~w.facts.aided, change.put("claimed_poor", True),
        findings=(Finding("EDU-07", object="term"),), registered=False,
    ),
    # Civil affairs.
    Plant(
        "should_be_tekun", "registry",
        lambda w: _covered(w) & (w.age >= 62) & _alone(w) & ~w.facts.disabled & (w.facts.r_labour >= LOST), change.penniless,
        findings=(Finding("CIV-11"), Finding("REG-07", HOUSEHOLD), Finding("AST-07", HOUSEHOLD, certain=False)),
    ),
    Plant(
        "dibao_kind", "dibao",
        lambda w: w.facts.dibao_household & (w.people.per_household(w.facts.dibao) == 1), change.flip("dibao_urban"),
        (Verdict(CIVIL, "dibao_kind", "differ"),), per_household=True,
    ),
    Plant(
        "dibao_not_in_registry", "registry", lambda w: _covered(w) & (w.people.role != HEAD), change.put("r_dibao", False),
        (Verdict(CIVIL, "dibao", "department_only"), IDENTITY_MAY), (Finding("CIV-03"),),
    ),
    Plant(
        "dibao_only_in_registry", "registry",
        lambda w: ~w.facts.dibao & w.of_household(w.facts.dibao_household), change.put("r_dibao", True),
        (Verdict(CIVIL, "dibao", "registry_only"), IDENTITY_MAY), (Finding("CIV-04"),),
    ),
    Plant(
        "tekun_only_in_registry", "registry", lambda w: _plain(w) & (w.age >= 60) & _alone(w), change.put("r_tekun", True),
        (Verdict(CIVIL, "tekun", "registry_only"), IDENTITY_MAY),
    ),
    Plant(
        "disability_off_list", "disability",
        lambda w: w.facts.disabled & (w.facts.r_number_length == 18) & ~w.facts.dibao & ~w.facts.tekun, change.put("disabled", False),
        (Verdict(CIVIL, "disability", "differ"),),
    ),
    Plant(
        "disability_not_in_registry", "registry",
        lambda w: w.facts.disabled & (w.facts.r_number_length == 18) & ~w.facts.r_chronic & ~w.facts.r_major,
        change.both(change.put("r_disabled", False), change.able, change.cause("因残", "缺劳动力")),
        (Verdict(CIVIL, "disability", "differ"),),
    ),
    Plant(
        "disability_unpaid", "disability",
        lambda w: w.facts.disabled & ~w.facts.tekun & (w.facts.dibao | (w.facts.disability_grade <= 2)),
        change.put("disability_unpaid", True), findings=(Finding("CIV-07"),),
    ),
    Plant(
        "wrong_amount", "dibao", lambda w: w.facts.dibao_household, change.put("wrong_amount", True),
        findings=(Finding("CIV-05", HOUSEHOLD, "list_month"),), per_household=True,
    ),
    Plant(
        "dead", "death", lambda w: _mortal(w) & ~w.facts.dibao & ~w.facts.tekun, change.die(120),
        (Verdict(CIVIL, "alive", "differ"),),
    ),
    Plant(
        "dead_on_dibao", "death", lambda w: _mortal(w) & _covered(w), change.die(130),
        (Verdict(CIVIL, "alive", "differ"),), (Finding("CIV-02", object="list_month"),),
    ),
    Plant(
        "dead_insured", "death", lambda w: _mortal(w) & ~w.facts.dibao & ~w.facts.tekun, change.die_last_year,
        (Verdict(CIVIL, "alive", "differ"),), (Finding("MED-10"),),
    ),
    Plant(
        "dead_claim", "death", lambda w: _mortal(w) & ~w.facts.dibao & ~w.facts.tekun, change.both(change.die(90), change.put("late_claim", True)),
        (Verdict(CIVIL, "alive", "differ"),), (Finding("MED-11", object="claim_month"),), steady=True,
    ),
    Plant(
        "civil_name", "dibao", lambda w: _covered(w) & (w.people.role != HEAD), change.other_name("dibao_member"),
        (Verdict(CIVIL, "person_name", "differ"),), (Finding("ID-13"),),
    ),
    Plant(
        "type_lost", "registry", lambda w: w.facts.dibao_household & _plain_house(w), change.put("h_type", GENERAL_TYPE),
        (Verdict(CIVIL, "household_type", "differ", HOUSEHOLD),), per_household=True,
    ),
    Plant(
        "type_extra", "registry", lambda w: (w.facts.h_type == GENERAL_TYPE) & _plain_house(w), change.put("h_type", DIBAO_TYPE),
        (Verdict(CIVIL, "household_type", "differ", HOUSEHOLD),), per_household=True,
    ),
    # Health insurance.
    Plant(
        "certificate_missing", "chronic", lambda w: w.facts.r_chronic, change.put("certificate", CERTIFICATE_NONE),
        (Verdict(HI, "chronic_certificate", "registry_only"),), (Finding("MED-14"),),
    ),
    Plant(
        "certificate_expired", "chronic", lambda w: w.facts.r_chronic, change.put("certificate", CERTIFICATE_EXPIRED),
        (Verdict(HI, "chronic_certificate", "registry_only"),), (Finding("MED-14"),),
    ),
    Plant(
        "certificate_extra", "registry", lambda w: w.facts.r_chronic & ~w.facts.r_major & ~w.facts.r_disabled,
        change.both(change.put("r_chronic", False), change.able, change.cause("因病", "缺劳动力")),
        (Verdict(HI, "chronic_certificate", "department_only"), Verdict(HI, "family_doctor", "department_only")),
        (Finding("MED-16"),),
    ),
    Plant(
        "contract_missing", "chronic", lambda w: w.facts.r_chronic & ~w.facts.r_works, change.put("signed", False),
        (Verdict(HI, "family_doctor", "registry_only"),), (Finding("MED-15"),),
    ),
    Plant(
        "low_inpatient", "settlement", lambda w: (w.facts.inpatient == 1) & ~w.facts.assisted, change.put("low_inpatient", True),
        findings=(Finding("MED-12"),),
    ),
    Plant(
        "low_chronic", "settlement", lambda w: (w.facts.chronic_visits > 0) & w.facts.r_chronic, change.put("low_chronic", True),
        findings=(Finding("MED-13"),),
    ),
    Plant(
        "not_one_stop", "settlement",
        lambda w: (w.facts.inpatient == 1) & (w.facts.chronic_visits == 0) & ~ordinary_visits(w.people, w.facts.died),
        change.put("not_one_stop", True), findings=(Finding("MED-22", object="claim_month"),),
    ),
    Plant(
        "assist_registry", "registry", lambda w: ~w.facts.assisted & (w.facts.inpatient == 1), change.put("r_assist", True),
        (Verdict(HI, "medical_assistance", "registry_only"),),
    ),
    Plant(
        "assist_department", "registry", lambda w: w.facts.assisted, change.put("r_assist", False),
        (Verdict(HI, "medical_assistance", "department_only"),),
    ),
    Plant(
        "identity_lower", "enrolment", lambda w: _covered(w) & w.facts.resident, change.put("identity", EXITED_ID),
        (Verdict(HI, "assistance_identity", "differ"),), (Finding("MED-07", certain=False), Finding("CIV-12", certain=False)),
    ),
    Plant(
        "identity_absent", "enrolment", lambda w: _plain(w) & w.facts.resident, change.put("listed", False),
        (Verdict(HI, "assistance_identity", "registry_only"),),
    ),
    Plant(
        "roll_absent", "enrolment", lambda w: _plain(w) & w.facts.resident & w.quiet,
        change.both(change.put("resident", False), change.put("serious", False), change.put("subsidised", False)),
        (Verdict(HI, "basic_insurance", "registry_only"),), (Finding("MED-01"), Finding("MED-02")),
    ),
    Plant(
        "uninsured_in_registry", "registry", lambda w: _plain(w) & w.facts.resident,
        change.both(change.put("r_resident", False), change.put("r_serious", False)),
        (Verdict(HI, "basic_insurance", "department_only"), Verdict(HI, "serious_illness_insurance", "department_only")),
    ),
    Plant(
        "serious_absent", "enrolment", lambda w: _plain(w) & w.facts.resident, change.put("serious", False),
        (Verdict(HI, "serious_illness_insurance", "registry_only"),), (Finding("MED-04"),),
    ),
    Plant(
        "serious_extra", "registry", lambda w: _plain(w) & w.facts.resident, change.put("r_serious", False),
        (Verdict(HI, "serious_illness_insurance", "department_only"),),
    ),
    Plant(
        "subsidy_missing", "enrolment", lambda w: _plain(w) & w.facts.resident, change.put("subsidised", False),
        (Verdict(HI, "premium_subsidy", "registry_only"),), (Finding("MED-05"),),
    ),
    Plant(
        "roll_name", "enrolment", lambda w: _plain(w) & w.facts.resident, change.other_name("hi_roll"),
        (Verdict(HI, "person_name", "differ"),), (Finding("ID-13"),),
    ),
    Plant(
        "registry_sex", "registry", lambda w: _plain(w) & w.facts.resident & _alone(w), change.flip("r_male"),
        (Verdict(HI, "sex", "differ"),), (Finding("ID-07"),),
    ),
    # Housing.
    Plant(
        "unsafe_unknown", "housing", _plain_house, change.put("graded", 2),
        (Verdict(HOUSING, "unsafe_house", "differ", HOUSEHOLD), Verdict(HOUSING, "house_grade", "differ", HOUSEHOLD)),
        (Finding("HOU-01", HOUSEHOLD), Finding("HOU-02", HOUSEHOLD)), per_household=True,
    ),
    Plant(
        "unsafe_in_registry", "registry", _plain_house, change.both(change.put("h_unsafe", True), change.put("h_grade", 2)),
        (Verdict(HOUSING, "unsafe_house", "differ", HOUSEHOLD), Verdict(HOUSING, "house_grade", "differ", HOUSEHOLD)),
        per_household=True,
    ),
    Plant(
        "unsafe_agreed", "housing", _plain_house, change.both(change.put("graded", 3), change.put("h_unsafe", True), change.put("h_grade", 3)),
        findings=(Finding("HOU-01", HOUSEHOLD),), per_household=True, steady=True,
    ),
    Plant(
        "grade_differs", "registry", _plain_house, change.other_house_grade,
        (Verdict(HOUSING, "house_grade", "differ", HOUSEHOLD),), per_household=True,
    ),
    Plant(
        "renovation_only_in_registry", "registry", _plain_house, change.put("h_renovated", True),
        (Verdict(HOUSING, "renovation", "registry_only", HOUSEHOLD),), per_household=True,
    ),
    Plant(
        "renovation_not_in_registry", "registry", lambda w: w.facts.renovation_year > 0, change.put("h_renovated", False),
        (Verdict(HOUSING, "renovation", "department_only", HOUSEHOLD),), per_household=True,
    ),
    Plant(
        "renovation_identity", "housing", lambda w: _plain_house(w) & (w.facts.h_type == GENERAL_TYPE), change.planned_this_year,
        (Verdict(HOUSING, "renovation_identity", "differ", HOUSEHOLD),),
        (Finding("HOU-06", HOUSEHOLD, "plan_year", certain=False),), per_household=True, steady=True,
    ),
    Plant(
        "area", "registry", _plain_house, change.larger, (Verdict(HOUSING, "house_area", "differ", HOUSEHOLD),), per_household=True,
    ),
    Plant(
        "second_home", "property", lambda w: w.facts.dwelling, change.put("second_dwelling", True),
        (Verdict(HOUSING, "other_dwelling", "department_only", HOUSEHOLD),),
        (Finding("HOU-10", HOUSEHOLD), Finding("AST-02", HOUSEHOLD)), per_household=True,
    ),
    # The registry against itself.
    Plant(
        "cause_unsupported", "registry", lambda w: w.people.per_household(w.facts.r_disabled) == 0, change.unsupported_cause,
        findings=(Finding("REG-10", HOUSEHOLD),), per_household=True,
    ),
    Plant(
        "labour_lost", "registry", lambda w: _plain(w) & (w.age < 55) & ~w.facts.r_works & ~w.facts.r_post, change.put("r_labour", LOST),
        findings=(Finding("REG-13"),),
    ),
    Plant(
        "size_wrong", "registry", lambda w: w.facts.h_type == GENERAL_TYPE, change.one_more,
        findings=(Finding("REG-01", HOUSEHOLD),), per_household=True,
    ),
    Plant(
        "below_line", "registry", lambda w: (w.facts.h_type == GENERAL_TYPE) & (w.facts.h_monitor < 0), change.poor,
        findings=(Finding("REG-07", HOUSEHOLD),), per_household=True,
    ),
    Plant(
        "child_labour", "registry", lambda w: np.isin(w.facts.stage, (PRIMARY, JUNIOR)) & (w.age < 15),
        change.both(change.put("r_labour", ORDINARY), change.cause("缺劳动力")), findings=(Finding("REG-12"),),
    ),
    Plant(
        "pupil_at_work", "registry", lambda w: np.isin(w.facts.stage, (PRIMARY, JUNIOR)) & w.facts.on_roll, change.put("r_works", True),
        findings=(Finding("EDU-14"),),
    ),
    Plant(
        "post_too_old", "registry", lambda w: (w.age >= 71) & ~w.facts.r_post & ~w.facts.tekun, change.put("r_post", True),
        findings=(Finding("REG-14"),),
    ),
    Plant(
        "spouse_of_one_sex", "registry", lambda w: _plain(w) & w.facts.resident & (w.people.role == SPOUSE), change.flip("r_male"),
        (Verdict(HI, "sex", "differ"),), (Finding("ID-07"), Finding("REG-03", HOUSEHOLD)),
    ),
    Plant(
        "unsafe_never_graded", "housing", _plain_house,
        change.both(change.put("appraised", False), change.put("h_unsafe", True), change.put("h_grade", 2)),
        findings=(Finding("HOU-03", HOUSEHOLD),), per_household=True, steady=True,
    ),
)  # fmt: skip
