"""A part: one table of a delivered file (the CSV itself, one sheet, one member of a zip)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

# ((first row, first column), (last row, last column)), counted from 0
Merged = tuple[tuple[int, int], tuple[int, int]]


class Part(Protocol):
    """Rows of text, in the order of the file; the row at index i is row i + 1 to a person."""

    source_name: str
    file: str
    sheet: str | None
    container: str
    encoding: str | None
    delimiter: str | None

    @property
    def merged(self) -> tuple[Merged, ...]:
        """Merged cells; positions are those of the rows given here."""
        ...

    @property
    def cut_short(self) -> bool:
        """After the last row was read: whether the file ends in the middle of a line."""
        ...

    def rows(self) -> Iterator[list[str]]:
        """All rows from the top, blank ones included. May be called again. Raises ProblemError with the row."""
        ...

    def close(self) -> None:
        """Let go of what is held in memory; `rows` reads it again."""
        ...

    def letter(self, position: int) -> str:
        """What a person calls the column at `position` (A, B …)."""
        ...


def column_letter(position: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
