"""Contradictions planted on purpose: what is changed on which side, and what the comparison must say about it.

Every household carries at most one plant, so each verdict and finding has one known cause. A plant belongs to the
bundle of extracts that shows it; over the nights some are corrected, some come back, some are new.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from bidui.sample import draw
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
    NONE,
    ORDINARY,
    PRIMARY,
    SENIOR,
    Facts,
)
from bidui.sample.periods import Periods
from bidui.sample.population import HEAD, SPOUSE, Population, name_parts

PERSON, HOUSEHOLD = "person", "household"
REGISTRY_BUNDLE = "registry"  # plants of this bundle are the registry's own mistakes


@dataclass(frozen=True)
class World:
    """What the choice of a plant's subjects may look at."""

    people: Population
    facts: Facts
    periods: Periods

    @cached_property
    def age(self) -> Array:
        """Completed years on the first night."""
        return self.people.age_on(self.periods.as_of)

    @cached_property
    def school_age(self) -> Array:
        """Completed years on 1 September of the school year."""
        return self.people.age_on(self.periods.school_start)

    def of_household(self, values: Array) -> Array:
        """A household's value, for each of its members."""
        spread: Array = values[self.people.household]
        return spread

    @cached_property
    def quiet(self) -> Array:
        """Persons without any settlement in the year."""
        f = self.facts
        none: Array = (f.inpatient == 0) & (f.chronic_visits == 0) & ~ordinary_visits(self.people, f.died)
        return none

    @cached_property
    def well(self) -> Array:
        """Persons whom the registry has as healthy."""
        f = self.facts
        healthy: Array = ~f.r_chronic & ~f.r_major & ~f.r_disabled
        return healthy


Change = Callable[[World, Facts, Array], None]
Choice = Callable[[World], Array]


@dataclass(frozen=True)
class Verdict:
    """A verdict that the comparison must reach (`certain`), or may (the catalogue leaves it open)."""

    department: str
    field: str
    verdict: str
    subject: str = PERSON
    certain: bool = True


@dataclass(frozen=True)
class Finding:
    """A finding that must (or may) be open; `object` names a period: list_month, term, claim_month, plan_year, or none."""

    rule: str
    subject: str = PERSON
    object: str = ""
    certain: bool = True


@dataclass(frozen=True)
class Plant:
    """One kind of contradiction."""

    name: str
    bundle: str
    choose: Choice
    change: Change
    verdicts: tuple[Verdict, ...] = ()
    findings: tuple[Finding, ...] = ()
    steady: bool = False  # both sides change: it stays over all nights
    per_household: bool = False  # `choose` and `change` work on household indices
    registered: bool = True


@dataclass(frozen=True)
class Planted:
    """The plants of a town: per plant the indices chosen and when each is in force."""

    plants: tuple[Plant, ...]
    chosen: dict[str, Array]
    course: dict[str, Array] = field(default_factory=dict)
    turn: dict[str, Array] = field(default_factory=dict)

    def active(self, name: str, night: int) -> Array:
        """Indices whose contradiction exists on a night."""
        course, turn = self.course[name], self.turn[name]
        corrected = (course == CORRECTED) & (night >= turn)
        swinging = (course == SWINGING) & (night % 2 == 0)
        not_yet = (course == LATE) & (night < turn)
        indices: Array = self.chosen[name][~(corrected | swinging | not_yet)]
        return indices


STAYS, CORRECTED, SWINGING, LATE = range(4)


def wanted(share: float, registered_households: int) -> int:
    """How many of a plant a town gets: at least one, unless its share is zero."""
    return max(1, round(share * registered_households)) if share > 0 else 0


def choose(world: World, plants: tuple[Plant, ...], shares: dict[str, float], taken: Array) -> Planted:
    """Choose each plant's subjects; `taken` (per household) is updated, and no household is chosen twice.

    `shares` are per registry household of the town, at least one each.
    """
    p = world.people
    chosen: dict[str, Array] = {}
    course: dict[str, Array] = {}
    turn: dict[str, Array] = {}
    registered_households = p.registered_households
    for plant in plants:
        count = wanted(shares[plant.name], registered_households)
        mask = plant.choose(world)
        if plant.per_household:
            free = mask & ~taken & (p.household_cohort >= 0)
            picked = draw.first(p.household_key, plant.name, free, count)
            key, households = p.household_key[picked], picked
        else:
            free = mask & ~taken[p.household] & (p.registered == plant.registered)
            order = draw.first(p.key, plant.name, free, count * 4)
            _, first = np.unique(p.household[order], return_index=True)
            picked = order[np.sort(first)][:count]
            key, households = p.key[picked], p.household[picked]
        taken[households] = True
        chosen[plant.name] = picked
        drawn = draw.choice(key, f"{plant.name} course", [0.55, 0.25, 0.10, 0.10])
        course[plant.name] = np.zeros_like(drawn) if plant.steady else drawn
        turn[plant.name] = draw.integer(key, f"{plant.name} turn", 2, 5)
    return Planted(plants, chosen, course, turn)


def apply(world: World, planted: Planted, night: int, without: str = "") -> Facts:
    """Return the facts of a night: the agreeing ones, changed by the plants that are active (`without` a bundle's)."""
    facts = world.facts.copy()
    for plant in planted.plants:
        if plant.bundle == without:
            continue
        active = planted.active(plant.name, night)
        if len(active):
            plant.change(world, facts, active)
    return facts


# -- how sides are changed ---------------------------------------------------------------------------------------------


def _set(attribute: str, value: Any) -> Change:
    def change(world: World, facts: Facts, at: Array) -> None:
        del world
        getattr(facts, attribute)[at] = value

    return change


def _flip(attribute: str) -> Change:
    def change(world: World, facts: Facts, at: Array) -> None:
        del world
        values = getattr(facts, attribute)
        values[at] = ~values[at]

    return change


def _both(*changes: Change) -> Change:
    def change(world: World, facts: Facts, at: Array) -> None:
        for one in changes:
            one(world, facts, at)

    return change


def _other_name(extract: str) -> Change:
    """Write one character of the given name differently, as a clerk mishears it."""

    def change(world: World, facts: Facts, at: Array) -> None:
        p = world.people
        names = facts.other_names.setdefault(extract, {})
        for person in at.tolist():
            pool = name_parts()["male_given" if p.male[person] else "female_given"]
            name = p.name[person]
            start = pool.find(name[-1]) + 1
            letter = next(pool[(start + step) % len(pool)] for step in range(len(pool)) if pool[(start + step) % len(pool)] not in name)
            names[person] = name[:-1] + letter

    return change


def _cause(*unless: str) -> Change:
    """Give the household of a person a cause that needs no member to bear it out."""

    def change(world: World, facts: Facts, at: Array) -> None:
        for household in world.people.household[at].tolist():
            if facts.h_cause[household] in unless:
                facts.h_cause[household] = "缺技术"

    return change


def _able(world: World, facts: Facts, at: Array) -> None:
    """A person without illness is of ordinary labour in working age."""
    age = world.age[at]
    working = at[(age >= 16) & (age < 60) & (facts.r_stage[at] < 0)]
    facts.r_labour[working] = ORDINARY


def _die(days_before: int) -> Change:
    def change(world: World, facts: Facts, at: Array) -> None:
        facts.died[at] = np.datetime64(world.periods.as_of) - np.timedelta64(days_before, "D")

    return change


def _die_last_year(world: World, facts: Facts, at: Array) -> None:
    facts.died[at] = np.datetime64(f"{world.periods.insurance_year - 1}-10-20")


def _unsupported_cause(world: World, facts: Facts, at: Array) -> None:
    del world
    for household in at.tolist():
        facts.h_cause[household] = "因残"


def _penniless(world: World, facts: Facts, at: Array) -> None:
    households = world.people.household[at]
    for name in ("h_income", "h_wage", "h_business", "h_transfer"):
        getattr(facts, name)[households] = 0
    facts.r_labour[at] = NONE
    facts.r_works[at] = False
    facts.r_post[at] = False


def _poor(world: World, facts: Facts, at: Array) -> None:
    size = world.people.household_size[at]
    facts.h_income[at] = 5600
    facts.h_wage[at] = 0
    facts.h_transfer[at] = 600
    facts.h_business[at] = 5600 * size - 600


def _planned_this_year(world: World, facts: Facts, at: Array) -> None:
    facts.renovation_year[at] = world.periods.as_of.year
    facts.renovation_type[at] = DIBAO_TYPE
    facts.h_renovated[at] = True


def _older_birth(world: World, facts: Facts, at: Array) -> None:
    del world
    facts.school_birth[at] = facts.school_birth[at] - np.timedelta64(31, "D")


def _other_grade(world: World, facts: Facts, at: Array) -> None:
    del world
    facts.disability_grade[at] = facts.disability_grade[at] % 4 + 1


def _other_house_grade(world: World, facts: Facts, at: Array) -> None:
    del world
    facts.h_grade[at] = 1 - facts.h_grade[at]


def _larger(world: World, facts: Facts, at: Array) -> None:
    del world
    facts.h_area[at] = np.round(facts.h_area[at] * 1.6, 1)


def _one_more(world: World, facts: Facts, at: Array) -> None:
    del world
    facts.h_declared[at] = facts.h_declared[at] + 1


def _behind(world: World, facts: Facts, at: Array) -> None:
    del world
    facts.r_stage[at], facts.r_grade[at] = PRIMARY, 6


# -- who they are ------------------------------------------------------------------------------------------------------


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
        "disability_grade", "disability", lambda w: w.facts.disabled & (w.facts.r_number_length > 18), _other_grade,
        (Verdict(CIVIL, "disability_grade", "differ"),), (Finding("ID-16", certain=False),),
    ),
    Plant(
        "tekun_not_in_registry", "registry", lambda w: w.facts.tekun, _set("r_tekun", False),
        (Verdict(CIVIL, "tekun", "department_only"), IDENTITY_MAY),
    ),
    Plant(
        "dibao_and_tekun", "tekun",
        lambda w: _covered(w) & (w.age >= 60) & _alone(w) & ~w.facts.disabled & ~w.facts.r_disabled,
        _both(_set("tekun", True), _set("r_tekun", True)),
        (Verdict(CIVIL, "household_type", "differ", HOUSEHOLD, certain=False), IDENTITY_MAY),
        (Finding("CIV-01"), Finding("CIV-12", certain=False)), steady=True,
    ),
    Plant(
        "yulu_missing", "school", lambda w: w.facts.yulu, _set("yulu", False),
        (Verdict(EDU, "yulu", "registry_only"),), (Finding("EDU-08", object="term"),),
    ),
    Plant(
        "yulu_extra", "school", lambda w: (w.facts.stage == SENIOR) & w.facts.on_roll, _set("yulu", True),
        (Verdict(EDU, "yulu", "department_only"),), (Finding("EDU-09", object="term"),),
    ),
    Plant(
        "left_school", "school", lambda w: (w.facts.stage == SENIOR) & (w.school_age >= 16), _set("on_roll", False),
        (Verdict(EDU, "enrolled", "registry_only"),),
    ),
    Plant(
        "pupil_unknown_to_registry", "registry",
        lambda w: (w.facts.stage == SENIOR) & (w.school_age >= 16) & w.well,
        _both(_set("r_stage", -1), _able, _cause("因学", "缺劳动力")),
        (Verdict(EDU, "enrolled", "department_only"),), (Finding("EDU-03", certain=False),),
    ),
    Plant(
        "aid_extra", "school", lambda w: (w.facts.stage == SENIOR) & w.facts.on_roll, _set("aided", True),
        (Verdict(EDU, "education_aid", "department_only"),),
    ),
    Plant(
        "dropout_missing", "school", lambda w: np.isin(w.facts.stage, (PRIMARY, JUNIOR)) & (w.school_age >= 7),
        _both(_set("on_roll", False), _set("aided", False)),
        (Verdict(EDU, "enrolled", "registry_only"), Verdict(EDU, "dropout", "differ")),
        (Finding("EDU-01"),),
    ),
    Plant(
        "dropout_reason", "school", lambda w: (w.facts.stage == JUNIOR),
        _both(_set("on_roll", False), _set("aided", False), _set("absence", True)),
        (Verdict(EDU, "enrolled", "registry_only", certain=False), Verdict(EDU, "dropout", "differ")),
        (Finding("EDU-01"),),
    ),
    Plant(
        "dropout_flag", "registry", lambda w: np.isin(w.facts.stage, (PRIMARY, JUNIOR)), _set("r_dropout", True),
        (Verdict(EDU, "dropout", "differ"),),
    ),
    Plant(
        "stage_behind", "registry", lambda w: (w.facts.stage == JUNIOR) & (w.facts.grade == 1), _behind,
        (Verdict(EDU, "study_stage", "differ"),), (Finding("EDU-03"),),
    ),
    Plant(
        "aid_missing", "school", lambda w: np.isin(w.facts.stage, (PRIMARY, JUNIOR)) & w.facts.aided, _set("aided", False),
        (Verdict(EDU, "education_aid", "registry_only"),), (Finding("EDU-05", object="term"),),
    ),
    Plant(
        "school_name", "school", lambda w: w.facts.on_roll & (w.facts.stage == PRIMARY), _other_name("school_roll"),
        (Verdict(EDU, "person_name", "differ"),), (Finding("ID-13"),),
    ),
    Plant(
        "school_sex", "school", lambda w: w.facts.on_roll & (w.facts.stage <= SENIOR), _flip("school_male"),
        (Verdict(EDU, "sex", "differ"),),
    ),
    Plant(
        "school_birth", "school", lambda w: w.facts.on_roll & (w.facts.stage == PRIMARY), _older_birth,
        (Verdict(EDU, "birth_date", "differ"),),
    ),
    Plant(
        "claimed_poor", "school",
        lambda w: np.isin(w.facts.stage, (PRIMARY, JUNIOR)) & w.facts.on_roll & ~w.facts.aided, _set("claimed_poor", True),
        findings=(Finding("EDU-07", object="term"),), registered=False,
    ),
    # Civil affairs.
    Plant(
        "should_be_tekun", "registry",
        lambda w: _covered(w) & (w.age >= 62) & _alone(w) & ~w.facts.disabled & (w.facts.r_labour >= LOST), _penniless,
        findings=(Finding("CIV-11"), Finding("REG-07", HOUSEHOLD), Finding("AST-07", HOUSEHOLD, certain=False)),
    ),
    Plant(
        "dibao_kind", "dibao",
        lambda w: w.facts.dibao_household & (w.people.per_household(w.facts.dibao) == 1), _flip("dibao_urban"),
        (Verdict(CIVIL, "dibao_kind", "differ"),), per_household=True,
    ),
    Plant(
        "dibao_not_in_registry", "registry", lambda w: _covered(w) & (w.people.role != HEAD), _set("r_dibao", False),
        (Verdict(CIVIL, "dibao", "department_only"), IDENTITY_MAY), (Finding("CIV-03"),),
    ),
    Plant(
        "dibao_only_in_registry", "registry",
        lambda w: ~w.facts.dibao & w.of_household(w.facts.dibao_household), _set("r_dibao", True),
        (Verdict(CIVIL, "dibao", "registry_only"), IDENTITY_MAY), (Finding("CIV-04"),),
    ),
    Plant(
        "tekun_only_in_registry", "registry", lambda w: _plain(w) & (w.age >= 60) & _alone(w), _set("r_tekun", True),
        (Verdict(CIVIL, "tekun", "registry_only"), IDENTITY_MAY),
    ),
    Plant(
        "disability_off_list", "disability",
        lambda w: w.facts.disabled & (w.facts.r_number_length == 18) & ~w.facts.dibao & ~w.facts.tekun, _set("disabled", False),
        (Verdict(CIVIL, "disability", "differ"),),
    ),
    Plant(
        "disability_not_in_registry", "registry",
        lambda w: w.facts.disabled & (w.facts.r_number_length == 18) & ~w.facts.r_chronic & ~w.facts.r_major,
        _both(_set("r_disabled", False), _able, _cause("因残", "缺劳动力")),
        (Verdict(CIVIL, "disability", "differ"),),
    ),
    Plant(
        "disability_unpaid", "disability",
        lambda w: w.facts.disabled & ~w.facts.tekun & (w.facts.dibao | (w.facts.disability_grade <= 2)),
        _set("disability_unpaid", True), findings=(Finding("CIV-07"),),
    ),
    Plant(
        "wrong_amount", "dibao", lambda w: w.facts.dibao_household, _set("wrong_amount", True),
        findings=(Finding("CIV-05", HOUSEHOLD, "list_month"),), per_household=True,
    ),
    Plant(
        "dead", "death", lambda w: _mortal(w) & ~w.facts.dibao & ~w.facts.tekun, _die(120),
        (Verdict(CIVIL, "alive", "differ"),),
    ),
    Plant(
        "dead_on_dibao", "death", lambda w: _mortal(w) & _covered(w), _die(130),
        (Verdict(CIVIL, "alive", "differ"),), (Finding("CIV-02", object="list_month"),),
    ),
    Plant(
        "dead_insured", "death", lambda w: _mortal(w) & ~w.facts.dibao & ~w.facts.tekun, _die_last_year,
        (Verdict(CIVIL, "alive", "differ"),), (Finding("MED-10"),),
    ),
    Plant(
        "dead_claim", "death", lambda w: _mortal(w) & ~w.facts.dibao & ~w.facts.tekun, _both(_die(90), _set("late_claim", True)),
        (Verdict(CIVIL, "alive", "differ"),), (Finding("MED-11", object="claim_month"),), steady=True,
    ),
    Plant(
        "civil_name", "dibao", lambda w: _covered(w) & (w.people.role != HEAD), _other_name("dibao_member"),
        (Verdict(CIVIL, "person_name", "differ"),), (Finding("ID-13"),),
    ),
    Plant(
        "type_lost", "registry", lambda w: w.facts.dibao_household & _plain_house(w), _set("h_type", GENERAL_TYPE),
        (Verdict(CIVIL, "household_type", "differ", HOUSEHOLD),), per_household=True,
    ),
    Plant(
        "type_extra", "registry", lambda w: (w.facts.h_type == GENERAL_TYPE) & _plain_house(w), _set("h_type", DIBAO_TYPE),
        (Verdict(CIVIL, "household_type", "differ", HOUSEHOLD),), per_household=True,
    ),
    # Health insurance.
    Plant(
        "certificate_missing", "chronic", lambda w: w.facts.r_chronic, _set("certificate", CERTIFICATE_NONE),
        (Verdict(HI, "chronic_certificate", "registry_only"),), (Finding("MED-14"),),
    ),
    Plant(
        "certificate_expired", "chronic", lambda w: w.facts.r_chronic, _set("certificate", CERTIFICATE_EXPIRED),
        (Verdict(HI, "chronic_certificate", "registry_only"),), (Finding("MED-14"),),
    ),
    Plant(
        "certificate_extra", "registry", lambda w: w.facts.r_chronic & ~w.facts.r_major & ~w.facts.r_disabled,
        _both(_set("r_chronic", False), _able, _cause("因病", "缺劳动力")),
        (Verdict(HI, "chronic_certificate", "department_only"), Verdict(HI, "family_doctor", "department_only")),
        (Finding("MED-16"),),
    ),
    Plant(
        "contract_missing", "chronic", lambda w: w.facts.r_chronic & ~w.facts.r_works, _set("signed", False),
        (Verdict(HI, "family_doctor", "registry_only"),), (Finding("MED-15"),),
    ),
    Plant(
        "low_inpatient", "settlement", lambda w: (w.facts.inpatient == 1) & ~w.facts.assisted, _set("low_inpatient", True),
        findings=(Finding("MED-12"),),
    ),
    Plant(
        "low_chronic", "settlement", lambda w: (w.facts.chronic_visits > 0) & w.facts.r_chronic, _set("low_chronic", True),
        findings=(Finding("MED-13"),),
    ),
    Plant(
        "not_one_stop", "settlement",
        lambda w: (w.facts.inpatient == 1) & (w.facts.chronic_visits == 0) & ~ordinary_visits(w.people, w.facts.died),
        _set("not_one_stop", True), findings=(Finding("MED-22", object="claim_month"),),
    ),
    Plant(
        "assist_registry", "registry", lambda w: ~w.facts.assisted & (w.facts.inpatient == 1), _set("r_assist", True),
        (Verdict(HI, "medical_assistance", "registry_only"),),
    ),
    Plant(
        "assist_department", "registry", lambda w: w.facts.assisted, _set("r_assist", False),
        (Verdict(HI, "medical_assistance", "department_only"),),
    ),
    Plant(
        "identity_lower", "enrolment", lambda w: _covered(w) & w.facts.resident, _set("identity", EXITED_ID),
        (Verdict(HI, "assistance_identity", "differ"),), (Finding("MED-07", certain=False), Finding("CIV-12", certain=False)),
    ),
    Plant(
        "identity_absent", "enrolment", lambda w: _plain(w) & w.facts.resident, _set("listed", False),
        (Verdict(HI, "assistance_identity", "registry_only"),),
    ),
    Plant(
        "roll_absent", "enrolment", lambda w: _plain(w) & w.facts.resident & w.quiet,
        _both(_set("resident", False), _set("serious", False), _set("subsidised", False)),
        (Verdict(HI, "basic_insurance", "registry_only"),), (Finding("MED-01"), Finding("MED-02")),
    ),
    Plant(
        "uninsured_in_registry", "registry", lambda w: _plain(w) & w.facts.resident,
        _both(_set("r_resident", False), _set("r_serious", False)),
        (Verdict(HI, "basic_insurance", "department_only"), Verdict(HI, "serious_illness_insurance", "department_only")),
    ),
    Plant(
        "serious_absent", "enrolment", lambda w: _plain(w) & w.facts.resident, _set("serious", False),
        (Verdict(HI, "serious_illness_insurance", "registry_only"),), (Finding("MED-04"),),
    ),
    Plant(
        "serious_extra", "registry", lambda w: _plain(w) & w.facts.resident, _set("r_serious", False),
        (Verdict(HI, "serious_illness_insurance", "department_only"),),
    ),
    Plant(
        "subsidy_missing", "enrolment", lambda w: _plain(w) & w.facts.resident, _set("subsidised", False),
        (Verdict(HI, "premium_subsidy", "registry_only"),), (Finding("MED-05"),),
    ),
    Plant(
        "roll_name", "enrolment", lambda w: _plain(w) & w.facts.resident, _other_name("hi_roll"),
        (Verdict(HI, "person_name", "differ"),), (Finding("ID-13"),),
    ),
    Plant(
        "registry_sex", "registry", lambda w: _plain(w) & w.facts.resident & _alone(w), _flip("r_male"),
        (Verdict(HI, "sex", "differ"),), (Finding("ID-07"),),
    ),
    # Housing.
    Plant(
        "unsafe_unknown", "housing", _plain_house, _set("graded", 2),
        (Verdict(HOUSING, "unsafe_house", "differ", HOUSEHOLD), Verdict(HOUSING, "house_grade", "differ", HOUSEHOLD)),
        (Finding("HOU-01", HOUSEHOLD), Finding("HOU-02", HOUSEHOLD)), per_household=True,
    ),
    Plant(
        "unsafe_in_registry", "registry", _plain_house, _both(_set("h_unsafe", True), _set("h_grade", 2)),
        (Verdict(HOUSING, "unsafe_house", "differ", HOUSEHOLD), Verdict(HOUSING, "house_grade", "differ", HOUSEHOLD)),
        per_household=True,
    ),
    Plant(
        "unsafe_agreed", "housing", _plain_house, _both(_set("graded", 3), _set("h_unsafe", True), _set("h_grade", 3)),
        findings=(Finding("HOU-01", HOUSEHOLD),), per_household=True, steady=True,
    ),
    Plant(
        "grade_differs", "registry", _plain_house, _other_house_grade,
        (Verdict(HOUSING, "house_grade", "differ", HOUSEHOLD),), per_household=True,
    ),
    Plant(
        "renovation_only_in_registry", "registry", _plain_house, _set("h_renovated", True),
        (Verdict(HOUSING, "renovation", "registry_only", HOUSEHOLD),), per_household=True,
    ),
    Plant(
        "renovation_not_in_registry", "registry", lambda w: w.facts.renovation_year > 0, _set("h_renovated", False),
        (Verdict(HOUSING, "renovation", "department_only", HOUSEHOLD),), per_household=True,
    ),
    Plant(
        "renovation_identity", "housing", lambda w: _plain_house(w) & (w.facts.h_type == GENERAL_TYPE), _planned_this_year,
        (Verdict(HOUSING, "renovation_identity", "differ", HOUSEHOLD),),
        (Finding("HOU-06", HOUSEHOLD, "plan_year", certain=False),), per_household=True, steady=True,
    ),
    Plant(
        "area", "registry", _plain_house, _larger, (Verdict(HOUSING, "house_area", "differ", HOUSEHOLD),), per_household=True,
    ),
    Plant(
        "second_home", "property", lambda w: w.facts.dwelling, _set("second_dwelling", True),
        (Verdict(HOUSING, "other_dwelling", "department_only", HOUSEHOLD),),
        (Finding("HOU-10", HOUSEHOLD), Finding("AST-02", HOUSEHOLD)), per_household=True,
    ),
    # The registry against itself.
    Plant(
        "cause_unsupported", "registry", lambda w: w.people.per_household(w.facts.r_disabled) == 0, _unsupported_cause,
        findings=(Finding("REG-10", HOUSEHOLD),), per_household=True,
    ),
    Plant(
        "labour_lost", "registry", lambda w: _plain(w) & (w.age < 55) & ~w.facts.r_works & ~w.facts.r_post, _set("r_labour", LOST),
        findings=(Finding("REG-13"),),
    ),
    Plant(
        "size_wrong", "registry", lambda w: w.facts.h_type == GENERAL_TYPE, _one_more,
        findings=(Finding("REG-01", HOUSEHOLD),), per_household=True,
    ),
    Plant(
        "below_line", "registry", lambda w: (w.facts.h_type == GENERAL_TYPE) & (w.facts.h_monitor < 0), _poor,
        findings=(Finding("REG-07", HOUSEHOLD),), per_household=True,
    ),
    Plant(
        "child_labour", "registry", lambda w: np.isin(w.facts.stage, (PRIMARY, JUNIOR)) & (w.age < 15),
        _both(_set("r_labour", ORDINARY), _cause("缺劳动力")), findings=(Finding("REG-12"),),
    ),
    Plant(
        "pupil_at_work", "registry", lambda w: np.isin(w.facts.stage, (PRIMARY, JUNIOR)) & w.facts.on_roll, _set("r_works", True),
        findings=(Finding("EDU-14"),),
    ),
    Plant(
        "post_too_old", "registry", lambda w: (w.age >= 71) & ~w.facts.r_post & ~w.facts.tekun, _set("r_post", True),
        findings=(Finding("REG-14"),),
    ),
    Plant(
        "spouse_of_one_sex", "registry", lambda w: _plain(w) & w.facts.resident & (w.people.role == SPOUSE), _flip("r_male"),
        (Verdict(HI, "sex", "differ"),), (Finding("ID-07"), Finding("REG-03", HOUSEHOLD)),
    ),
    Plant(
        "unsafe_never_graded", "housing", _plain_house,
        _both(_set("appraised", False), _set("h_unsafe", True), _set("h_grade", 2)),
        findings=(Finding("HOU-03", HOUSEHOLD),), per_household=True, steady=True,
    ),
)  # fmt: skip
