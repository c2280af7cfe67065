"""The people of one town: households with relations, ages, sexes, inherited surnames and valid numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from bidui.sample import draw, family, id_number, names
from bidui.sample.draw import Array
from bidui.sample.family import RELATIONS
from bidui.sample.look_alike import Crowd, LookAlike, make_look_alikes
from bidui.sample.names import name_parts
from bidui.sample.place import Place
from bidui.sample.plan import TownPlan


@dataclass
class Population:
    """Everybody in one town, registry persons first; one entry per person unless a comment says household."""

    number: int  # the town's running number
    place: Place
    plan: TownPlan
    as_of: date
    key: Array  # draws belong to it
    household: Array  # index of the household
    position: Array  # 0 is the head
    role: Array  # HEAD … FATHER
    male: Array
    birth: Array  # datetime64[D]
    id17: Array
    check: Array
    surname: list[str]
    name: list[str]
    ethnicity: list[str]
    registered: Array
    village: Array
    hamlet: Array
    household_key: Array  # per household
    household_size: Array  # per household
    household_start: Array  # per household: index of its head
    household_cohort: Array  # per household: index into plan.cohorts, -1 outside the registry
    look_alikes: list[LookAlike]

    @property
    def size(self) -> int:
        """Persons."""
        return len(self.key)

    @property
    def households(self) -> int:
        """Households, registered or not."""
        return len(self.household_key)

    @property
    def registered_households(self) -> int:
        """Households of the registry; they come first."""
        return int((self.household_cohort >= 0).sum())

    @property
    def head(self) -> Array:
        """Index of each person's household head."""
        heads: Array = self.household_start[self.household]
        return heads

    def age_on(self, day: date) -> Array:
        """Completed years of each person on a day."""
        months, day_of_month = self._birth_parts
        ages: Array = ((day.year - 1970) * 12 + day.month - 1 - months - (day_of_month > day.day)) // 12
        return ages

    @cached_property
    def _birth_parts(self) -> tuple[Array, Array]:
        """Months since 1970 and day of the month of each birth."""
        months = self.birth.astype("datetime64[M]")
        return months.astype(np.int64), (self.birth - months).astype(np.int64) + 1

    def relation(self, person: int) -> str:
        """Relation to the head, in the registry's words."""
        male_word, female_word = RELATIONS[self.role[person]]
        return male_word if self.male[person] else female_word

    def id_no(self, person: int) -> str:
        """Identity number as text."""
        return f"{self.id17[person]}{self.check[person]}"

    def per_household(self, values: Array) -> Array:
        """Sum a per-person array over each household."""
        summed: Array = np.bincount(self.household, weights=values.astype(np.float64), minlength=self.households)
        return summed.astype(np.int64)


def build(seed: int, number: int, place: Place, plan: TownPlan, as_of: date, traps: dict[str, float]) -> Population:
    """Return the people of a town: its registry households first, then everybody else.

    `traps` are the shares of people who are made to look alike (strangers, twins, namesakes); nobody is in the village,
    whose figures are small and exact.
    """
    sizes, cohorts = family.household_sizes(seed, number, plan)
    households = len(sizes)
    household_key = draw.keys(households, seed, "household", number)
    start = np.r_[0, np.cumsum(sizes)[:-1]]
    persons = int(sizes.sum())
    household = np.repeat(np.arange(households), sizes)
    position = np.arange(persons) - start[household]
    key = draw.keys(persons, seed, "person", number)

    role_at, head_age = family.roles(household_key, sizes, cohorts, plan)
    role = role_at[household, position]
    male = family.men(key, role, household, household_key)
    birth = family.births(key, role, household, head_age, plan, cohorts, sizes, as_of)
    village, hamlet = _villages(household_key, plan)
    ethnicity = names.ethnicities(household_key)[household]
    surnames = names.surnames(key, household_key, household, role, village)
    surname, name = surnames.tolist(), names.full_names(key, surnames, male, ethnicity)

    registered = cohorts[household] >= 0
    alike: list[LookAlike] = []
    if plan.kind == "town":
        crowd = Crowd(key, household, role, registered, village[household], surname, name, male, birth)
        alike = make_look_alikes(traps, crowd)

    home = place.county_prefix
    prefix = np.where(draw.chance(key, "born elsewhere", 0.06), place.outside_prefix, home)
    id17 = id_number.allocate(prefix, birth, male, number % 10)
    return Population(
        number=number,
        place=place,
        plan=plan,
        as_of=as_of,
        key=key,
        household=household,
        position=position,
        role=role,
        male=male,
        birth=birth,
        id17=id17,
        check=id_number.check_characters(id17),
        surname=surname,
        name=name,
        ethnicity=ethnicity.tolist(),
        registered=registered,
        village=village[household],
        hamlet=hamlet[household],
        household_key=household_key,
        household_size=sizes,
        household_start=start,
        household_cohort=cohorts,
        look_alikes=alike,
    )


def _villages(household_key: Array, plan: TownPlan) -> tuple[Array, Array]:
    """Return village index and hamlet index per household; registered ones are spread like everybody."""
    weights = [1.0 + 0.35 * ((index * 7) % 5) for index in range(plan.villages)]
    village = draw.choice(household_key, "village", weights)
    return village, draw.integer(household_key, "hamlet", 0, len(name_parts()["hamlets"]) - 1)
