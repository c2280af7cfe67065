"""One town, ready to be written on any night: its people, what both sides know, the plants and the traps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from bidui.sample import draw, plant, population, trap
from bidui.sample.derive import derive
from bidui.sample.draw import Array
from bidui.sample.facts import GENERAL_TYPE, Facts
from bidui.sample.family import CHILD
from bidui.sample.history import History, history
from bidui.sample.night_plan import registry_changes
from bidui.sample.periods import Periods
from bidui.sample.place import Place
from bidui.sample.plan import TownPlan
from bidui.sample.plant import Planted, World
from bidui.sample.plants import PLANTS
from bidui.sample.population import Population
from bidui.sample.scene import Numbers, Scene
from bidui.sample.trap import Traps

SPLITS, REISSUED_PERSONS, REISSUED_HOUSEHOLDS = 3, 3, 2


@dataclass(frozen=True)
class Renumbering:
    """Changes of the registry's own numbers between the first night and later ones."""

    splits: tuple[tuple[int, int], ...]  # household, member who leaves and heads a new one
    persons: tuple[int, ...]
    households: tuple[int, ...]


@dataclass(frozen=True)
class Town:
    """A town; `reserved` marks persons whose rows take only dirt that can be repaired."""

    people: Population
    world: World
    history: History
    planted: Planted
    traps: Traps
    renumbering: Renumbering
    reserved: Array
    extra_contracts: Array  # signed without a chronic illness

    def facts(self, night: int) -> Facts:
        """What both sides hold on a night."""
        return plant.apply(self.world, self.planted, night)

    def facts_but(self, night: int, bundle: str) -> Facts:
        """The same as if nothing were planted in a bundle."""
        return plant.apply(self.world, self.planted, night, without=bundle)

    def numbers(self, night: int) -> Numbers:
        """The registry's numbers as delivered last by a night."""
        first = first_numbers(self.people)
        return renumber(first, self.renumbering) if registry_changes(night) else first

    def scene(self, night: int, today: date) -> Scene:
        """The town as the builders of rows see it on a night."""
        return Scene(
            people=self.people,
            facts=self.facts(night),
            history=self.history,
            numbers=self.numbers(night),
            night=today,
            data_date=today,
            extra_ids=self.traps.numbers,
        )


def build(seed: int, number: int, place: Place, plan: TownPlan, first_night: date, rates: dict[str, Any]) -> Town:
    """Return a town; the same arguments give the same town."""
    people = population.build(seed, number, place, plan, first_night, rates["traps"])
    periods = Periods(first_night)
    with_plants = plan.kind == "town"
    doubles = plant.wanted(rates["plants"]["dibao_and_tekun"], plan.households) if with_plants else 0
    agreed = derive(people, rates, periods, doubles)
    past = history(people)
    world = World(people, agreed, periods)
    taken = np.zeros(people.households, dtype=bool)
    for alike in people.look_alikes:
        taken[people.household[[alike.person, alike.other]]] = True
    if with_plants:
        planted = plant.choose(world, _possible(first_night), rates["plants"], taken)
        traps = trap.choose(world, rates["traps"], taken)
        renumbering = _renumbering(world, taken)
    else:
        # The village's figures are small and exact: nothing is planted there.
        planted, traps = Planted((), {}), Traps()
        renumbering = Renumbering((), (), ())
        taken[people.household_cohort >= 0] = True
    extra = _contracts(world, planted, taken)
    agreed.signed[extra] = True
    return Town(people, world, past, planted, traps, renumbering, taken[people.household], extra)


def _possible(first_night: date) -> tuple[plant.Plant, ...]:
    """Leave out what needs most of the year to have passed: a project planned and accepted in it."""
    return tuple(one for one in PLANTS if one.name != "renovation_identity" or first_night.month >= 10)


def _contracts(world: World, planted: Planted, taken: Array) -> Array:
    """Return who else has a family-doctor contract, so that the first night shows the reported number."""
    p = world.people
    signed = plant.apply(world, planted, 1).signed & p.registered
    free = p.registered & ~world.facts.r_chronic & np.isnat(world.facts.died)
    if planted.plants:
        free &= ~taken[p.household]
    return draw.first(p.key, "contract", free, p.plan.contracts - int(signed.sum()))


def _renumbering(world: World, taken: Array) -> Renumbering:
    """Choose the households that split or get new numbers; `taken` is updated."""
    p, f = world.people, world.facts
    if p.number:
        return Renumbering((), (), ())
    cause = np.isin(f.h_cause, ("缺技术", "缺资金", "交通条件落后"))
    plain = (f.h_type == GENERAL_TYPE) & (f.renovation_year == 0) & ~f.dwelling & cause & (f.h_monitor < 0)
    grown = p.registered & (p.role == CHILD) & (world.age >= 22) & (f.stage < 0) & world.well
    leaving = draw.first(p.key, "split", grown & (plain & ~taken & (p.household_size >= 3))[p.household], SPLITS * 2)
    splits: list[tuple[int, int]] = []
    for member in leaving.tolist():
        household = int(p.household[member])
        if not taken[household] and len(splits) < SPLITS:
            taken[household] = True
            splits.append((household, member))
    rest = (p.household_cohort >= 0) & plain
    renumbered = draw.first(p.household_key, "reissue", rest & ~taken, REISSUED_PERSONS + REISSUED_HOUSEHOLDS).tolist()
    taken[renumbered] = True
    persons = tuple(int(p.household_start[household]) for household in renumbered[:REISSUED_PERSONS])
    return Renumbering(tuple(splits), persons, tuple(renumbered[REISSUED_PERSONS:]))


def first_numbers(people: Population) -> Numbers:
    """Return 户编号 and 人编号 of the first night: they begin with 0, which spreadsheets lose."""
    stem = f"0{people.place.county_code[-2:]}{people.place.code[-3:]}"
    registered = people.registered_households
    households = [f"{stem}{index + 1:06d}" for index in range(registered)]
    household_no = np.array(households + [""] * (people.households - registered), dtype=object)
    persons = [
        f"{number}{position + 1:02d}" if number else ""
        for number, position in zip(household_no[people.household].tolist(), people.position.tolist(), strict=True)
    ]
    return Numbers(household_no, np.array(persons, dtype=object), people.household.copy())


def renumber(first: Numbers, changes: Renumbering) -> Numbers:
    """Return the numbers after splits and reissues: a member who leaves keeps the old 人编号 under a new 户编号."""
    household_no, person_no = first.household_no.tolist(), first.person_no.copy()
    household_of = first.household_of.copy()
    stem = str(first.household_no[0])[:6]
    for index, (_, member) in enumerate(changes.splits):
        household_of[member] = len(household_no)
        household_no.append(f"{stem}9{index + 1:05d}")
    for person in changes.persons:
        person_no[person] = f"{person_no[person][:-2]}91"
    for index, household in enumerate(changes.households):
        household_no[household] = f"{stem}8{index + 1:05d}"
    return replace(
        first,
        household_no=np.array(household_no, dtype=object),
        person_no=person_no,
        household_of=household_of,
        new_heads=frozenset(member for _, member in changes.splits),
    )
