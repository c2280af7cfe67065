"""The expected side of the truth: verdicts and findings that the plants of the lists in force must lead to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np

from bidui.sample.claims import settle
from bidui.sample.facts import LOST
from bidui.sample.night_plan import WHOLE, Dispatch, last_delivery
from bidui.sample.plant import HOUSEHOLD, Finding, Plant
from bidui.sample.scene import Numbers
from bidui.sample.table import Table
from bidui.sample.town import Town


def contradictions(town: Town, numbers: Numbers, night: int) -> Iterator[tuple[Any, ...]]:
    """Yield (night, subject kind, subject key, department, field, verdict, origin, certain)."""
    for plant in town.planted.plants:
        if not plant.registered:
            continue
        for index in _in_force(town, plant, night):
            for verdict in plant.verdicts:
                subject = _subject(town, numbers, plant, index, verdict.subject)
                yield night, verdict.subject, subject, verdict.department, verdict.field, verdict.verdict, plant.name, _yes(verdict.certain)
    # A contract without a chronic illness is more than the registry obliges to, and no mistake.
    for person in town.extra_contracts.tolist():
        number = numbers.person_no[person]
        yield night, "person", number, "health_insurance", "family_doctor", "department_only", "natural", "no"


def findings(town: Town, numbers: Numbers, night: int, first_night: date) -> Iterator[tuple[Any, ...]]:
    """Yield (night, rule, subject kind, subject key, object key, origin, certain)."""
    months = _claim_months(town, night, first_night)
    for plant in town.planted.plants:
        for index in _in_force(town, plant, night):
            for finding in plant.findings:
                subject = _subject(town, numbers, plant, index, finding.subject)
                objects = _objects(town, finding, index, night, first_night, months)
                for period in objects:
                    yield night, finding.rule, finding.subject, subject, period, plant.name, _yes(finding.certain)
    for one, other in town.traps.shared:
        for person in (one, other):
            yield night, "ID-09", "person", numbers.person_no[person], "", "shared_number", "yes"
        # The number that is not theirs says another birth date.
        if town.people.birth[one] != town.people.birth[other]:
            yield night, "ID-08", "person", numbers.person_no[other], "", "shared_number", "yes"
    yield from _without_labour(town, numbers, night)


# Rules that name what is wrong with a registry person's own number.
NUMBER_RULES = {
    "blank": "ID-01",
    "placeholder": "ID-01",
    "fifteen_digits": "ID-03",
    "wrong_digit": "ID-04",
    "other_number": "ID-06",
    "scientific": "ID-11",
    "zeros": "ID-11",
}


def number_damage(table: Table) -> list[tuple[str, int]]:
    """Return the rule and the person of each damaged number in the registry's members."""
    who = table.people["self"]
    return [(NUMBER_RULES[one.kind], int(who[one.row])) for one in table.damage if one.kind in NUMBER_RULES]


def unusable_numbers(damaged: list[tuple[str, int]], numbers: Numbers, night: int) -> Iterator[tuple[Any, ...]]:
    """Yield the findings about unusable numbers in the registry that is in force."""
    for rule, person in sorted(set(damaged)):
        yield night, rule, "person", numbers.person_no[person], "", "dirt", "yes"


def _without_labour(town: Town, numbers: Numbers, night: int) -> Iterator[tuple[Any, ...]]:
    """Households in which nobody can work and nobody is supported: nothing is planted, it is simply so."""
    p, f = town.people, town.facts(last_delivery("registry", night))
    supported = town.facts(last_delivery("dibao", night)).dibao | town.facts(last_delivery("tekun", night)).tekun
    idle = (p.per_household(f.r_labour >= LOST) == p.household_size) & (p.per_household(supported) == 0)
    for household in np.flatnonzero(idle & (p.household_cohort >= 0)).tolist():
        yield night, "REG-06", "household", numbers.household_no[household], "", "natural", "no"


def _in_force(town: Town, plant: Plant, night: int) -> list[int]:
    active: list[int] = town.planted.active(plant.name, last_delivery(plant.bundle, night)).tolist()
    return active


def _subject(town: Town, numbers: Numbers, plant: Plant, index: int, kind: str) -> str:
    people = town.people
    if kind == HOUSEHOLD:
        household = index if plant.per_household else int(people.household[index])
        return str(numbers.household_no[household])
    person = int(people.household_start[index]) if plant.per_household else index
    return str(numbers.person_no[person]) or people.id_no(person)


def _objects(
    town: Town, finding: Finding, index: int, night: int, first_night: date, months: dict[int, list[str]]
) -> list[str]:
    if finding.object == "list_month":
        delivered = last_delivery("dibao", night)
        day = Dispatch("dibao", WHOLE).data_date(delivered, _day(first_night, delivered))
        return [f"{day:%Y-%m}"]
    if finding.object == "term":
        term = town.world.periods.term
        return [f"{term[:4]}-{'autumn' if term.endswith('A') else 'spring'}"]
    if finding.object == "plan_year":
        return [str(first_night.year)]
    if finding.object == "claim_month":
        return months.get(index, [])
    return [""]


def _claim_months(town: Town, night: int, first_night: date) -> dict[int, list[str]]:
    """Return the months in which the planted inpatient claims were settled, by person."""
    delivered = last_delivery("settlement", night)
    day = _day(first_night, delivered)
    scene = town.scene(delivered, day)
    scene.data_date = Dispatch("hi_settlement", WHOLE).data_date(delivered, day)
    claims = settle(scene)
    wanted = np.flatnonzero(scene.facts.not_one_stop | scene.facts.late_claim)
    months: dict[int, list[str]] = {}
    for at in np.flatnonzero(np.isin(claims.person, wanted)).tolist():
        months.setdefault(int(claims.person[at]), []).append(str(claims.settled[at])[:7])
    return {person: sorted(set(found)) for person, found in months.items()}


def _day(first_night: date, night: int) -> date:
    return date.fromordinal(first_night.toordinal() + night - 1)


def _yes(value: bool) -> str:
    return "yes" if value else "no"

