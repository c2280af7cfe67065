"""A town on one night: its people, the facts of both sides, and the texts that many extracts share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np

from bidui.sample import draw, id_number
from bidui.sample.draw import Array
from bidui.sample.facts import Facts
from bidui.sample.history import History
from bidui.sample.names import name_parts
from bidui.sample.periods import Periods
from bidui.sample.population import Population

CATEGORIES = ("视力", "听力", "言语", "肢体", "智力", "精神", "多重")
DISABILITY_GRADES = ("一级", "二级", "三级", "四级")


@dataclass
class Numbers:
    """The registry's own numbers as they stand on a night (splits and reissues change them)."""

    household_no: Array  # text per household
    person_no: Array  # text per person, "" outside the registry
    household_of: Array  # registry household per person: index into household_no
    new_heads: frozenset[int] = frozenset()  # who heads a household that split off


@dataclass
class Scene:
    """What the builders of an extract's rows see."""

    people: Population
    facts: Facts
    history: History
    numbers: Numbers
    night: date
    data_date: date
    extra_ids: dict[str, dict[int, str]] = field(default_factory=dict)  # extract -> person -> number written there

    @property
    def periods(self) -> Periods:
        """Month, year and term that the night is about."""
        return Periods(self.night)

    @cached_property
    def names(self) -> Array:
        """Names per person."""
        return np.array(self.people.name, dtype=object)

    @cached_property
    def ids(self) -> Array:
        """Identity numbers per person."""
        return np.array(id_number.texts(self.people.id17, self.people.check), dtype=object)

    @cached_property
    def village_names(self) -> Array:
        """Village per person."""
        return np.array([village.name for village in self.people.place.villages], dtype=object)[self.people.village]

    @cached_property
    def hamlets(self) -> Array:
        """Hamlet per person."""
        return np.array(name_parts()["hamlets"], dtype=object)[self.people.hamlet]

    @cached_property
    def category(self) -> Array:
        """Disability category per person, 1 to 7."""
        return draw.choice(self.people.key, "disability category", [0.14, 0.12, 0.04, 0.45, 0.11, 0.09, 0.05]) + 1

    @cached_property
    def disability_numbers(self) -> Array:
        """The number on each disabled person's card (20 characters, 22 after a re-issue), "" for others."""
        return self._cards(self.facts.disability_grade)

    @cached_property
    def registry_cards(self) -> Array:
        """The same as the registry has it."""
        return self._cards(self.facts.r_card_grade)

    def _cards(self, grades: Array) -> Array:
        numbers = np.full(self.people.size, "", dtype=object)
        for person in np.flatnonzero(self.facts.disabled | self.facts.r_disabled).tolist():
            suffix = "B1" if self.facts.r_number_length[person] == 22 else ""
            numbers[person] = f"{self.ids[person]}{self.category[person]}{grades[person]}{suffix}"
        return numbers

    def phones(self, people: Array) -> list[str]:
        """Phone numbers under a prefix that no operator has."""
        tail = draw.integer(self.people.key[people], "phone", 0, 999_999_999)
        return [f"12{number:09d}" for number in tail.tolist()]

    def names_in(self, extract: str, people: Array) -> list[str]:
        """Names as an extract writes them."""
        texts: list[str] = self.names[people].tolist()
        other = self.facts.other_names.get(extract)
        if other:
            for row, person in enumerate(people.tolist()):
                if person in other:
                    texts[row] = other[person]
        return texts

    def ids_in(self, extract: str, people: Array) -> list[str]:
        """Identity numbers as an extract writes them, before damage."""
        texts: list[str] = self.ids[people].tolist()
        other = self.extra_ids.get(extract)
        if other:
            for row, person in enumerate(people.tolist()):
                if person in other:
                    texts[row] = other[person]
        return texts

    def shuffled(self, people: Array, extract: str) -> Array:
        """The same people in the order of a file."""
        order: Array = people[np.argsort(draw.bits(self.people.key[people], f"{extract} order"), kind="stable")]
        return order
