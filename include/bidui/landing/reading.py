"""Read the rows of a part under its header: count every row, skip titles, blanks and footers, add up money,
and give the rest as text for COPY. Rows read = rows landed + rows skipped, always."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice

from bidui.contract import Extract
from bidui.landing.amount import sum_amounts
from bidui.landing.copy_format import Chunk, CopyFormat, NumberedRow
from bidui.landing.delimited import Block, DelimitedPart
from bidui.landing.header import Header
from bidui.landing.part import Part
from bidui.landing.plain import PlainRows
from bidui.landing.row_flaw import RowFlaws
from bidui.landing.row_kind import RowKinds
from bidui.problem import Problem, ProblemError

ROWS_PER_CHUNK = 4000


@dataclass
class Total:
    """Control total of one money column, in yuan."""

    total: Decimal = Decimal(0)
    count: int = 0
    unread: int = 0

    def add(self, texts: Counter[str], nulls: frozenset[str]) -> None:
        """Add the cells of some rows, each text with how often it is there."""
        amount, count, unread = sum_amounts(texts, nulls)
        self.total += amount
        self.count += count
        self.unread += unread


@dataclass
class Reading:
    """One part being read. Counts and `flaws` are complete once `chunks` has been read to its end."""

    extract: Extract
    part: Part
    header: Header
    rows_read: int = 0
    rows_landed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    totals: dict[str, Total] = field(default_factory=dict)
    flaws: RowFlaws = field(default_factory=RowFlaws)
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Prepare what is asked of every row."""
        matched = self.header.matched
        self.copy = CopyFormat(self.part.encoding, self.part.delimiter)
        self.totals = {name: Total() for name in self.extract.control_totals if name in self.names}
        self._money = {m.position: self.totals[m.column.name] for m in matched if m.column.name in self.totals}
        self._nulls = frozenset(self.extract.common.null_tokens)
        self._positions = [match.position for match in matched]
        self._kinds = RowKinds(self.extract, self.header)
        self._raw_suspects = tuple(start[0].encode(self.copy.codec) for start in self._kinds.starts)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns landed, in the order of the file."""
        return tuple(match.column.name for match in self.header.matched)

    @property
    def rows_skipped(self) -> int:
        """Titles, headers, blanks and footers."""
        return sum(self.skipped.values())

    def chunks(self) -> Iterator[Chunk]:
        """Rows for `copy … ([row_no,] <names>) from stdin`, in the format `copy`.

        Raises ProblemError at the end (or at once for what makes reading on meaningless) when the file must be held.
        """
        if isinstance(self.part, DelimitedPart):
            for block in self.part.blocks():
                chunk = self._as_it_is(block)
                if chunk is None:
                    chunk = self._row_by_row(enumerate(self.part.fields(block), start=block.first_row))
                yield chunk
        else:
            rows = enumerate(self.part.rows(), start=1)
            while some := list(islice(rows, ROWS_PER_CHUNK)):
                yield self._row_by_row(some)
        self._finish()

    def _as_it_is(self, block: Block) -> Chunk | None:
        """A block whose lines are all plain rows of the contract's columns: passed on, not even decoded.

        None when anything in it wants a closer look. This is what keeps landing within reach of a bare COPY.
        """
        width = self.header.width
        if (
            block.text is not None
            or block.first_row <= self.header.last_row
            or len(self._positions) != width
            or self.copy.delimiter != self.part.delimiter
        ):
            return None
        codec = self.copy.codec
        plain = PlainRows.of(block.raw, codec, self.copy.delimiter, width, self._raw_suspects)
        if plain is None:
            return None
        amounts = {position: plain.column(position) for position in self._money}
        if None in amounts.values():
            return None
        for position, cells in amounts.items():
            # Cells that are no text are the server's to refuse, and hold the file.
            texts = Counter({cell.decode(codec, errors="replace"): n for cell, n in (cells or {}).items()})
            self._money[position].add(texts, self._nulls)
        self.rows_read += len(plain)
        self.rows_landed += len(plain)
        return Chunk(block.raw, len(plain), block.first_row)

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Rows that land, one by one: number and cells by column name. For looking at; nothing is counted twice
        only if this is a reading of its own."""
        names = list(zip(self.names, self._positions, strict=True))
        for number, row in self._kept(enumerate(self.part.rows(), start=1)):
            yield number, {name: row[position] for name, position in names}

    def _row_by_row(self, rows: Iterable[NumberedRow]) -> Chunk:
        kept = list(self._kept(rows))
        self.rows_landed += len(kept)
        return Chunk(self._text(kept).encode(self.copy.codec) if kept else b"", len(kept))

    def _kept(self, rows: Iterable[NumberedRow]) -> Iterator[NumberedRow]:
        """Look at each row: skip it, or give it the header's width and let it land."""
        last_header_row, width, suspects = self.header.last_row, self.header.width, self._kinds.suspects
        for number, row in rows:
            self.rows_read += 1
            if number <= last_header_row:
                self.skipped[self._kinds.above(number, row)] += 1
                continue
            first = row[0] if row else ""
            if (not first or first[0] in suspects or not first[0].isalnum()) and (kind := self._kinds.of(row)):
                self.skipped[kind] += 1
                continue
            if len(row) != width:
                self._fit(number, row, width)
            yield number, row

    def _fit(self, number: int, row: list[str], width: int) -> None:
        """Give a row the header's width.

        In text, values beyond the header mean that columns have shifted: that holds the file. In a sheet they are
        notes beside the table.
        """
        if len(row) > width:
            beyond = [position for position in range(width, len(row)) if row[position].strip()]
            if beyond and self.part.container != "csv":
                self.flaws.unnamed_with_values.update(beyond)
            elif beyond:
                self.flaws.wide.add(number)
            del row[width:]
        else:
            self.flaws.short.add(number)
            row.extend([""] * (width - len(row)))

    def _text(self, kept: list[NumberedRow]) -> str:
        """Rows that land as lines for COPY; money is added up on the way."""
        unnamed = self.flaws.unnamed_with_values
        unnamed.update(p for p in self.header.unnamed if p not in unnamed and any(row[p].strip() for _, row in kept))
        for position, total in self._money.items():
            total.add(Counter(row[position] for _, row in kept), self._nulls)
        if len(self._positions) != self.header.width:
            kept = [(number, [row[position] for position in self._positions]) for number, row in kept]
        text = self.copy.joined(kept)
        if not self.copy.is_plain(text, len(kept), len(self._positions)):
            if "\0" in text:
                for number, row in kept:
                    if any("\0" in cell for cell in row):
                        self.flaws.nul.add(number)
            text = self.copy.escaped(kept)
        return text + "\n"

    def _finish(self) -> None:
        """Say what the whole file has shown. Raises ProblemError for what holds it."""
        found = list(self.flaws.problems(self.extract, self.part, self.header, self.rows_read))
        holding = [problem for problem in found if problem.severity == "hold"]
        self.problems += [problem for problem in found if problem.severity != "hold"]
        if holding:
            raise ProblemError([*holding, *self.problems])
