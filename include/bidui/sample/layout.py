"""What the source contracts say about a file's form: header, aliases, title rows, who is named in a row."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from bidui.contract import Column, Extract, Person, load_sources

GROUPS = Path(__file__).parent / "header_groups.yml"


@dataclass(frozen=True)
class Layout:
    """The form of one extract."""

    department: str
    extract: str
    title: str
    formats: tuple[str, ...]
    encoding: str
    title_rows: int
    header_rows: int
    columns: tuple[Column, ...]
    persons: tuple[Person, ...]
    sums: tuple[str, ...]
    groups: tuple[tuple[str, tuple[str, ...]], ...]

    def group_of(self, column: str) -> str | None:
        """Return the header group that a column stands under in a two-row header (None: it spans both rows)."""
        for title, members in self.groups:
            if column in members:
                return title
        return None


@cache
def layouts() -> dict[str, Layout]:
    """Return every extract of every source contract, in the contracts' order."""
    groups: dict[str, dict[str, list[str]]] = yaml.safe_load(GROUPS.read_text(encoding="utf-8"))
    return {key: _layout(extract, groups.get(key, {})) for key, extract in load_sources().extracts.items()}


def _layout(extract: Extract, groups: dict[str, list[str]]) -> Layout:
    return Layout(
        department=extract.department,
        extract=extract.key,
        title=extract.title.zh,
        formats=extract.file.formats,
        encoding=extract.file.encodings[0],
        title_rows=extract.file.title_rows,
        header_rows=extract.file.header_rows,
        columns=extract.columns,
        persons=extract.persons,
        sums=extract.control_totals,
        groups=tuple((title, tuple(members)) for title, members in groups.items()),
    )


def is_amount(column: Column) -> bool:
    """Return whether a column holds yuan, square metres or another decimal number."""
    return column.type.startswith("decimal")
