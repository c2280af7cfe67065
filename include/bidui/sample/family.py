"""Who lives together: how large households are, and the place, sex and birth date of each of their people."""

from __future__ import annotations

from datetime import date

import numpy as np

from bidui.sample import draw
from bidui.sample.draw import Array
from bidui.sample.plan import TownPlan, figures

LARGEST_HOUSEHOLD = 8

# A place in a household: relation (男/女 where the words differ), who the age is relative to the head (low, high years
# younger; negative: older), and whether the surname is the head's.
HEAD, SPOUSE, CHILD, CHILD_IN_LAW, GRANDCHILD, MOTHER, FATHER = range(7)
RELATIONS = (
    ("户主", "户主"),
    ("配偶", "配偶"),
    ("之子", "之女"),
    ("之女婿", "之儿媳"),
    ("之孙子", "之孙女"),
    ("之母", "之母"),
    ("之父", "之父"),
)
YOUNGER = {
    SPOUSE: (-3, 4),
    CHILD: (22, 27),
    CHILD_IN_LAW: (22, 28),
    GRANDCHILD: (47, 50),
    MOTHER: (-28, -21),
    FATHER: (-29, -22),
}

# size: (weight, youngest head, oldest head, the others); larger households add grandchildren or children.
TEMPLATES: dict[int, list[tuple[float, int, int, tuple[int, ...]]]] = {
    1: [(0.75, 58, 88, ()), (0.25, 34, 57, ())],
    2: [
        (0.55, 56, 84, (SPOUSE,)),
        (0.22, 50, 76, (CHILD,)),
        (0.09, 60, 72, (GRANDCHILD,)),
        (0.14, 36, 50, (CHILD,)),
    ],
    3: [
        (0.50, 36, 56, (SPOUSE, CHILD)),
        (0.12, 27, 35, (SPOUSE, CHILD)),
        (0.12, 40, 60, (SPOUSE, MOTHER)),
        (0.16, 58, 74, (SPOUSE, GRANDCHILD)),
        (0.10, 38, 54, (CHILD, MOTHER)),
    ],
    4: [
        (0.56, 36, 52, (SPOUSE, CHILD, CHILD)),
        (0.12, 28, 35, (SPOUSE, CHILD, CHILD)),
        (0.20, 38, 54, (SPOUSE, CHILD, MOTHER)),
        (0.12, 52, 66, (SPOUSE, CHILD, CHILD_IN_LAW)),
    ],
    5: [
        (0.60, 37, 52, (SPOUSE, CHILD, CHILD, MOTHER)),
        (0.40, 56, 68, (SPOUSE, CHILD, CHILD_IN_LAW, GRANDCHILD)),
    ],
    6: [
        (0.55, 37, 52, (SPOUSE, CHILD, CHILD, CHILD, MOTHER)),
        (0.45, 57, 68, (SPOUSE, CHILD, CHILD_IN_LAW, GRANDCHILD, GRANDCHILD)),
    ],
    7: [(1.0, 38, 52, (SPOUSE, CHILD, CHILD, CHILD, MOTHER, FATHER))],
    8: [(1.0, 58, 68, (SPOUSE, CHILD, CHILD_IN_LAW, GRANDCHILD, GRANDCHILD, GRANDCHILD, MOTHER))],
}
# Sizes of households outside the registry.
GENERAL_SIZES = (0.12, 0.25, 0.27, 0.20, 0.10, 0.04, 0.015, 0.005)


def household_sizes(seed: int, number: int, plan: TownPlan) -> tuple[Array, Array]:
    """Return persons per household and the cohort of each (-1: not in the registry)."""
    sizes, cohorts = [], []
    for index, cohort in enumerate(plan.cohorts):
        if plan.kind == "village":
            sizes.append(_even(cohort.households, cohort.persons))
        else:
            key = draw.keys(cohort.households, seed, "cohort", number, index)
            ones = np.ones(cohort.households, dtype=np.int64)
            mean = cohort.persons / cohort.households
            # A third of the households are people living alone; the rest share what is left.
            most = np.where(draw.chance(key, "alone", min(0.34, max(0.0, 0.62 - 0.11 * mean))), 1, LARGEST_HOUSEHOLD - 1)
            most = np.maximum(most, ones)
            if most.sum() < cohort.persons:
                most = np.full_like(most, LARGEST_HOUSEHOLD)
            sizes.append(draw.spread(key, "size", cohort.persons, ones, most))
        cohorts.append(np.full(cohort.households, index, dtype=np.int64))
    left = plan.population - plan.persons
    key = draw.keys(max(left, 1), seed, "general", number)
    if plan.kind == "village":
        # The village report says how many households live there.
        count = figures()["village", "households", "2020"] - plan.households
        ones = np.ones(count, dtype=np.int64)
        general = draw.spread(key[:count], "size", left, ones, ones * LARGEST_HOUSEHOLD)
    else:
        general = draw.choice(key, "size", list(GENERAL_SIZES)) + 1
    general = general[: int(np.searchsorted(np.cumsum(general), left, side="left")) + 1]
    if general.size and general.sum() > left:
        general[-1] -= general.sum() - left
        general = general[general > 0]
    sizes.append(general)
    cohorts.append(np.full(len(general), -1, dtype=np.int64))
    return np.concatenate(sizes), np.concatenate(cohorts)


def _even(households: int, persons: int) -> Array:
    """Split persons over households as evenly as whole numbers allow, larger first."""
    base, extra = divmod(persons, households)
    return np.array([base + (index < extra) for index in range(households)], dtype=np.int64)


def roles(household_key: Array, sizes: Array, cohorts: Array, plan: TownPlan) -> tuple[Array, Array]:
    """Return role per household and position, and the head's age."""
    role_at = np.zeros((len(sizes), LARGEST_HOUSEHOLD), dtype=np.int64)
    head_age = np.zeros(len(sizes), dtype=np.int64)
    village = plan.kind == "village"
    for size, templates in TEMPLATES.items():
        members = np.flatnonzero(sizes == size)
        pattern = draw.choice(household_key[members], "form", [t[0] for t in templates])
        if village:
            pattern[cohorts[members] >= 0] = 0
        for index, (_, youngest, oldest, others) in enumerate(templates):
            chosen = members[pattern == index]
            head_age[chosen] = draw.integer(household_key[chosen], "head age", youngest, oldest)
            for slot, role in enumerate(others, start=1):
                role_at[chosen, slot] = role
    if village:
        # The village report's pupils are the children of the large families; couples on their own are elderly.
        registered = cohorts >= 0
        for size, low, high in ((2, 64, 74), (3, 48, 50), (4, 48, 50), (5, 48, 50), (6, 39, 42)):
            chosen = np.flatnonzero(registered & (sizes == size))
            head_age[chosen] = draw.integer(household_key[chosen], "village head age", low, high)
    return role_at, head_age


def men(key: Array, role: Array, household: Array, household_key: Array) -> Array:
    """Return, per person, whether it is a man; spouses are of opposite sexes."""
    head_male = draw.chance(household_key, "head is a man", 0.8)[household]
    male = draw.chance(key, "sex", 0.515)
    male = np.where(role == HEAD, head_male, male)
    male = np.where(role == SPOUSE, ~head_male, male)
    # The child-in-law is the spouse of the child before, who stands one place earlier.
    previous = np.r_[False, male[:-1]]
    male = np.where(role == CHILD_IN_LAW, ~previous, male)
    male = np.where(role == MOTHER, False, male)
    male = np.where(role == FATHER, True, male)
    return male.astype(bool)


def births(
    key: Array, role: Array, household: Array, head_age: Array, plan: TownPlan, cohorts: Array, sizes: Array, as_of: date
) -> Array:
    """Return birth dates; nobody is younger than one year (newborns are an exception of many rules)."""
    age = head_age[household].copy()
    for which, (low, high) in YOUNGER.items():
        mask = role == which
        age[mask] -= draw.integer(key[mask], "years younger", low, high)
    # Brothers and sisters are at least two years apart; twins are planted on purpose elsewhere.
    for which in (CHILD, GRANDCHILD):
        mask = role == which
        age[mask] -= 2 * _ordinal(role == which, household)[mask] + draw.integer(key[mask], "apart", 0, 1)
    if plan.kind == "village":
        child = (role == CHILD) & (cohorts >= 0)[household]
        older = np.where(sizes[household] == 6, 28, 24) + 2 * _ordinal(role == CHILD, household)
        age[child] = (head_age[household] - older)[child]
    age = np.clip(age, 1, 103)
    days = age * 365.25 + draw.integer(key, "birthday", 1, 364)
    born: Array = np.datetime64(as_of) - days.astype(np.int64).astype("timedelta64[D]")
    return born


def _ordinal(mask: Array, household: Array) -> Array:
    """Return, per person, how many of the same household come before it in the mask."""
    counted = np.cumsum(mask) - mask
    first = np.r_[True, household[1:] != household[:-1]]
    at_start = counted[first]
    ordinals: Array = counted - at_start[household]
    return ordinals
