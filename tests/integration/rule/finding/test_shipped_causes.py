"""One cause, one lead: what follows from another finding of the shipped catalogue is shown under it, and nothing circles."""

from __future__ import annotations

import datetime as dt
from typing import Any

NIGHT = dt.date(2026, 10, 16)
CAUSES = "with recursive chain as (" \
    " select finding_id, cause_finding_id, array[finding_id] as path from mart_finding.finding" \
    " union all select c.finding_id, f.cause_finding_id, c.path || f.finding_id from chain as c" \
    " inner join mart_finding.finding as f on f.finding_id = c.cause_finding_id where not f.finding_id = any(c.path))" \
    " select count(*) from chain where cause_finding_id = any(path)"


def person(key: str, **facts: Any) -> dict[str, Any]:
    return {
        "person_key": key, "household_key": f"h{key}", "household_no": f"h{key}", "as_of": NIGHT.isoformat(),
        "insurance_year": 2026, "in_entitlement_scope": True, "is_living": True, "registry_batch_id": 1, "registry_row_no": 4,
        "village_code": "990001101001", **facts,
    }


def of(key: str, **facts: Any) -> dict[str, Any]:
    return {"person_key": key, "household_key": f"h{key}", "batch_id": 2, "row_no": 5, "insurance_year": 2026, **facts}


def test_effects_hang_under_their_cause(shipped) -> None:
    shipped.facts(
        "fact_person",
        # a wrong number: one lead, and what only follows from it
        person("number", id_state="check", id_no_states_birth=False, similar_id_rows=1, similar_id_characters=1,
               similar_id_in_last_four=False),
        # two people under one number: sex, birth date and age are the other's
        person("shared", id_state="ok", id_names=2, id_rows=2, sex="男", id_sex="女", birth_date="2012-01-01",
               id_birth_date="1980-01-01", age=46, is_healthy=True, is_student=False, is_without_labour=True,
               name_mismatch__grade="different"),
        # a death that was not passed on
        person("dead", death__is_dead=True, death__died_on="2025-08-01", hi_roll__is_insured=True,
               in_entitlement_scope=False, is_living=False),
        person("uninsured", basic_insurance__is_insured=False, says_insured=True),
        person("identity", tekun__is_listed=True, tekun__was_listed=True, dibao__is_covered=True, dibao_and_tekun__is_both=True,
               hi_subsidy_target__is_listed=False, basic_insurance__is_resident=True, basic_insurance__is_insured=True,
               premium__identities="特困人员", premium_subsidy__is_paid=False),
        # registered twice: both premiums are one person's
        person("twice", id_rows=2, id_names=1, id_households=2, hi_premium_request__payer_category="脱贫人口",
               hi_premium_request__subsidy_amount=200, hi_premium_request__personal_amount=600),
        # a member's own finding explains the household's
        person("couple", id_state="ok", sex="男", id_sex="女"),
        person("ill", is_healthy=True, hi_chronic__has_certificate=True),
        person("claims", hi_settlement__entitled_stays=1,
               hi_settlement__entitled_in_scope=1000, hi_settlement__entitled_reimbursed=100,
               hi_settlement__self_paid=9000, is_poor_registered=True, is_monitored=False),
    )
    shipped.facts("fact_settlement",
                  of("dead", settled_month="2026-05-01", days_after_death=200),
                  of("claims", settled_month="2026-05-01", fee_total=1000, personal_total=100, reimbursed=100))
    shipped.facts("fact_dibao_month", of("dead", month="2026-10-01", benefit="tekun", months_after_death=14))
    shipped.facts(
        "fact_household",
        {"household_key": "house", "household_no": "1", "unsafe_house__is_graded": True, "unsafe_house__is_unsafe": True,
         "unsafe_house__renovated_after": False,
         "is_unsafe_house": False, "appraisal__is_only_home": True, "city_flat__is_owned": True,
         "property__has_other_dwelling": False, "members": 2, "civil_payments": 900, "income_transfer": 0,
         "income_per_capita": 100},
        {"household_key": "hcouple", "household_no": "3", "has_household_row": True, "members": 2, "heads": 1,
         "head_and_spouse_same_sex": True},
        {"household_key": "hill", "household_no": "4", "has_household_row": True, "members": 1, "heads": 1,
         "cause_1": "因病", "ill_members": 0, "health_unknown_members": 0},
        {"household_key": "orphan", "household_no": "2", "has_household_row": False, "members": 2, "living_members": 2,
         "stated_size_min": 3, "stated_size_max": 3, "heads": 2, "head_and_spouse_same_sex": True},
    )
    shipped.run(NIGHT)
    shipped.test(NIGHT)

    under = {
        (effect, subject): cause
        for effect, subject, cause in shipped.query(
            "select e.rule_id, coalesce(e.household_key, e.subject_key), c.rule_id from mart_finding.finding as e"
            " left join mart_finding.finding as c on c.finding_id = e.cause_finding_id"
        )
    }
    assert under == {
        ("ID-04", "hnumber"): None, ("ID-05", "hnumber"): "ID-04", ("ID-10", "hnumber"): "ID-04",
        ("ID-09", "hshared"): None, ("ID-07", "hshared"): "ID-09", ("ID-08", "hshared"): "ID-09",
        ("ID-13", "hshared"): "ID-09", ("REG-13", "hshared"): "ID-08",
        ("CIV-02", "hdead"): None, ("MED-10", "hdead"): "CIV-02", ("MED-11", "hdead"): "CIV-02",
        ("ID-12", "htwice"): None, ("MED-08", "htwice"): "ID-12",
        ("MED-01", "huninsured"): None, ("MED-02", "huninsured"): "MED-01",
        ("CIV-01", "hidentity"): None, ("CIV-12", "hidentity"): "CIV-01", ("MED-05", "hidentity"): "CIV-12",
        ("MED-19", "hclaims"): None, ("MED-12", "hclaims"): "MED-19", ("MED-17", "hclaims"): "MED-19",
        ("HOU-01", "house"): None, ("HOU-02", "house"): "HOU-01", ("AST-02", "house"): None, ("HOU-10", "house"): "AST-02",
        ("AST-07", "house"): None, ("REG-07", "house"): "AST-07",
        ("ID-07", "hcouple"): None, ("REG-03", "hcouple"): "ID-07", ("MED-16", "hill"): None, ("REG-10", "hill"): "MED-16",
        ("REG-05", "orphan"): None, ("REG-01", "orphan"): "REG-05", ("REG-02", "orphan"): None, ("REG-03", "orphan"): "REG-02",
    }
    assert shipped.query(CAUSES) == [(0,)]
