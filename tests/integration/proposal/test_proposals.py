"""What is proposed for the registry, from facts written by hand. One row of CASES is one subject and one field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bidui.warehouse import dbt
from hand_made_facts import COUNTY, NIGHT, HandMadeFacts

BORNE_OUT = {"hi_roll__link_tier": "1", "hi_roll__name_grade": "same", "hi_roll__person_name": "张三", "id_names": 1}
ROLL = {"hi_roll__batch_id": 7, "hi_roll__row_no": 5, "hi_roll__link_tier": "1"}
PUPIL = {"enrolled__is_enrolled": True, "school_roll__is_enrolled": True, "school_roll__study_stage": "初中",
         "school_roll__grade": "七年级", "school_roll__link_tier": "1", "age_1_september": 12}
SUPPORTED = {"disability__listed_members": 0, "school__enrolled_members": 0, "health_unknown_members": 0,
             "recently_dead_ill_members": 0, "ill_members": 0, "disabled_members": 0, "student_members": 0,
             "labour_members": 1, "labour_unknown_members": 0}

NONE = (None, None)

# (why, field, facts of the person, proposed value and confidence)
PERSONS: list[tuple[str, str, dict[str, Any], tuple[str | None, str | None]]] = [
    ("nothing contradicts", "sex", {"sex": "男", "hi_roll__sex": "男"}, NONE),

    # names: a department alone is medium; against the registry's own name it is outvoted or low; two departments are high
    ("one list, one character", "person_name", {"hi_roll__person_name": "张山", "hi_roll__name_grade": "one_character"},
     ("张山", "medium")),
    ("two departments", "person_name", {"hi_roll__person_name": "张 山", "hi_roll__name_grade": "one_character",
     "tekun__person_name": "张山", "tekun__name_grade": "one_character"}, ("张山", "high")),
    ("one department for, one against", "person_name", {"hi_roll__person_name": "张山",
     "hi_roll__name_grade": "one_character", "tekun__person_name": "张三", "tekun__name_grade": "same"}, ("张山", "low")),
    ("one for, two against", "person_name", {"school_roll__person_name": "张山", "school_roll__name_grade":
     "one_character", "tekun__person_name": "张三", "tekun__name_grade": "same", "hi_roll__person_name": "张三",
     "hi_roll__name_grade": "same"}, NONE),
    ("a variant contradicts nothing", "person_name", {"person_name": "张三", "hi_roll__person_name": "張三",
     "hi_roll__name_grade": "variant"}, NONE),
    ("a character that a system lost", "person_name", {"person_name": "张?", "hi_roll__person_name": "张喆",
     "hi_roll__name_grade": "variant"}, ("张喆", "medium")),
    ("lost on both sides", "person_name", {"person_name": "张?", "hi_roll__person_name": "张zhe",
     "hi_roll__name_grade": "variant"}, NONE),

    # sex and birth date: the number speaks once a department bears it out
    ("own number, borne out", "sex", BORNE_OUT | {"sex": "男", "id_sex": "女"}, ("女", "high")),
    ("own number that nobody bears out", "sex", {"sex": "男", "id_sex": "女"}, NONE),
    ("own number under two names", "sex", BORNE_OUT | {"sex": "男", "id_sex": "女", "id_names": 2}, NONE),
    ("borne out by tier 2 only", "sex", BORNE_OUT | {"sex": "男", "id_sex": "女", "hi_roll__link_tier": "2"}, NONE),
    ("school against registry and number", "sex", BORNE_OUT | {"sex": "男", "id_sex": "男", "school_roll__sex": "女",
     "school_roll__link_tier": "1"}, NONE),
    ("school alone", "sex", {"sex": "男", "school_roll__sex": "女", "school_roll__link_tier": "1"}, ("女", "medium")),
    ("school alone, residual link", "sex", {"sex": "男", "school_roll__sex": "女", "school_roll__link_tier": "2"},
     ("女", "low")),
    ("birth date of the number", "birth_date", BORNE_OUT | {"birth_date": "1990-01-02", "id_birth_date": "1990-02-01"},
     ("1990-02-01", "high")),

    ("birth date on the roll", "birth_date", {"birth_date": "2014-01-02", "school_roll__birth_date": "2014-02-02",
     "school_roll__link_tier": "1"}, ("2014-02-02", "medium")),

    # members
    ("on the list of deaths", "member", {"is_living": False, "death__is_dead": True, "death__died_on": "2026-06-18",
     "death__link_tier": "1"}, ("已故（2026-06-18）", "high")),
    ("the dead get no other proposals", "dibao_status", {"is_living": False, "death__is_dead": True,
     "dibao__is_covered": True, "dibao__dibao_kind": "农村低保"}, NONE),
    ("no list of deaths", "member", {"death__state": "no_batch"}, NONE),

    # school
    ("not a student, on the roll", "student_status", PUPIL, ("七年级", "high")),
    ("a stage behind", "student_status", PUPIL | {"is_student": True, "student_status": "小学", "registry_stage": "小学"},
     ("七年级", "high")),
    ("a year behind", "student_status", PUPIL | {"is_student": True, "student_status": "七年级", "registry_stage": "初中",
     "registry_grade_year": 1, "school_roll__grade": "八年级"}, ("八年级", "high")),
    ("stage without a year says the same", "student_status", PUPIL | {"is_student": True, "student_status": "初中",
     "registry_stage": "初中"}, NONE),
    ("the registry asks for a year that nobody states", "student_status", PUPIL | {"school_roll__grade": None}, NONE),
    ("senior school", "student_status", PUPIL | {"school_roll__study_stage": "普通高中", "school_roll__grade": "高二"},
     ("普通高中二年级", "high")),
    ("student on no list", "student_status", {"is_student": True, "student_status": "七年级", "registry_stage": "初中",
     "enrolled__is_enrolled": False}, ("无", "low")),
    ("student of a college, which the roll does not carry", "student_status",
     {"is_student": True, "student_status": "本科", "registry_stage": "本科", "enrolled__is_enrolled": False}, NONE),
    ("student, roll in quarantine", "student_status", {"is_student": True, "student_status": "七年级",
     "registry_stage": "初中", "enrolled__state": "quarantined"}, NONE),
    ("drop-out on the roll", "is_dropout", PUPIL | {"is_dropout": True}, ("否", "high")),
    ("education says why", "is_dropout", {"is_dropout": False, "age_1_september": 13, "edu_compare__link_tier": "1",
     "edu_compare__not_in_school_reason": "厌学", "enrolled__is_enrolled": False}, ("是", "medium")),
    ("on no list at compulsory age", "is_dropout", {"is_dropout": False, "age_1_september": 13,
     "enrolled__is_enrolled": False}, ("是", "low")),
    ("on no list at 16", "is_dropout", {"is_dropout": False, "age_1_september": 16, "enrolled__is_enrolled": False}, NONE),

    # health
    ("certificate", "health_status", {"health_status": "健康", "is_chronic": False, "is_disabled": False,
     "hi_chronic__has_certificate": True, "hi_chronic__link_tier": "1"}, ("长期慢性病", "high")),
    ("certificate and disability list", "health_status", {"health_status": "患有大病", "is_chronic": False,
     "is_disabled": False, "hi_chronic__has_certificate": True, "hi_chronic__link_tier": "1",
     "disability__is_listed": True, "disability__link_tier": "1"}, ("患有大病、长期慢性病、残疾", "high")),
    ("absence from the lists heals nobody", "health_status", {"health_status": "残疾", "is_disabled": True,
     "disability__is_listed": False, "hi_chronic__has_certificate": False}, NONE),

    # insurance
    ("insured, registry says no", "has_resident_insurance", ROLL | {"has_resident_insurance": False,
     "hi_roll__is_resident": True}, ("是", "high")),
    ("insured, registry blank", "has_resident_insurance", ROLL | {"hi_roll__is_resident": True}, ("是", "high")),
    ("not on the roll", "has_resident_insurance", {"has_resident_insurance": True, "hi_roll__is_resident": False},
     ("否", "medium")),
    ("not on the roll, registry blank", "has_resident_insurance", {"hi_roll__is_resident": False}, NONE),
    ("off the roll, the check says insured", "has_resident_insurance", {"has_resident_insurance": True,
     "hi_roll__is_resident": False, "hi_enrol_check__is_resident": True, "hi_enrol_check__link_tier": "1"}, NONE),
    ("no roll", "has_resident_insurance", {"has_resident_insurance": True, "hi_roll__state": "no_batch"}, NONE),
    ("insured as employee", "has_employee_insurance", ROLL | {"has_employee_insurance": False,
     "hi_roll__is_employee": True}, ("是", "high")),
    ("no longer an employee", "has_employee_insurance", ROLL | {"has_employee_insurance": True,
     "hi_roll__is_employee": False}, ("否", "medium")),
    ("serious illness on the roll", "has_serious_illness_insurance", ROLL | {"has_serious_illness_insurance": False,
     "hi_roll__has_serious_illness_insurance": True}, ("是", "high")),
    ("the roll says no", "has_serious_illness_insurance", ROLL | {"has_serious_illness_insurance": True,
     "hi_roll__has_serious_illness_insurance": False}, ("否", "medium")),
    ("the roll does not say", "has_serious_illness_insurance", ROLL | {"has_serious_illness_insurance": True}, NONE),
    ("settled without assistance", "has_medical_assistance", {"has_medical_assistance": True,
     "hi_settlement__assist_fund_pay": 0, "hi_settlement__settlements": 2, "hi_settlement__link_tier": "1"},
     ("否", "medium")),
    ("assistance paid", "has_medical_assistance", {"has_medical_assistance": False, "hi_settlement__assist_fund_pay": 90,
     "hi_settlement__settlements": 1, "hi_settlement__link_tier": "1"}, ("是", "high")),
    ("no settlement says nothing", "has_medical_assistance", {"has_medical_assistance": True,
     "hi_settlement__assist_fund_pay": 0, "hi_settlement__settlements": 0}, NONE),

    # civil affairs
    ("covered, registry blank", "dibao_status", {"dibao__is_covered": True, "dibao__dibao_kind": "城市低保",
     "dibao__link_tier": "1"}, ("城市低保", "high")),
    ("another kind", "dibao_status", {"dibao_status": "农村低保", "says_dibao": True, "dibao__is_covered": True,
     "dibao__dibao_kind": "城市低保", "dibao__link_tier": "1"}, ("城市低保", "medium")),
    ("not covered", "dibao_status", {"dibao_status": "农村低保", "says_dibao": True, "dibao__is_covered": False},
     ("无", "medium")),
    ("in review", "dibao_status", {"dibao_status": "农村低保", "says_dibao": True, "dibao__state": "in_review"}, NONE),
    ("not on the tekun list", "tekun_status", {"tekun_status": "农村特困", "says_tekun": True, "tekun__is_listed": False},
     ("无", "medium")),
    ("tekun, residual link", "tekun_status", {"tekun__is_listed": True, "tekun__link_tier": "2"}, ("农村特困", "medium")),
]

# (why, field, facts of the household, facts of its one member, proposed value and confidence)
HOUSEHOLDS: list[tuple[str, str, dict[str, Any], dict[str, Any], tuple[str | None, str | None]]] = [
    ("dibao household", "household_type", {"household_type": "脱贫户", "registry_kind": "其他", "derived_kind": "低保"},
     {"dibao__is_covered": True, "dibao__link_tier": "1"}, ("低保贫困户", "high")),
    ("dibao by a residual link", "household_type", {"household_type": "脱贫户", "registry_kind": "其他",
     "derived_kind": "低保"}, {"dibao__is_covered": True, "dibao__link_tier": "2"}, ("低保贫困户", "medium")),
    ("tekun household, a kind the registry has no word for yet", "household_type", {"household_type": "脱贫户",
     "registry_kind": "其他", "derived_kind": "特困"}, {"tekun__is_listed": True, "tekun__link_tier": "1"},
     ("五保户", "high")),
    ("on neither list", "household_type", {"household_type": "低保贫困户", "registry_kind": "低保", "derived_kind": "其他",
     "exit_attribute": "脱贫"}, {}, ("脱贫户", "medium")),
    ("the same kind in older words", "household_type", {"household_type": "低保户", "registry_kind": "低保",
     "derived_kind": "低保"}, {"dibao__is_covered": True}, NONE),
    ("no dibao list", "household_type", {"household_type": "低保户", "registry_kind": "低保",
     "derived_kind__state": "no_batch"}, {}, NONE),
    ("cause by a certificate", "cause_1", SUPPORTED | {"cause_1": "因残"}, {"hi_chronic__has_certificate": True},
     ("因病", "medium")),
    ("cause by the disability list", "cause_1", SUPPORTED | {"cause_1": "因病", "disability__listed_members": 1}, {},
     ("因残", "medium")),
    ("two causes to choose from", "cause_1", SUPPORTED | {"cause_1": "因残", "school__enrolled_members": 1},
     {"hi_chronic__has_certificate": True}, ("因学", "low")),
    ("lack of labour is a hint", "cause_1", SUPPORTED | {"cause_1": "因残", "labour_members": 0}, {}, ("缺劳动力", "low")),
    ("cause borne out by the list", "cause_1", SUPPORTED | {"cause_1": "因残", "disability__listed_members": 1},
     {"hi_chronic__has_certificate": True}, NONE),
    ("the ill member has died", "cause_1", SUPPORTED | {"cause_1": "因病", "recently_dead_ill_members": 1,
     "disability__listed_members": 1}, {}, NONE),
    ("cause against a missing list", "cause_1", SUPPORTED | {"cause_1": "因病", "disability__listed_members": 1},
     {"hi_chronic__state": "no_batch"}, NONE),
    ("graded C", "is_unsafe_house", {"is_unsafe_house": False, "unsafe_house__is_unsafe": True,
     "appraisal__link_tier": "1"}, {}, ("是", "high")),
    ("safe, registry blank", "is_unsafe_house", {"unsafe_house__is_unsafe": False}, {}, NONE),
    ("another grade", "house_grade", {"house_grade": "A", "appraisal__house_grade": "B", "appraisal__link_tier": "1"}, {},
     ("B", "high")),
    ("not appraised here", "house_grade", {"house_grade": "A", "appraisal__house_grade": "未鉴定"}, {}, NONE),
    ("area", "house_area_m2", {"house_area_m2": 160, "appraisal__area_m2": 100, "appraisal__link_tier": "1"}, {},
     ("100", "medium")),
    ("area within tolerance", "house_area_m2", {"house_area_m2": 104, "appraisal__area_m2": 100}, {}, NONE),
    ("accepted renovation", "measure_housing", {"measure_housing": "饮水改善", "measures_housing_renovation": False,
     "renovation__is_accepted": True, "renovation__link_tier": "1"}, {}, ("饮水改善,危房改造", "high")),
    ("paid more than stated", "income_transfer", {"income_transfer": 300}, {"disability__living_subsidy": 80,
     "disability__nursing_subsidy": 0}, ("1004", "medium")),
    ("paid no more than stated", "income_transfer", {"income_transfer": 1004}, {"disability__living_subsidy": 80,
     "disability__nursing_subsidy": 0}, NONE),
]


@pytest.fixture(scope="module")
def county(warehouse: str) -> Iterator[HandMadeFacts]:
    made = HandMadeFacts(warehouse)
    for number, (_, _, facts, _) in enumerate(PERSONS):
        made.person(f"P{number}", **facts)
    for number, (_, field, facts, member, _) in enumerate(HOUSEHOLDS):
        made.household(f"C{number}", **({"household_key": f"C{number}"} | facts))
        made.person(f"M{number}", household_key=f"C{number}", **member)
        if field == "income_transfer":
            # 462 twice within twelve months, and once before
            for month in ("2026-10-01", "2026-09-01", "2025-10-01"):
                made.row("fact_dibao_month", person_key=f"M{number}", household_key=f"C{number}", month=month,
                         benefit="dibao", monthly_amount=462, is_first_of_row=True)
            made.row("fact_dibao_month", person_key="other", household_key=f"C{number}", month="2026-10-01",
                     benefit="dibao", monthly_amount=462, is_first_of_row=False)
    # What the registry calls its other households.
    for number in range(3):
        made.household(f"N{number}", household_type="低保贫困户", registry_kind="低保")
        made.household(f"O{number}", household_type="脱贫户", registry_kind="其他", exit_attribute="脱贫")
        made.household(f"Q{number}", household_type="一般贫困户", registry_kind="其他", exit_attribute="未脱贫")
    _numbers(made)
    _members(made)
    made.build()
    made.publish()
    yield made
    made.close()


# Numbers of a registry person born on 1 January 1990, by the person's place in NUMBERS.
OWN, OTHER, WOMAN = "99010119900101{:02d}1X", "99010119900101{:02d}3X", "99010119900101{:02d}2X"
OLD, OTHER_OLD = "990101900101{:02d}1", "990101900101{:02d}3"

# What the registry has, what lists say of the person, and the number proposed with its confidence.
NUMBERS: dict[str, tuple[dict[str, Any], list[dict[str, Any]], tuple[str | None, str | None]]] = {
    "blank": ({"id_no": None}, [{}], (OWN, "medium")),
    "two departments": ({"id_no": "X", "id_state": "length"}, [{}, {"extract": "tekun"}], (OWN, "high")),
    "two lists of one department": ({}, [{}, {"extract": "hi_chronic"}], (OWN, "medium")),
    "old number": ({"id_no": OLD, "id_state": "old15", "id_key_15": OWN}, [{}], (OWN, "medium")),
    "another old number": ({"id_no": OTHER_OLD, "id_state": "old15", "id_key_15": OTHER}, [{}], NONE),
    "lists disagree": ({}, [{}, {"extract": "tekun", "id_no": OTHER}], NONE),
    "another number in review": ({}, [{}, {"extract": "tekun", "id_no": OTHER, "decision": "review"}], NONE),
    "in review only": ({}, [{"decision": "review"}], NONE),
    "other birth date": ({"birth_date": "1991-01-01"}, [{}], NONE),
    "birth date unknown": ({"birth_date": None}, [{}], NONE),
    "other sex": ({"sex": "男"}, [{"id_no": WOMAN}], NONE),
    "one character of the name": ({}, [{"name_grade": "one_character"}], NONE),
    "held by somebody": ({}, [{}], NONE),
    "claimed for somebody else too": ({}, [{}], NONE),
    "usable number": ({"id_no": OTHER, "id_key": OTHER, "id_state": "ok"}, [{}], NONE),
    "an earlier list": ({}, [{"is_current": False}], NONE),
}


def key(number: str) -> int:
    return int(number[:17])


def _numbers(made: HandMadeFacts) -> None:
    """Registry persons without a usable number, and the rows that departments have of them."""
    for serial, (why, (registry, rows, _)) in enumerate(NUMBERS.items()):
        made.person(why)
        given = {"id_state": "blank", "birth_date": "1990-01-01"} | registry
        for column in ("id_no", "id_key_15", "id_key"):
            text = (given.get(column) or "").format(serial)
            given[column] = (text if column == "id_no" else key(text)) if text else None
        _registry(made, why, **given)
        for row_no, said in enumerate(rows):
            row = {"extract": "hi_roll", "batch_id": 70 + serial, "row_no": row_no, "subject_role": "self",
                   "is_current": True, "person_key": why, "decision": "linked", "name_grade": "same", "id_no": OWN,
                   "id_state": "ok"} | said
            row["id_no"] = row["id_no"].format(serial)
            row["id_key"] = key(row["id_no"])
            _mention(made, row)
        if why == "held by somebody":
            _registry(made, "holder", id_key=key(OWN.format(serial)))
        if why == "claimed for somebody else too":
            _registry(made, "rival", birth_date="1990-01-01")
            _mention(made, row | {"batch_id": 69, "person_key": "rival"})


def _members(made: HandMadeFacts) -> None:
    """A household in whose book education names two people whom the registry lacks."""
    made.household("book")
    for row_no, (name, number) in enumerate((("李四", "990101200901010017"), ("王五", "990101201101010012"))):
        made._add("int_identity__mention", {
            "extract": "edu_compare", "batch_id": 60, "row_no": row_no, "subject_role": "self", "is_current": True,
            "person_name": name, "name_norm": name, "household_key": "book", "id_no": number, "id_state": "ok",
            "id_key": key(number),
        }, schema="mart_identity")


def _registry(made: HandMadeFacts, person: str, **columns: Any) -> None:
    made._add("int_identity__registry_person", {
        "person_key": person, "person_no": person, "household_no": "H", "county_code": COUNTY, "same_person_key": person,
        "registry_batch_id": 1, "registry_row_no": 9,
    } | columns, schema="mart_identity")


def _mention(made: HandMadeFacts, row: dict[str, Any]) -> None:
    made._add("int_identity__mention", row, schema="mart_identity")
    made._add("int_identity__decision", row | {"tier": "2"}, schema="mart_identity")
    if row["decision"] == "linked":
        made._add("int_identity__linked_row", row | {"link_tier": "2"}, schema="mart_identity")


def proposal(county: HandMadeFacts, subject: str, field: str) -> tuple[str | None, str | None]:
    rows = county.query(
        "select proposed_value, confidence from mart_summary.cleansing_proposal where subject_key = %s and field = %s",
        subject, field,
    )
    return rows[0] if rows else NONE


@pytest.mark.parametrize("number", range(len(PERSONS)), ids=[f"{field}: {why}" for why, field, _, _ in PERSONS])
def test_persons(county: HandMadeFacts, number: int) -> None:
    _, field, _, expected = PERSONS[number]
    assert proposal(county, f"P{number}", field) == expected


@pytest.mark.parametrize("number", range(len(HOUSEHOLDS)), ids=[f"{field}: {why}" for why, field, *_ in HOUSEHOLDS])
def test_households(county: HandMadeFacts, number: int) -> None:
    _, field, _, _, expected = HOUSEHOLDS[number]
    assert proposal(county, f"C{number}", field) == expected


def test_new_members_of_a_household_are_one_proposal(county: HandMadeFacts) -> None:
    assert proposal(county, "book", "member") == ("李四、王五", "medium")


@pytest.mark.parametrize("why", NUMBERS)
def test_numbers(county: HandMadeFacts, why: str) -> None:
    value, confidence = NUMBERS[why][2]
    expected = (value.format(list(NUMBERS).index(why)) if value else None, confidence)
    assert proposal(county, why, "id_no") == expected


def test_the_basis_says_which_rows_say_what(county: HandMadeFacts) -> None:
    subject = f"P{[why for why, *_ in PERSONS].index('one department for, one against')}"
    ((basis, registry_value),) = county.query(
        "select basis, registry_value from mart_summary.cleansing_proposal where subject_key = %s", subject
    )
    assert registry_value == "张三"
    assert [(claim["department"], claim["extract"], claim["says"]) for claim in basis["claims"]] == [
        ("health_insurance", "hi_roll", "proposed"), ("civil_affairs", "tekun", "registry"),
    ]
    assert (basis["departments"], basis["contested"], basis["points"]) == (1, True, 1)
    assert "张" not in str(basis)  # names stay where they can be masked

    subject = f"P{[why for why, *_ in PERSONS].index('insured, registry says no')}"
    ((basis,),) = county.query("select basis from mart_summary.cleansing_proposal where subject_key = %s", subject)
    assert basis["claims"] == [{"claim": "insured", "department": "health_insurance", "extract": "hi_roll",
                                "batch_id": 7, "row_no": 5, "link_tier": "1", "says": "proposed"}]


def test_every_claim_of_the_models_is_described(county: HandMadeFacts) -> None:
    """A claim that the seed does not know would be dropped by the join; one that no model makes would be dead."""
    made = {
        (kind, field, claim)
        for model in ("person", "household", "number", "member")
        for kind, field, claim in county.query(
            f"select distinct subject_kind, field, claim from mart_summary.int_proposal__{model}_claim"
        )
    }
    described = set(county.query("select subject_kind, field, claim from reference.proposable_field"))
    assert made == described


def test_unit_tests_of_the_confidence(county: HandMadeFacts) -> None:
    dbt.run("test", "--select", "cleansing_proposal,test_type:unit", as_of=NIGHT, target="hand_made_facts")
