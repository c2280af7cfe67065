"""Traps of record linkage: rows that carry somebody else's number."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from bidui.sample import draw
from bidui.sample.family import CHILD, HEAD, SPOUSE
from bidui.sample.plant import World


@dataclass(frozen=True)
class Trap:
    """A row of an extract that is about `person` but carries the number of somebody else."""

    kind: str
    extract: str
    person: int


@dataclass
class Traps:
    """The traps of a town, and the numbers that they write."""

    traps: list[Trap] = field(default_factory=list)
    numbers: dict[str, dict[int, str]] = field(default_factory=dict)  # extract -> person -> number on the row
    shared: list[tuple[int, int]] = field(default_factory=list)  # registry persons under one number

    def add(self, kind: str, extract: str, person: int, number: str) -> None:
        """Let the row of a person in an extract carry this number."""
        self.traps.append(Trap(kind, extract, person))
        self.numbers.setdefault(extract, {})[person] = number


def choose(world: World, rates: dict[str, float], taken: np.ndarray) -> Traps:
    """Choose the traps of a town among households without plants; `taken` (per household) is updated."""
    p, f = world.people, world.facts
    count = int(p.registered.sum())
    traps = Traps()
    free = ~taken

    def pick(name: str, mask: np.ndarray, share: float) -> list[int]:
        chosen = draw.first(p.key, name, mask & free[p.household], 4 * max(1, round(share * count)))
        picked: list[int] = []
        for person in chosen.tolist():
            if free[p.household[person]] and len(picked) < max(1, round(share * count)):
                free[p.household[person]] = False
                picked.append(person)
        return picked

    adult_head = (p.age_on(world.periods.as_of) >= 18)[p.head]
    child = p.registered & (p.role == CHILD) & adult_head
    pupil = child & f.on_roll & (f.stage >= 0) & (f.stage <= 3)
    for person in pick("parent's number, school", pupil, rates["parent_number"] / 2):
        traps.add("parent_number", "school_roll", person, p.id_no(int(p.head[person])))
    for person in pick("parent's number, roll", child & f.resident, rates["parent_number"] / 2):
        traps.add("parent_number", "hi_roll", person, p.id_no(int(p.head[person])))
    spouse = p.registered & (p.role == SPOUSE) & f.resident
    for person in pick("member's number", spouse, rates["member_number"]):
        traps.add("member_number", "hi_roll", person, p.id_no(int(p.head[person])))

    # Relatives outside the registry: same surname, same village, insured under a registered person's number.
    heads = np.flatnonzero(p.registered & (p.role == HEAD) & free[p.household])
    of_family = {(int(p.village[h]), p.surname[h]): h for h in heads.tolist()}
    relatives = draw.first(p.key, "relative", ~p.registered & f.resident, 6000)
    wanted = max(1, round(rates["relative_number"] * count))
    for person in relatives.tolist():
        head = of_family.get((int(p.village[person]), p.surname[person]))
        if wanted and head is not None and free[p.household[head]] and p.name[person] != p.name[head]:
            traps.add("relative_number", "hi_roll", person, p.id_no(head))
            free[p.household[head]] = False
            wanted -= 1

    # One number on two registry persons
    # (men past working age, so that sex and working age do not seem wrong as well).
    old_man = p.registered & (p.role == HEAD) & p.male & (p.age_on(world.periods.as_of) >= 62) & ~f.r_disabled
    pairs = pick("shared number", old_man, rates["shared_number"] * 2)
    for one, other in zip(pairs[::2], pairs[1::2], strict=False):
        if p.name[one] != p.name[other]:
            traps.add("shared_number", "registry_person", other, p.id_no(one))
            traps.shared.append((one, other))
    taken |= ~free
    return traps
