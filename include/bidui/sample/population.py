"""The people of one town: households with relations, ages, sexes, inherited surnames and valid numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bidui.sample import draw, id_number
from bidui.sample.draw import Array
from bidui.sample.place import Place
from bidui.sample.plan import TownPlan, figures

HERE = Path(__file__).parent
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


@dataclass(frozen=True)
class LookAlike:
    """A trap for linkage: `person` is easily taken for `other`."""

    kind: str  # stranger | twins | namesakes
    person: int
    other: int


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


@cache
def name_parts() -> dict[str, Any]:
    """Return the parts that names are made of."""
    parts: dict[str, Any] = yaml.safe_load((HERE / "names.yml").read_text(encoding="utf-8"))
    return parts


def build(
    seed: int, number: int, place: Place, plan: TownPlan, as_of: date, traps: dict[str, float] | None = None
) -> Population:
    """Return the people of a town: its registry households first, then everybody else.

    `traps` are shares of people to make look alike (strangers, twins, namesakes); none without it.
    """
    sizes, cohorts = _household_sizes(seed, number, plan)
    households = len(sizes)
    household_key = draw.keys(households, seed, "household", number)
    start = np.r_[0, np.cumsum(sizes)[:-1]]
    persons = int(sizes.sum())
    household = np.repeat(np.arange(households), sizes)
    position = np.arange(persons) - start[household]
    key = draw.keys(persons, seed, "person", number)

    role, head_age = _roles(household_key, sizes, cohorts, plan)
    role = role[household, position]
    male = _sexes(key, role, household, start, household_key)
    birth = _births(key, role, household, head_age, plan, cohorts, sizes, as_of)
    village, hamlet = _villages(household_key, plan, cohorts)
    ethnicity, surname, name = _names(key, household_key, household, role, male, birth, village[household], start, as_of)

    registered = cohorts[household] >= 0
    alike: list[LookAlike] = []
    if traps and plan.kind == "town":
        crowd = _Crowd(key, household, role, registered, village[household], surname, name, male, birth)
        alike = _look_alikes(traps, crowd)

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
        ethnicity=ethnicity,
        registered=registered,
        village=village[household],
        hamlet=hamlet[household],
        household_key=household_key,
        household_size=sizes,
        household_start=start,
        household_cohort=cohorts,
        look_alikes=alike,
    )


def _household_sizes(seed: int, number: int, plan: TownPlan) -> tuple[Array, Array]:
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


def _roles(household_key: Array, sizes: Array, cohorts: Array, plan: TownPlan) -> tuple[Array, Array]:
    """Return role per household and position, and the head's age."""
    roles = np.zeros((len(sizes), LARGEST_HOUSEHOLD), dtype=np.int64)
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
                roles[chosen, slot] = role
    if village:
        # The village report's pupils are the children of the large families; couples on their own are elderly.
        registered = cohorts >= 0
        for size, low, high in ((2, 64, 74), (3, 48, 50), (4, 48, 50), (5, 48, 50), (6, 39, 42)):
            chosen = np.flatnonzero(registered & (sizes == size))
            head_age[chosen] = draw.integer(household_key[chosen], "village head age", low, high)
    return roles, head_age


def _sexes(key: Array, role: Array, household: Array, start: Array, household_key: Array) -> Array:
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


def _births(
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
    births: Array = np.datetime64(as_of) - days.astype(np.int64).astype("timedelta64[D]")
    return births


def _ordinal(mask: Array, household: Array) -> Array:
    """Return, per person, how many of the same household come before it in the mask."""
    counted = np.cumsum(mask) - mask
    first = np.r_[True, household[1:] != household[:-1]]
    at_start = counted[first]
    ordinals: Array = counted - at_start[household]
    return ordinals


def _villages(household_key: Array, plan: TownPlan, cohorts: Array) -> tuple[Array, Array]:
    """Return village index and hamlet index per household; registered ones are spread like everybody."""
    weights = [1.0 + 0.35 * ((index * 7) % 5) for index in range(plan.villages)]
    village = draw.choice(household_key, "village", weights)
    return village, draw.integer(household_key, "hamlet", 0, len(name_parts()["hamlets"]) - 1)


def _names(
    key: Array,
    household_key: Array,
    household: Array,
    role: Array,
    male: Array,
    birth: Array,
    village: Array,
    start: Array,
    as_of: date,
) -> tuple[list[str], list[str], list[str]]:
    """Return ethnicity, surname and full name per person."""
    parts = name_parts()
    surnames = list(parts["surnames"])
    doubles = parts["double_surnames"]
    pool = np.array(surnames + doubles, dtype=object)
    # Half of a village shares three surnames, as villages do.
    weights = np.r_[1.0 / (np.arange(len(surnames)) + 4.0), np.full(len(doubles), 0.004)]
    clan = draw.uniform(household_key, "clan") < 0.5
    village_of = village[start]
    clan_pick = (village_of * 13 + draw.integer(household_key, "clan surname", 0, 2) * 5) % 60
    head_surname = np.where(clan, clan_pick, draw.choice(household_key, "surname", weights))
    own = draw.choice(key, "own surname", weights)
    married_in = np.isin(role, (SPOUSE, MOTHER))
    # A daughter's husband brings his surname; a son's wife hers.
    surname_index = np.where(married_in | (role == CHILD_IN_LAW), own, head_surname[household])
    surname = pool[surname_index]

    ethnic_names = list(parts["ethnicities"])
    ethnic = draw.choice(household_key, "ethnicity", list(parts["ethnicities"].values()))[household]
    ethnicity = np.array(ethnic_names, dtype=object)[ethnic]

    male_pool = np.array(list(parts["male_given"]), dtype=object)
    female_pool = np.array(list(parts["female_given"]), dtype=object)
    rare_pool = np.array(list(parts["rare_given"]), dtype=object)
    first = _characters(key, "given", male, male_pool, female_pool)
    second = _characters(key, "second given", male, male_pool, female_pool)
    rare = draw.chance(key, "rare character", 0.012)
    first = np.where(rare, rare_pool[draw.integer(key, "which rare", 0, len(rare_pool) - 1)], first)
    single = draw.chance(key, "single given", 0.22)
    second = np.where(single, "", second)
    full = (surname + first + second).tolist()

    dotted = np.flatnonzero(ethnicity == parts["dotted_ethnicity"])
    given = parts["dotted_names"]
    one = draw.integer(key[dotted], "dotted", 0, len(given) - 1).tolist()
    two = draw.integer(key[dotted], "dotted father", 0, len(given) - 1).tolist()
    for person, own_name, father in zip(dotted.tolist(), one, two, strict=True):
        full[person] = f"{given[own_name]}·{given[father]}"
    return ethnicity.tolist(), surname.tolist(), full


@dataclass
class _Crowd:
    """What look-alikes are made of, per person: names, sexes and birth dates are changed in place."""

    key: Array
    household: Array
    role: Array
    registered: Array
    village: Array
    surname: list[str]
    name: list[str]
    male: Array
    birth: Array
    alike: list[LookAlike] = field(default_factory=list)
    used: set[int] = field(default_factory=set)  # households: one look-alike in each at most

    def is_free(self, person: int) -> bool:
        return int(self.household[person]) not in self.used

    def has_plain_name(self, person: int) -> bool:
        return "·" not in self.name[person]

    def family(self, person: int) -> tuple[int, str, bool]:
        """Who of one village, surname and sex may be taken for one another."""
        return int(self.village[person]), self.surname[person], bool(self.male[person])

    def note(self, kind: str, person: int, other: int) -> None:
        self.used.update((int(self.household[person]), int(self.household[other])))
        self.alike.append(LookAlike(kind, person, other))


def _look_alikes(rates: dict[str, float], crowd: _Crowd) -> list[LookAlike]:
    """Make some people look like others and return who."""
    count = int(crowd.registered.sum())

    def wanted(kind: str) -> int:
        return max(1, round(rates[kind] * count / 4))

    _twins(crowd, wanted("twins"))
    _strangers_and_namesakes(crowd, wanted("stranger"), wanted("namesakes"))
    return crowd.alike


def _twins(crowd: _Crowd, wanted: int) -> None:
    """Siblings of one sex and one birth date, whose names differ in the last character."""
    is_child = crowd.role == CHILD
    follows_sibling = np.r_[False, is_child[:-1] & (crowd.household[1:] == crowd.household[:-1])]
    siblings = np.flatnonzero(crowd.registered & is_child & follows_sibling)
    name, surname = crowd.name, crowd.surname
    for person in _shuffled(crowd, siblings, "twins"):
        if not wanted:
            break
        other = person - 1
        if not crowd.is_free(person) or not crowd.has_plain_name(other):
            continue
        crowd.male[person], crowd.birth[person] = crowd.male[other], crowd.birth[other]
        pool = name_parts()["male_given" if crowd.male[other] else "female_given"]
        given = name[other][len(surname[other])]
        last = pool[int(crowd.key[person] % np.uint64(len(pool)))]
        name[other] = name[other] if len(name[other]) > len(surname[other]) + 1 else name[other] + pool[0]
        name[person] = surname[other] + given + (last if last != name[other][-1] else pool[1])
        crowd.note("twins", person, other)
        wanted -= 1


def _strangers_and_namesakes(crowd: _Crowd, strangers: int, namesakes: int) -> None:
    """Heads who bear the name of another head of the village, or whose name somebody unregistered of nearly their age bears."""
    heads = np.flatnonzero(crowd.registered & (crowd.role == HEAD))
    unregistered: dict[tuple[int, str, bool], list[int]] = {}
    general = draw.first(crowd.key, "look-alike", ~crowd.registered, min(20_000, int((~crowd.registered).sum())))
    for person in general.tolist():
        unregistered.setdefault(crowd.family(person), []).append(person)
    waiting: dict[tuple[int, str, bool], int] = {}
    for head in _shuffled(crowd, heads, "look-alike"):
        family = crowd.family(head)
        if not crowd.is_free(head) or not crowd.has_plain_name(head):
            continue
        if namesakes and family in waiting and crowd.is_free(waiting[family]):
            other = waiting.pop(family)
            crowd.name[head] = crowd.name[other]
            crowd.note("namesakes", head, other)
            namesakes -= 1
        elif strangers and unregistered.get(family):
            person = unregistered[family].pop()
            if crowd.is_free(person):
                crowd.name[person] = crowd.name[head]
                crowd.birth[person] = crowd.birth[head] + np.timedelta64(1 + int(crowd.key[person] % np.uint64(20)), "D")
                crowd.note("stranger", person, head)
                strangers -= 1
        else:
            waiting.setdefault(family, head)
        if not strangers and not namesakes:
            break


def _shuffled(crowd: _Crowd, persons: Array, name: str) -> list[int]:
    return [int(person) for person in persons[np.argsort(draw.bits(crowd.key[persons], name), kind="stable")]]


def _characters(key: Array, name: str, male: Array, male_pool: Array, female_pool: Array) -> Array:
    men = male_pool[draw.integer(key, name, 0, len(male_pool) - 1)]
    women = female_pool[draw.integer(key, name, 0, len(female_pool) - 1)]
    characters: Array = np.where(male, men, women)
    return characters
