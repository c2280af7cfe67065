"""Contradictions planted on purpose: what is changed on which side, and what the comparison must say about it.

Every household carries at most one plant, so each verdict and finding has one known cause. A plant belongs to the
bundle of extracts that shows it; over the nights some are corrected, some come back, some are new.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from bidui.sample import draw
from bidui.sample.claims import ordinary_visits
from bidui.sample.draw import Array
from bidui.sample.facts import Facts
from bidui.sample.periods import Periods
from bidui.sample.population import Population

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
