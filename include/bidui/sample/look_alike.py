"""Traps for linkage among the people of a town: some are made to be easily taken for somebody else."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from bidui.sample import draw
from bidui.sample.draw import Array
from bidui.sample.family import CHILD, HEAD
from bidui.sample.names import name_parts


@dataclass(frozen=True)
class LookAlike:
    """A trap for linkage: `person` is easily taken for `other`."""

    kind: str  # stranger | twins | namesakes
    person: int
    other: int


@dataclass
class Crowd:
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
        """Whether nobody of the household is a look-alike yet."""
        return int(self.household[person]) not in self.used

    def has_plain_name(self, person: int) -> bool:
        """Whether the name is a surname and what follows it, not a dotted one."""
        return "·" not in self.name[person]

    def family(self, person: int) -> tuple[int, str, bool]:
        """Who of one village, surname and sex may be taken for one another."""
        return int(self.village[person]), self.surname[person], bool(self.male[person])

    def note(self, kind: str, person: int, other: int) -> None:
        """Keep who is taken for whom; their households are used."""
        self.used.update((int(self.household[person]), int(self.household[other])))
        self.alike.append(LookAlike(kind, person, other))


def make_look_alikes(rates: dict[str, float], crowd: Crowd) -> list[LookAlike]:
    """Make some people look like others and return who; `rates` are shares of the registry's people per kind."""
    count = int(crowd.registered.sum())

    def wanted(kind: str) -> int:
        return max(1, round(rates[kind] * count / 4))

    _twins(crowd, wanted("twins"))
    _strangers_and_namesakes(crowd, wanted("stranger"), wanted("namesakes"))
    return crowd.alike


def _twins(crowd: Crowd, wanted: int) -> None:
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


def _strangers_and_namesakes(crowd: Crowd, strangers: int, namesakes: int) -> None:
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


def _shuffled(crowd: Crowd, persons: Array, name: str) -> list[int]:
    return [int(person) for person in persons[np.argsort(draw.bits(crowd.key[persons], name), kind="stable")]]
