"""Shipped rules over nights on which a list is late or a row waits: no finding is closed until a list says so."""

from __future__ import annotations

import datetime as dt
from typing import Any

FIRST, WAITING, SAID = dt.date(2026, 10, 16), dt.date(2026, 10, 17), dt.date(2026, 10, 18)

PERSON = {"insurance_year": 2026, "in_entitlement_scope": True, "registry_batch_id": 1, "registry_row_no": 4,
          "village_code": "990001101001"}
DIBAO = {"dibao__is_covered": True, "dibao__valid_from": "2025-01-01"}
REQUEST = {"premium_subsidy__is_paid": True, "premium__identity": "特困人员"}

# rule, fact table: what every night says; what the first says, a night that cannot tell, and one that says no.
CASES: dict[str, tuple[str, dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "CIV-01": ("fact_person", {"dibao_and_tekun__month": "2026-10-01"}, {"dibao_and_tekun__is_both": True},
               {"tekun__state": "stale_batch"}, {"dibao_and_tekun__is_both": False}),
    "CIV-10": ("fact_person", DIBAO | {"marriage__spouse_in_household": False},
               {"marriage__last_kind": "结婚", "marriage__last_on": "2026-05-20"}, {"marriage__state": "stale_batch"},
               {"marriage__last_kind": "离婚", "marriage__last_on": "2026-10-17"}),
    "CIV-11": ("fact_person", DIBAO | {"age": 72, "is_without_labour": True, "household_other_labour_members": 0,
                                       "income_per_capita": 0},
               {"tekun__is_listed": False}, {"tekun__state": "stale_batch"}, {"tekun__is_listed": True}),
    "CIV-12": ("fact_person", DIBAO | {"dibao__was_covered": True, "tekun__is_listed": False, "tekun__was_listed": False},
               {"hi_subsidy_target__identities": "脱贫人口"},
               {"hi_subsidy_target__identities": "脱贫人口", "hi_subsidy_target__waits": "quarantined"},
               {"hi_subsidy_target__identities": "低保对象"}),
    "EDU-11": ("fact_person", {}, {"school_roll__schools": 2}, {}, {"school_roll__schools": 1}),
    "ID-13": ("fact_person", {}, {"name_mismatch__grade": "different"},
              {"name_mismatch__grade": "same", "name_mismatch__state": "stale_batch"}, {"name_mismatch__grade": "same"}),
    "MED-05": ("fact_person", {"basic_insurance__is_resident": True, "premium__identities": "低保对象"},
               {"premium_subsidy__is_paid": False}, {"premium_subsidy__state": "in_review"}, {"premium_subsidy__is_paid": True}),
    "MED-07": ("fact_person", REQUEST, {"hi_premium_request__payer_category": "脱贫人口"},
               {"hi_premium_request__state": "stale_batch"}, {"hi_premium_request__payer_category": "特困人员"}),
    "MED-08": ("fact_person", {"hi_premium_request__payer_category": "特困人员", "hi_premium_request__personal_amount": 0},
               {"hi_premium_request__subsidy_amount": 200},
               {"hi_premium_request__subsidy_amount": 200, "hi_premium_request__waits": "in_review"},
               {"hi_premium_request__subsidy_amount": 400}),
    "MED-15": ("fact_person", {"is_chronic": True}, {"hi_chronic__has_contract": False},
               {"hi_chronic__waits": "quarantined"}, {"hi_chronic__has_contract": True}),
    "HOU-04": ("fact_household", {}, {"renovation__projects": 2},
               {"renovation__projects": 1, "renovation__waits": "quarantined"}, {"renovation__projects": 1}),
    "HOU-01": ("fact_household", {"unsafe_house__is_graded": True, "appraisal__is_only_home": True},
               {"unsafe_house__is_unsafe": True, "unsafe_house__renovated_after": False}, {"renovation__waits": "in_review"},
               {"unsafe_house__is_unsafe": True, "unsafe_house__renovated_after": True}),
    "MED-18": ("fact_settlement", {"settled_month": "2026-05-01", "settled_year": 2026, "is_chronic_outpatient": True},
               {"chronic_month_self_paid": 600}, {"chronic_month_self_paid": 300, "waits": "quarantined"},
               {"chronic_month_self_paid": 300}),
    "MED-20": ("fact_settlement", {"settled_month": "2026-05-01"}, {"same_institution_overlaps": 1},
               {"same_institution_overlaps": 0, "waits": "in_review"}, {"same_institution_overlaps": 0}),
    "EDU-05": ("fact_student_term", {"term": "2026-autumn", "is_registry_person": True, "is_poor_registered": True,
                                     "in_registry_at_term_start": True, "in_entitlement_scope": True, "stage": "小学",
                                     "school_roll__is_enrolled": True},
               {"edu_compare__aid_amount": 0}, {"edu_compare__waits": "in_review"}, {"edu_compare__aid_amount": 500}),
    "EDU-06": ("fact_student_term", {"term": "2026-autumn"}, {"yulu__payments": 2},
               {"yulu__payments": 1, "yulu__waits": "quarantined"}, {"yulu__payments": 1}),
}


def tell(shipped, which: int) -> None:
    """Every case's row of one of the three nights, and the person of a settlement or a term."""
    tables: dict[str, list[dict[str, Any]]] = {
        "fact_person": [], "fact_household": [], "fact_settlement": [], "fact_student_term": [],
    }
    for rule, (table, always, *nights) in CASES.items():
        key = "household_key" if table == "fact_household" else "person_key"
        common = PERSON if table == "fact_person" else {"insurance_year": 2026}
        if table in ("fact_settlement", "fact_student_term"):
            tables["fact_person"].append({key: rule, "household_no": rule, **PERSON})
        tables[table].append({key: rule, "household_no": rule, **common, **always, **nights[which]})
    for table, rows in tables.items():
        shipped.facts(table, *rows)


def test_what_cannot_be_told_stays_open_and_what_is_said_closes(shipped) -> None:
    for which, (night, state) in enumerate(((FIRST, "open"), (WAITING, "open"), (SAID, "closed"))):
        tell(shipped, which)
        shipped.run(night)
        standing = shipped.standing(night)
        assert {rule: standing.get((rule, rule)) for rule in CASES} == dict.fromkeys(CASES, state), night
    assert set(shipped.query(
        "select close_reason from mart_finding.finding where closed_on = %s and rule_id = subject_key", SAID
    )) == {("corrected",)}
