"""Find the header among the first rows and match it with the contract's columns.

The contract's row counts are hints. Every row of the top is tried as a header, alone and together with the row above
it (groups merged over sub-headers); the one that matches most columns wins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from bidui.contract import Column, Extract
from bidui.contract.header_text import header_key, without_unit, without_values
from bidui.contract.suggest import nearest
from bidui.landing.part import Merged

# How a header led to its column; smaller is surer.
VIA = ("header", "alias", "unit")


@dataclass(frozen=True)
class Matched:
    """A column of the file that is a column of the contract."""

    position: int
    text: str
    column: Column
    via: str


@dataclass(frozen=True)
class Header:
    """A header found: rows are counted from 1, positions from 0."""

    row: int
    rows: int
    width: int
    matched: tuple[Matched, ...]
    unknown: tuple[tuple[int, str], ...]
    unnamed: tuple[int, ...]
    repeated: tuple[tuple[Column, tuple[int, ...]], ...]
    missing: tuple[Column, ...]
    merged_over: tuple[tuple[int, int], ...] = ()
    cells: tuple[tuple[str, ...], ...] = field(default=(), repr=False)

    @property
    def last_row(self) -> int:
        """The last row of the header."""
        return self.row + self.rows - 1

    @property
    def missing_required(self) -> tuple[Column, ...]:
        """Required columns that no header leads to."""
        return tuple(column for column in self.missing if column.required)

    @property
    def missing_optional(self) -> tuple[Column, ...]:
        """Other columns that no header leads to."""
        return tuple(column for column in self.missing if not column.required)

    def nearest_to(self, column: Column) -> str | None:
        """The unmatched header most like one of the column's, for a message."""
        texts = {header_key(text): text for _, text in self.unknown}
        for wanted in column.headers:
            guess = nearest(header_key(wanted), texts, cutoff=0.45)
            if guess is not None:
                return texts[guess]
        return None


def find_header(head: Sequence[Sequence[str]], extract: Extract, merged: Iterable[Merged] = ()) -> Header | None:
    """The header among the first rows of a table, or None when no row looks like this extract's.

    A header must match at least two columns (one, if the extract has only one).
    """
    merged = tuple(merged)
    candidates: list[tuple[tuple[int, ...], Header]] = []
    for index in range(min(len(head), extract.common.header_search_rows)):
        for rows in (1, 2):
            # Groups are several; one text alone above a header is a title.
            if index + rows > len(head) or (rows == 2 and sum(map(_is_filled, head[index])) < 2):
                continue
            header = _match(head[index : index + rows], index, extract, merged)
            agreed = rows == extract.file.header_rows
            # Of two that match as much, the first; ending in one row, the one with as many rows as agreed.
            candidates.append(((len(header.matched), -header.last_row, agreed), header))
    if not candidates:
        return None
    (matches, *_), best = max(candidates, key=lambda candidate: candidate[0])
    return best if matches >= min(2, len(extract.columns)) else None


def _is_filled(text: str) -> bool:
    return bool(text.strip())


def _match(cells: Sequence[Sequence[str]], index: int, extract: Extract, merged: tuple[Merged, ...]) -> Header:
    width = max((len(row) for row in cells), default=0)
    while width and not any(row[width - 1].strip() for row in cells if len(row) >= width):
        width -= 1
    padded = [[*row[:width], *[""] * (width - len(row))] for row in cells]
    readings = _readings(padded, index, merged)
    matched, repeated = _columns(readings, extract)
    found = {match.column for match in matched}
    # A header that is there twice is told as such, not as a column that nobody agreed on.
    taken = {match.position for match in matched} | {place for _, places in repeated for place in places}
    unknown = tuple(
        (position, without_values(readings[position][0]))
        for position in range(width)
        if position not in taken and readings[position]
    )
    return Header(
        row=index + 1,
        rows=len(cells),
        width=width,
        matched=tuple(sorted(matched, key=lambda match: match.position)),
        unknown=unknown,
        unnamed=tuple(position for position in range(width) if not readings[position]),
        repeated=tuple(repeated),
        missing=tuple(column for column in extract.columns if column not in found),
        merged_over=tuple(
            (first, last)
            for (top, first), (bottom, last) in merged
            if top <= index + len(cells) - 1 <= bottom and last > first and first < width
        ),
        cells=tuple(tuple(row) for row in padded),
    )


def _columns(
    readings: Sequence[tuple[str, ...]], extract: Extract
) -> tuple[list[Matched], list[tuple[Column, tuple[int, ...]]]]:
    """The contract's columns that headers lead to, each by the surest of them; and those that several lead to as surely."""
    lookup = _lookup(extract)
    claims: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for position, forms in enumerate(readings):
        for form in forms:
            hit = lookup.get(header_key(form)) or _by_unit(lookup, form, extract)
            if hit is not None:
                name, rank = hit
                claims[name].append((rank, position, form))
                break
    matched: list[Matched] = []
    repeated: list[tuple[Column, tuple[int, ...]]] = []
    for name, found in claims.items():
        column = extract.by_name[name]
        rank, position, form = min(found)
        matched.append(Matched(position, form, column, VIA[rank]))
        places = tuple(place for other_rank, place, _ in found if other_rank == rank)
        if len(places) > 1:
            repeated.append((column, places))
    return matched, repeated


def _readings(cells: list[list[str]], index: int, merged: tuple[Merged, ...]) -> list[tuple[str, ...]]:
    """What each column's header may be read as, the most telling form first; () when it has none."""
    if len(cells) == 1:
        return [(text.strip(),) if text.strip() else () for text in cells[0]]
    groups, subs = cells
    spans = [(first, last) for (top, first), (bottom, last) in merged if top <= index <= bottom and last > first]
    readings: list[tuple[str, ...]] = []
    group = ""
    pairs = [(own.strip(), sub.strip()) for own, sub in zip(groups, subs, strict=True)]
    for position, (own, sub) in enumerate(pairs):
        if own:
            group = own
        elif not sub or (spans and not any(first <= position <= last for first, last in spans)):
            # Merged cells are known and this column is in none: it stands alone.
            group = ""
        if sub and group:
            readings.append((f"{group}{sub}", f"{group}({sub})", sub))
        elif sub:
            readings.append((sub,))
        elif own:
            readings.append((own,))
        else:
            readings.append(())
    return readings


@lru_cache(maxsize=256)
def _lookup(extract: Extract) -> dict[str, tuple[str, int]]:
    """Header key → column name and rank of the way there."""
    lookup: dict[str, tuple[str, int]] = {}
    for rank, select in enumerate((lambda column: (column.header,), lambda column: column.aliases)):
        for column in extract.columns:
            for text in select(column):
                lookup.setdefault(header_key(text), (column.name, rank))
    by_stem: dict[str, set[str]] = defaultdict(set)
    for column in extract.columns:
        for text in column.headers:
            key = header_key(text)
            stem = without_unit(key, extract.common.header_units)
            if stem != key:
                by_stem[stem].add(column.name)
    for stem, names in by_stem.items():
        if len(names) == 1 and stem not in lookup:
            lookup[stem] = (names.pop(), VIA.index("unit"))
    return lookup


def _by_unit(lookup: dict[str, tuple[str, int]], form: str, extract: Extract) -> tuple[str, int] | None:
    """A header with a unit that the contract does not write."""
    key = header_key(form)
    stem = without_unit(key, extract.common.header_units)
    if stem == key or stem not in lookup:
        return None
    return lookup[stem][0], VIA.index("unit")
