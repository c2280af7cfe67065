"""What the registry and the departments hold of a town where they agree everywhere.

Contradictions are planted afterwards by changing one side of a copy (`plant`), so every disagreement in the files is
a known one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bidui.sample import draw
from bidui.sample.draw import Array
from bidui.sample.facts import (
    CERTIFICATE_NONE,
    CERTIFICATE_VALID,
    COLLEGE,
    DIBAO_TYPE,
    GENERAL_TYPE,
    JUNIOR,
    PRIMARY,
    SKILLED,
    TEKUN_TYPE,
    VOCATIONAL,
    Facts,
)
from bidui.sample.life import Life, live
from bidui.sample.periods import Periods
from bidui.sample.population import Population

# Columns of `Facts`, by their names.
Side = dict[str, Any]


def derive(population: Population, rates: dict[str, Any], periods: Periods, double_benefits: int) -> Facts:
    """Return the facts of a town in which both sides agree; each side has arrays of its own.

    `double_benefits` persons will get dibao and tekun at once: so many places are left free in the tekun plan.
    """
    life = live(population, rates, periods, double_benefits)
    health_insurance = _health_insurance(population, life)
    housing = _housing(population, life, rates)
    return Facts(
        **_registry_person(population, life, assisted=health_insurance["assisted"]),
        **_registry_household(population, life, rates, housing),
        **health_insurance,
        **_civil_affairs(population, life),
        **_education(population, life),
        **housing,
    ).copy()


def _registry_person(p: Population, life: Life, assisted: Array) -> Side:
    number_length = np.where(
        p.registered & life.disabled & draw.chance(p.key, "disability number", 0.3),
        np.where(draw.chance(p.key, "reissued card", 0.25), 22, 20),
        18,
    )
    return {
        "r_male": p.male,
        "r_birth": p.birth,
        "r_stage": life.stage,
        "r_grade": life.grade,
        "r_dropout": _nobody(p),
        "r_chronic": life.chronic,
        "r_major": life.major,
        "r_disabled": life.disabled,
        "r_labour": life.labour,
        "r_works": life.works,
        "r_resident": life.resident,
        "r_employee": life.employee,
        "r_serious": life.resident | life.employee,
        "r_assist": assisted,
        "r_dibao": life.dibao,
        "r_urban": _urban_dibao(p)[p.household],
        "r_tekun": life.tekun,
        "r_post": life.post,
        "r_card_grade": life.disability_grade,
        "r_number_length": number_length,
    }


def _registry_household(p: Population, life: Life, rates: dict[str, Any], housing: Side) -> Side:
    income, wage, business, transfer = _income(p, life, rates)
    return {
        "h_type": _household_type(life),
        "h_monitor": life.monitor_of_household,
        "h_cleared": life.cleared_household,
        "h_cause": _causes(p, life),
        "h_income": income,
        "h_wage": wage,
        "h_business": business,
        "h_transfer": transfer,
        "h_unsafe": _no_household(p),
        "h_grade": housing["graded"],
        "h_area": housing["area"],
        "h_renovated": housing["renovation_year"] > 0,
        "h_declared": p.household_size,
    }


def _health_insurance(p: Population, life: Life) -> Side:
    identified = life.identity >= 0
    certified = life.chronic & (p.registered | draw.chance(p.key, "applied", 0.6)) & life.alive
    inpatient, chronic_visits, assisted = _claims(p, life)
    return {
        "resident": life.resident,
        "employee": life.employee,
        "serious": life.resident | life.employee,
        "roll_male": p.male,
        "subsidised": identified & life.resident,
        "identity": life.identity,
        "listed": identified & (p.registered | life.alive),
        "certificate": np.where(certified, CERTIFICATE_VALID, CERTIFICATE_NONE),
        "signed": life.chronic & p.registered & life.alive,
        "assisted": assisted,
        "low_inpatient": _nobody(p),
        "low_chronic": _nobody(p),
        "not_one_stop": _nobody(p),
        "inpatient": inpatient.astype(np.int64),
        "chronic_visits": chronic_visits,
        "late_claim": _nobody(p),
    }


def _claims(p: Population, life: Life) -> tuple[Array, Array, Array]:
    """Return who was in hospital, how often somebody came for a chronic illness, and who was assisted."""
    inpatient = draw.chance(p.key, "inpatient", np.where(p.registered, 0.16, 0.075)) & life.alive
    chronic_visits = np.where(life.chronic & life.alive, draw.integer(p.key, "chronic visits", 0, 4), 0)
    assisted = inpatient & (life.identity >= 0) & draw.chance(p.key, "assisted", 0.7)
    if p.plan.kind == "village":
        # One assisted stay in each of the households that the village report names, none in the others.
        heads = p.household_start[: len(p.plan.assistance)]
        for stays in (inpatient, assisted):
            stays[p.registered] = False
            stays[heads] = True
    return inpatient, chronic_visits, assisted


def _civil_affairs(p: Population, life: Life) -> Side:
    return {
        "dibao": life.dibao,
        "dibao_household": life.dibao_household,
        "dibao_urban": _urban_dibao(p),
        "tier": draw.choice(p.household_key, "tier", [0.15, 0.5, 0.35]),
        "wrong_amount": _no_household(p),
        "tekun": life.tekun,
        "disabled": life.disabled & life.alive,
        "disability_grade": life.disability_grade,
        "disability_unpaid": _nobody(p),
        "died": life.died,
    }


def _education(p: Population, life: Life) -> Side:
    compulsory = np.isin(life.stage, (PRIMARY, JUNIOR))
    return {
        "stage": life.stage,
        "grade": life.grade,
        "on_roll": life.student & life.alive & (p.registered | (life.stage < COLLEGE)),
        "school_male": p.male,
        "school_birth": p.birth,
        "aided": compulsory & (p.registered | draw.chance(p.key, "other aid", 0.03)),
        "absence": _nobody(p),
        "yulu": p.registered & np.isin(life.stage, (VOCATIONAL, COLLEGE)),
        "claimed_poor": _nobody(p),
    }


def _housing(p: Population, life: Life, rates: dict[str, Any]) -> Side:
    graded, area, dwelling, renovation_year = _houses(p, rates)
    return {
        "appraised": (p.household_cohort >= 0) | draw.chance(p.household_key, "general appraisal", 0.03),
        "graded": graded,
        "area": area,
        "renovation_year": renovation_year,
        "renovation_type": _household_type(life),
        "dwelling": dwelling,
        "second_dwelling": _no_household(p),
    }


def _nobody(p: Population) -> Array:
    return np.zeros(p.size, dtype=bool)


def _no_household(p: Population) -> Array:
    return np.zeros(p.households, dtype=bool)


def _urban_dibao(p: Population) -> Array:
    return draw.chance(p.household_key, "urban dibao", 0.03)


def _household_type(life: Life) -> Array:
    return np.where(life.tekun_household, TEKUN_TYPE, np.where(life.dibao_household, DIBAO_TYPE, GENERAL_TYPE))


def _causes(p: Population, life: Life) -> Array:
    """Return the cause of poverty of each registry household, always one that its members bear out."""
    has_ill = p.per_household(life.chronic | life.major) > 0
    has_disabled = p.per_household(life.disabled) > 0
    has_student = p.per_household(life.student) > 0
    low_labour = p.per_household(life.labour <= SKILLED) <= 0.25 * p.household_size
    draws = draw.uniform(p.household_key, "cause")
    other = np.array(["缺技术", "缺资金", "自身发展动力不足", "交通条件落后", "因灾"], dtype=object)[
        draw.choice(p.household_key, "other cause", [0.4, 0.3, 0.15, 0.1, 0.05])
    ]
    cause = other
    cause = np.where(has_student & (draws < 0.35), "因学", cause)
    cause = np.where(low_labour & (draws < 0.4), "缺劳动力", cause)
    cause = np.where(has_disabled & (draws < 0.85), "因残", cause)
    cause = np.where(has_ill & (draws > 0.25), "因病", cause)
    for household, stated in life.unexited_causes.items():
        cause[household] = stated
    return cause


def _houses(p: Population, rates: dict[str, Any]) -> tuple[Array, Array, Array, Array]:
    """Return appraisal grade, floor area, own dwelling right, and the year of a funded renovation."""
    key = p.household_key
    grade = draw.choice(key, "house grade", [0.42, 0.58])
    area = np.round(draw.integer(key, "floor area", 22, 34) * np.minimum(p.household_size, 4) * 0.5 + 42, 1)
    registered = p.household_cohort >= 0
    dwelling = draw.chance(key, "dwelling right", np.where(registered, 0.15, rates["general"]["dwelling_right"]))
    year = np.zeros(p.households, dtype=np.int64)
    # A project is for a household that was in the registry before and had not left long before.
    for plan_year, count in p.plan.renovations.items():
        year[draw.first(key, f"renovation {plan_year}", registered & (year == 0), count)] = plan_year
    year[(~registered) & draw.chance(key, "general renovation", 0.004)] = 2021
    late = (~registered) & (year == 2021) & draw.chance(key, "later renovation", 0.6)
    year[late] = 2022 + draw.integer(key[late], "renovation year", 0, 3)
    grade = np.where(year > 0, np.minimum(grade, 1), grade)
    return grade, area, dwelling, year


def _income(p: Population, life: Life, rates: dict[str, Any]) -> tuple[Array, Array, Array, Array]:
    """Return income per person and the household's wage, business and transfer income, yuan a year.

    Nobody outside monitoring is below the monitoring line, and whoever is paid a benefit has transfer income.
    """
    key, size = p.household_key, p.household_size
    monthly = p.per_household(life.dibao) * 400 + p.per_household(life.tekun) * 900 + p.per_household(life.disabled) * 160
    transfer = monthly * 12 + draw.integer(key, "transfer", 300, 1800)
    business = draw.integer(key, "business", 400, 6000)
    wage = draw.integer(key, "wage", 9000, 26000) * p.per_household(life.works)
    line = int(rates["general"]["monitor_line"])
    total = transfer + business + wage
    # Work in the fields makes up what is missing to a plausible income above the line.
    target = draw.integer(key, "income", line + 350, line + 6000) * size
    business = business + np.maximum(target - total, 0)
    # A bad year in business: a loss, made up by wages.
    loss = (wage > 0) & draw.chance(key, "loss", 0.03)
    wage = np.where(loss, wage + business + 2000, wage)
    business = np.where(loss, -2000, business)
    per_person = np.round((transfer + business + wage) / size, 2)
    return per_person, wage, business, transfer
