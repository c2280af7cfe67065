"""Read the rows of a part under its header: count every row, skip titles, blanks and footers, add up money,
and give the rest as text for COPY. Rows read = rows landed + rows skipped, always."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice

from bidui.contract import Extract
from bidui.contract.header_text import header_key
from bidui.landing.amount import sum_amounts
from bidui.landing.delimited import Block, DelimitedPart
from bidui.landing.header import Header
from bidui.landing.part import Part
from bidui.landing.plain import PlainRows
from bidui.problem import Problem, ProblemError

# COPY's text format. Plain lines go through as they are, under the file's own delimiter; where that cannot be, rows
# are joined with one that hardly any cell holds, so that they need no escaping.
_UNUSUAL = "\x1f"
# Not "|": it is also the second byte of some characters in GB18030.
_COPY_DELIMITERS = frozenset(",\t;")
_SERVER_ENCODING = {"utf-8": "UTF8", "utf-8-sig": "UTF8", "gb18030": "GB18030"}
ROWS_PER_CHUNK = 4000
# So many rows of one kind of mistake are named; all are counted.
NAMED_ROWS = 20

# Blanks of all kinds, marks without width, and the end-of-file sign of DOS.
_INVISIBLE = " \t\r\n\v\f\x00\x1a\x1c\x1d\x1e\x1f\x85\xa0\u2000\u2002\u2003\u2009\u200b\u200c\u200d\u2028\u2029\u202f\u3000\ufeff"
_BLANKS = re.compile(r"\s+")
# After a footer's beginning: nothing more, or what it introduces (制表人：…). No village or person is called so.
_FOOTER_ONLY = re.compile(r"人?(:.*)?", re.DOTALL)


@dataclass(frozen=True)
class Chunk:
    """Rows for COPY in its text format. `first_row`: they are all the rows from that number on, without their numbers;
    None: each row begins with its number."""

    data: bytes
    rows: int
    first_row: int | None = None

    def goes_on_after(self, earlier: Chunk) -> bool:
        """Whether one COPY can take both."""
        if self.first_row is None or earlier.first_row is None:
            return self.first_row is earlier.first_row
        return self.first_row == earlier.first_row + earlier.rows


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
    """One part being read. Counts are complete once `chunks` has been read to its end."""

    extract: Extract
    part: Part
    header: Header
    rows_read: int = 0
    rows_landed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    totals: dict[str, Total] = field(default_factory=dict)
    short_rows: list[int] = field(default_factory=list)
    short_row_count: int = 0
    unnamed_with_values: set[int] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Prepare positions, footers and totals."""
        self.totals = {name: Total() for name in self.extract.control_totals if name in self.names}
        self._wide: list[int] = []
        self._wide_count = 0
        self._last_short = 0
        self._nul: list[int] = []
        self._positions = [match.position for match in self.header.matched]
        self._required = [match.position for match in self.header.matched if match.column.required]
        self._money = {
            match.position: self.totals[match.column.name]
            for match in self.header.matched
            if match.column.name in self.totals
        }
        self._nulls = frozenset(self.extract.common.null_tokens)
        self._footers = tuple(_folded(start) for start in self.extract.footer_starts)
        self._header_cells = [list(row) for row in self.header.cells]
        self._header_keys = {match.position: header_key(match.text) for match in self.header.matched}
        # Rows that begin with one of these characters are looked at closely; all others go straight through.
        starts = [start for start in (*self._footers, *(row[0] for row in self.header.cells)) if start]
        self._suspects = frozenset(start[0] for start in starts)
        codec = (self.part.encoding or "utf-8").removesuffix("-sig")
        self.codec = codec
        self._raw_suspects = tuple(start[0].encode(codec) for start in starts)
        separator = self.part.delimiter
        self.delimiter = separator if separator in _COPY_DELIMITERS else _UNUSUAL
        self._escapes = str.maketrans(
            {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\0": "", self.delimiter: f"\\{self.delimiter}"}
        )

    @property
    def server_encoding(self) -> str:
        """What PostgreSQL calls the encoding of `chunks`."""
        return _SERVER_ENCODING[self.codec]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns landed, in the order of the file."""
        return tuple(match.column.name for match in self.header.matched)

    @property
    def rows_skipped(self) -> int:
        """Titles, headers, blanks and footers."""
        return sum(self.skipped.values())

    def chunks(self) -> Iterator[Chunk]:
        """Rows for `copy … ([row_no,] <names>) from stdin`: text format, `delimiter`, null '', `server_encoding`.

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
            or self.delimiter != self.part.delimiter
        ):
            return None
        plain = PlainRows.of(block.raw, self.codec, self.delimiter, width, self._raw_suspects)
        if plain is None:
            return None
        amounts = {position: plain.column(position) for position in self._money}
        if None in amounts.values():
            return None
        for position, cells in amounts.items():
            # Cells that are no text are the server's to refuse, and hold the file.
            texts = Counter({cell.decode(self.codec, errors="replace"): n for cell, n in (cells or {}).items()})
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

    def _row_by_row(self, rows: Iterable[tuple[int, list[str]]]) -> Chunk:
        kept = list(self._kept(rows))
        self.rows_landed += len(kept)
        return Chunk(self._text(kept).encode(self.codec) if kept else b"", len(kept))

    def _kept(self, rows: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
        """Look at each row: skip it, or give it the header's width and let it land."""
        last_header_row, width, suspects = self.header.last_row, self.header.width, self._suspects
        for number, row in rows:
            self.rows_read += 1
            if number <= last_header_row:
                self.skipped["header" if number >= self.header.row else "title" if _filled(row) else "blank"] += 1
                continue
            first = row[0] if row else ""
            if (not first or first[0] in suspects or not first[0].isalnum()) and (kind := self._kind(row)):
                self.skipped[kind] += 1
                continue
            if len(row) != width:
                self._fit(number, row, width)
            yield number, row

    def _kind(self, row: Sequence[str]) -> str | None:
        """Why a row is skipped, or None for a row that lands."""
        filled = _filled(row)
        if not filled:
            return "blank"
        padded = [*row[: self.header.width], *[""] * (self.header.width - len(row))]
        if padded in self._header_cells or all(header_key(padded[p]) == key for p, key in self._header_keys.items()):
            return "header"
        folded = _folded(filled)
        if folded.startswith(self._footers):
            if any(_FOOTER_ONLY.fullmatch(folded, len(start)) for start in self._footers if folded.startswith(start)):
                return "footer"
            # A village may be called like a footer: a row with every required value is data all the same.
            others = [padded[position].strip() for position in self._required if padded[position] != filled]
            if not others or not all(others):
                return "footer"
        return None

    def _fit(self, number: int, row: list[str], width: int) -> None:
        """Give a row the header's width.

        In text, values beyond the header mean that columns have shifted: that holds the file. In a sheet they are
        notes beside the table.
        """
        if len(row) > width:
            beyond = [position for position in range(width, len(row)) if row[position].strip()]
            if beyond and self.part.container != "csv":
                self.unnamed_with_values.update(beyond)
            elif beyond:
                self._wide_count += 1
                if len(self._wide) < NAMED_ROWS:
                    self._wide.append(number)
            del row[width:]
        else:
            self.short_row_count += 1
            if len(self.short_rows) < NAMED_ROWS:
                self.short_rows.append(number)
            self._last_short = number
            row.extend([""] * (width - len(row)))

    def _text(self, kept: list[tuple[int, list[str]]]) -> str:
        for position in self.header.unnamed:
            if position not in self.unnamed_with_values and any(row[position].strip() for _, row in kept):
                self.unnamed_with_values.add(position)
        for position, total in self._money.items():
            total.add(Counter(row[position] for _, row in kept), self._nulls)
        positions, delimiter, join = self._positions, self.delimiter, self.delimiter.join
        if len(positions) != self.header.width:
            kept = [(number, [row[position] for position in positions]) for number, row in kept]
        text = "\n".join([f"{number}{delimiter}{join(row)}" for number, row in kept])
        if "\0" in text:
            self._nul += [number for number, row in kept if any("\0" in cell for cell in row)]
        if (
            "\\" in text
            or "\0" in text
            or "\r" in text
            or text.count("\n") != len(kept) - 1
            or text.count(delimiter) != len(kept) * len(positions)
        ):
            text = "\n".join(
                f"{number}{delimiter}{join([cell.translate(self._escapes) for cell in row])}" for number, row in kept
            )
        return text + "\n"

    def _finish(self) -> None:
        """Say what the whole file has shown. Raises ProblemError for what holds it."""
        found: list[Problem] = []
        if self._nul:
            found.append(self._nul_characters())
        if self._wide:
            found.append(self._too_many_fields())
        if self.part.cut_short and self.short_row_count and self._last_short == self.rows_read:
            found.append(self._truncated())
        found += map(self._without_header, sorted(self.unnamed_with_values))
        if self.short_row_count:
            found.append(self._too_few_fields())
        holding = [problem for problem in found if problem.severity == "hold"]
        self.problems += [problem for problem in found if problem.severity != "hold"]
        if holding:
            raise ProblemError([*holding, *self.problems])

    def _nul_characters(self) -> Problem:
        return Problem(
            code="text.nul",
            what_zh=f"有空字符（NUL），共 {len(self._nul)} 行",
            what_en=f"there are NUL characters, in {len(self._nul)} rows",
            file=self.part.file, sheet=self.part.sheet, row=self._nul[0],
            expected_zh="只含文字和数字的文本",
            expected_en="text only",
            found="NUL (0x00)",
            fix_zh="重新导出；该文件可能在导出或传输时损坏，或是 UTF-16 编码",
            fix_en="export it again; it was damaged on the way, or is in UTF-16",
        )  # fmt: skip

    def _too_many_fields(self) -> Problem:
        rows = _listed(self._wide, self._wide_count)
        return Problem(
            code="row.too_many_fields",
            what_zh=f"字段比表头多，共 {self._wide_count} 行（{rows}）",
            what_en=f"more fields than the header, in {self._wide_count} rows ({rows})",
            file=self.part.file, sheet=self.part.sheet, row=self._wide[0],
            expected_zh=f"{self.header.width} 个字段",
            expected_en=f"{self.header.width} fields",
            fix_zh="把含分隔符的字段用双引号括起来，或改用 .xlsx 报送",
            fix_en="put fields that hold the delimiter in double quotes, or send .xlsx",
        )  # fmt: skip

    def _truncated(self) -> Problem:
        return Problem(
            code="file.truncated",
            what_zh="文件在最后一行中间断开",
            what_en="the file breaks off in the middle of its last row",
            file=self.part.file, sheet=self.part.sheet, row=self.rows_read,
            expected_zh=f"{self.header.width} 个字段和换行符",
            expected_en=f"{self.header.width} fields and a line break",
            fix_zh="重新完整导出并上传",
            fix_en="export it again and upload all of it",
        )  # fmt: skip

    def _without_header(self, position: int) -> Problem:
        merged = any(first <= position <= last for first, last in self.header.merged_over)
        return Problem(
            code="header.merged" if merged else "header.unnamed",
            severity="hold" if merged or self.extract.drift.new_column == "hold" else "warn",
            what_zh="合并的表头单元格下有多列数据" if merged else "有数据的列没有表头",
            what_en="a merged header cell stands over several columns of data" if merged
            else "a column with data has no header",
            file=self.part.file, sheet=self.part.sheet, row=self.header.last_row, column=self.part.letter(position),
            expected_zh="每列一个表头",
            expected_en="one header for each column",
            fix_zh="取消合并，为每列写上表头" if merged else "补上表头，或删除该列",
            fix_en="unmerge it and give each column its header" if merged else "add the header or remove the column",
        )  # fmt: skip

    def _too_few_fields(self) -> Problem:
        rows = _listed(self.short_rows, self.short_row_count)
        return Problem(
            code="row.too_few_fields",
            severity="warn",
            what_zh=f"字段比表头少，共 {self.short_row_count} 行（{rows}），缺少的按空白处理",
            what_en=f"fewer fields than the header, in {self.short_row_count} rows ({rows}); taken as blank",
            file=self.part.file, sheet=self.part.sheet, row=self.short_rows[0],
            expected_zh=f"{self.header.width} 个字段",
            expected_en=f"{self.header.width} fields",
            fix_zh="检查这些行是否完整",
            fix_en="check whether these rows are complete",
        )  # fmt: skip


def _folded(text: str) -> str:
    """`合  计` and `合计：` begin alike."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text))


def _filled(row: Sequence[str]) -> str:
    """The first cell that holds something, or an empty text."""
    return next((cell for cell in row if cell and cell.strip(_INVISIBLE)), "")


def _listed(rows: Sequence[int], count: int) -> str:
    shown = "、".join(str(row) for row in rows[:10])
    return shown + (" …" if count > 10 else "")
