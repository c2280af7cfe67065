"""How one side of a town's facts is changed so that it contradicts the other."""

from __future__ import annotations

from typing import Any

import numpy as np

from bidui.sample.draw import Array
from bidui.sample.facts import DIBAO_TYPE, NONE, ORDINARY, PRIMARY, Facts
from bidui.sample.names import name_parts
from bidui.sample.plant import Change, World


def put(attribute: str, value: Any) -> Change:
    """Write a value on one side."""

    def change(world: World, facts: Facts, at: Array) -> None:
        del world
        getattr(facts, attribute)[at] = value

    return change


def flip(attribute: str) -> Change:
    """Turn a yes into a no, and the other way."""

    def change(world: World, facts: Facts, at: Array) -> None:
        del world
        values = getattr(facts, attribute)
        values[at] = ~values[at]

    return change


def both(*changes: Change) -> Change:
    """One change after the other."""

    def change(world: World, facts: Facts, at: Array) -> None:
        for one in changes:
            one(world, facts, at)

    return change


def other_name(extract: str) -> Change:
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


def cause(*unless: str) -> Change:
    """Give the household of a person a cause that needs no member to bear it out."""

    def change(world: World, facts: Facts, at: Array) -> None:
        for household in world.people.household[at].tolist():
            if facts.h_cause[household] in unless:
                facts.h_cause[household] = "缺技术"

    return change


def able(world: World, facts: Facts, at: Array) -> None:
    """A person without illness is of ordinary labour in working age."""
    age = world.age[at]
    working = at[(age >= 16) & (age < 60) & (facts.r_stage[at] < 0)]
    facts.r_labour[working] = ORDINARY


def die(days_before: int) -> Change:
    """The death list has them as dead so many days before the first night."""

    def change(world: World, facts: Facts, at: Array) -> None:
        facts.died[at] = np.datetime64(world.periods.as_of) - np.timedelta64(days_before, "D")

    return change


def die_last_year(world: World, facts: Facts, at: Array) -> None:
    """Dead since October of the year before."""
    facts.died[at] = np.datetime64(f"{world.periods.insurance_year - 1}-10-20")


def unsupported_cause(world: World, facts: Facts, at: Array) -> None:
    """The household states a cause that no member bears out."""
    del world
    for household in at.tolist():
        facts.h_cause[household] = "因残"


def penniless(world: World, facts: Facts, at: Array) -> None:
    """No income of any kind, and nobody who could earn."""
    households = world.people.household[at]
    for name in ("h_income", "h_wage", "h_business", "h_transfer"):
        getattr(facts, name)[households] = 0
    facts.r_labour[at] = NONE
    facts.r_works[at] = False
    facts.r_post[at] = False


def poor(world: World, facts: Facts, at: Array) -> None:
    """An income below the monitoring line."""
    size = world.people.household_size[at]
    facts.h_income[at] = 5600
    facts.h_wage[at] = 0
    facts.h_transfer[at] = 600
    facts.h_business[at] = 5600 * size - 600


def planned_this_year(world: World, facts: Facts, at: Array) -> None:
    """A renovation of this year, stated as a dibao household's."""
    facts.renovation_year[at] = world.periods.as_of.year
    facts.renovation_type[at] = DIBAO_TYPE
    facts.h_renovated[at] = True


def older_birth(world: World, facts: Facts, at: Array) -> None:
    """The school has the birth date a month earlier."""
    del world
    facts.school_birth[at] = facts.school_birth[at] - np.timedelta64(31, "D")


def other_grade(world: World, facts: Facts, at: Array) -> None:
    """The next grade of disability."""
    del world
    facts.disability_grade[at] = facts.disability_grade[at] % 4 + 1


def other_house_grade(world: World, facts: Facts, at: Array) -> None:
    """The registry has the other grade of the house."""
    del world
    facts.h_grade[at] = 1 - facts.h_grade[at]


def larger(world: World, facts: Facts, at: Array) -> None:
    """The registry has a floor area beyond the tolerance."""
    del world
    facts.h_area[at] = np.round(facts.h_area[at] * 1.6, 1)


def one_more(world: World, facts: Facts, at: Array) -> None:
    """The household states one member more than the registry lists."""
    del world
    facts.h_declared[at] = facts.h_declared[at] + 1


def behind(world: World, facts: Facts, at: Array) -> None:
    """The registry has a pupil in the last year of primary school."""
    del world
    facts.r_stage[at], facts.r_grade[at] = PRIMARY, 6
