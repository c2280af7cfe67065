"""Rows of one extract for one town: columns of cells, with who each row is really about."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bidui.sample.draw import Array

# What a damaged cell should lead to.
REPAIRED, QUARANTINED, RESIDUAL = "repaired", "quarantined", "residual"


@dataclass(frozen=True)
class Damage:
    """A damaged cell: index of the row in the table, column, kind of dirt, expected treatment."""

    row: int
    column: str
    kind: str
    treatment: str


@dataclass
class Table:
    """Cells by column (English names of the contract), and per row what only the truth knows.

    `key` feeds the draws of a row; `people` maps a role to the person's index (-1: nobody of this town's registry
    or population); `locked` rows take only dirt that staging repairs.
    """

    extract: str
    columns: dict[str, list[Any]]
    key: Array
    people: dict[str, Array]
    locked: Array
    damage: list[Damage] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Rows so far."""
        return len(self.key)

    def append_copies(self, rows: Array) -> None:
        """Append exact copies of some rows; damage in a row is in its copy too."""
        if not len(rows):
            return
        picked = rows.tolist()
        new_row = {old: self.rows + index for index, old in enumerate(picked)}
        for cells in self.columns.values():
            cells.extend([cells[row] for row in picked])
        self.damage.extend(
            [Damage(new_row[d.row], d.column, d.kind, d.treatment) for d in self.damage if d.row in new_row]
        )
        self.damage.extend(Damage(row, "", "duplicate_row", REPAIRED) for row in new_row.values())
        self.key = np.concatenate([self.key, self.key[rows]])
        self.people = {role: np.concatenate([who, who[rows]]) for role, who in self.people.items()}
        self.locked = np.concatenate([self.locked, self.locked[rows]])

    def keep_first(self, rows: int) -> None:
        """Drop everything after so many rows, as an export that broke off."""
        self.columns = {name: cells[:rows] for name, cells in self.columns.items()}
        self.damage = [damage for damage in self.damage if damage.row < rows]
        self.key, self.locked = self.key[:rows], self.locked[:rows]
        self.people = {role: who[:rows] for role, who in self.people.items()}

    def quarantined_rows(self) -> set[int]:
        """Indices of the rows that must be quarantined."""
        return {damage.row for damage in self.damage if damage.treatment == QUARANTINED}


def gather(values: Iterable[Any] | Array, index: Array) -> list[Any]:
    """Return values[index] as a list (values may be a list of text or an array)."""
    array = values if isinstance(values, np.ndarray) else np.array(list(values), dtype=object)
    picked: list[Any] = array[index].tolist()
    return picked


def each(make: Callable[..., Any], *columns: Array | list[Any]) -> list[Any]:
    """Return make(cell, cell, …) per row of several columns."""
    lists = [column.tolist() if isinstance(column, np.ndarray) else column for column in columns]
    return [make(*cells) for cells in zip(*lists, strict=True)]


def only(cells: Array | list[Any], mask: Array) -> list[Any]:
    """Return the cells where the mask is true, blank elsewhere."""
    return each(lambda cell, keep: cell if keep else "", cells, mask)


def labels(words: Iterable[str], index: Array, empty: str = "") -> list[str]:
    """Return words[index], `empty` where the index is negative."""
    pool = np.array([*words, empty], dtype=object)
    picked: list[str] = pool[index].tolist()
    return picked


def when(mask: Array, yes: Any = "是", no: Any = "否") -> list[Any]:
    """Return one of two cells per row."""
    return [yes if value else no for value in mask.tolist()]


def iso(days: Array) -> list[str]:
    """Return dates (datetime64[D]) as 2026-10-16, blank for NaT."""
    texts: list[str] = np.datetime_as_string(days, unit="D").tolist()
    return ["" if text == "NaT" else text for text in texts]


def iso_month(days: Array) -> list[str]:
    """Return months as 2026-10, blank for NaT."""
    return [text[:7] for text in iso(days)]


def yuan(cents: Array) -> list[str]:
    """Return amounts given in cents as yuan with two decimals."""
    return [f"{value // 100}.{value % 100:02d}" for value in cents.tolist()]
