"""Read the rows of a part under its header: count every row, skip titles, blanks and footers, add up money,
and give the rest as text for COPY. Rows read = rows landed + rows skipped, always."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice

from bidui.contract import Extract
from bidui.landing.amount import sum_amounts
from bidui.landing.header import Header
from bidui.landing.part import Part
from bidui.problem import Problem, ProblemError

# COPY text format with a delimiter that no cell holds: most rows are joined as they are, without quoting.
DELIMITER = "\x1f"
ROWS_PER_CHUNK = 4000
# So many rows of one kind of mistake are named; all are counted.
NAMED_ROWS = 20

_BLANKS = re.compile(r"\s+")
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", DELIMITER: f"\\{DELIMITER}"})


@dataclass
class Total:
    """Control total of one money column, in yuan."""

    total: Decimal = Decimal(0)
    count: int = 0
    unread: int = 0


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
        self._required = [match.position for match in self.header.matched if match.column.required]
        self._footers = tuple(_folded(start) for start in self.extract.footer_starts)
        # Rows whose first cell begins with one of these are looked at closely; all others go straight through.
        self._suspects = frozenset(start[0] for start in self._footers)
        self._header_cells = [list(row) for row in self.header.cells]
        self._header_firsts = frozenset(row[0] for row in self.header.cells if row)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns landed, in the order of the file."""
        return tuple(match.column.name for match in self.header.matched)

    @property
    def rows_skipped(self) -> int:
        """Titles, headers, blanks and footers."""
        return sum(self.skipped.values())

    def chunks(self) -> Iterator[str]:
        """Rows for `copy … (row_no, <names>) from stdin with (format text, delimiter E'\\x1f', null '')`.

        Raises ProblemError at the end (or at once for what makes reading on meaningless) when the file must be held.
        """
        rows = enumerate(self.part.rows(), start=1)
        for _, row in islice(rows, self.header.last_row):
            self.rows_read += 1
            self.skipped["header" if self.rows_read >= self.header.row else "title" if any(row) else "blank"] += 1
        while chunk := self._chunk(rows):
            yield chunk
        self._finish()

    def _chunk(self, rows: Iterator[tuple[int, list[str]]]) -> str:
        """The next rows that land, as one text; empty at the end of the file."""
        width = self.header.width
        suspects = self._suspects
        header_firsts = self._header_firsts
        kept: list[list[str]] = []
        numbers: list[int] = []
        while not kept:
            read = 0
            for number, row in islice(rows, ROWS_PER_CHUNK):
                read += 1
                first = row[0] if row else ""
                if (not first or first[0] in suspects or first in header_firsts or not first[0].isalnum()) and (
                    kind := self._kind(row)
                ):
                    self.skipped[kind] += 1
                    continue
                if len(row) != width:
                    self._fit(number, row, width)
                kept.append(row)
                numbers.append(number)
            self.rows_read += read
            if not read:
                return ""
        self.rows_landed += len(kept)
        return self._text(numbers, kept)

    def _kind(self, row: Sequence[str]) -> str | None:
        """Why a row is skipped, or None for a row that lands."""
        filled = next((cell for cell in row if cell and not cell.isspace()), None)
        if filled is None:
            return "blank"
        padded = [*row[: self.header.width], *[""] * (self.header.width - len(row))]
        if padded in self._header_cells:
            return "header"
        if _folded(filled).startswith(self._footers) and not (
            self._required and all(padded[position].strip() for position in self._required)
        ):
            return "footer"
        return None

    def _fit(self, number: int, row: list[str], width: int) -> None:
        """Give a ragged row the header's width. Values beyond the header hold the file: columns have shifted."""
        if len(row) > width:
            if any(cell.strip() for cell in row[width:]):
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

    def _text(self, numbers: list[int], kept: list[list[str]]) -> str:
        for position in self.header.unnamed:
            if position not in self.unnamed_with_values and any(row[position].strip() for row in kept):
                self.unnamed_with_values.add(position)
        for match in self.header.matched:
            total = self.totals.get(match.column.name)
            if total is not None:
                position = match.position
                amount, count, unread = sum_amounts([row[position] for row in kept])
                total.total += amount
                total.count += count
                total.unread += unread
        positions = [match.position for match in self.header.matched]
        if positions != list(range(self.header.width)):
            kept = [[row[position] for position in positions] for row in kept]
        join = DELIMITER.join
        text = "\n".join([f"{number}{DELIMITER}{join(row)}" for number, row in zip(numbers, kept, strict=True)])
        if "\0" in text:
            self._nul += [
                number for number, row in zip(numbers, kept, strict=True) if any("\0" in cell for cell in row)
            ]
            text = text.replace("\0", "")
        if (
            "\\" in text
            or "\r" in text
            or text.count("\n") != len(kept) - 1
            or text.count(DELIMITER) != len(kept) * len(positions)
        ):
            text = "\n".join(
                f"{number}{DELIMITER}{join([cell.translate(_ESCAPES) for cell in row])}"
                for number, row in zip(numbers, kept, strict=True)
            ).replace("\0", "")
        return text + "\n"

    def _finish(self) -> None:
        """Say what the whole file has shown. Raises ProblemError for what holds it."""
        file, sheet = self.part.file, self.part.sheet
        holding: list[Problem] = []
        if self._nul:
            holding.append(
                Problem(
                    code="text.nul",
                    what_zh=f"有空字符（NUL），共 {len(self._nul)} 行",
                    what_en=f"there are NUL characters, in {len(self._nul)} rows",
                    file=file, sheet=sheet, row=self._nul[0],
                    expected_zh="只含文字和数字的文本",
                    expected_en="text only",
                    found="NUL (0x00)",
                    fix_zh="重新导出；该文件可能在导出或传输时损坏，或是 UTF-16 编码",
                    fix_en="export it again; it was damaged on the way, or is in UTF-16",
                )
            )  # fmt: skip
        if self._wide:
            rows = _listed(self._wide, self._wide_count)
            holding.append(
                Problem(
                    code="row.too_many_fields",
                    what_zh=f"字段比表头多，共 {self._wide_count} 行（{rows}）",
                    what_en=f"more fields than the header, in {self._wide_count} rows ({rows})",
                    file=file, sheet=sheet, row=self._wide[0],
                    expected_zh=f"{self.header.width} 个字段",
                    expected_en=f"{self.header.width} fields",
                    fix_zh="把含分隔符的字段用双引号括起来，或改用 .xlsx 报送",
                    fix_en="put fields that hold the delimiter in double quotes, or send .xlsx",
                )
            )  # fmt: skip
        if self.part.cut_short and self.short_row_count and self._last_short == self.rows_read:
            holding.append(
                Problem(
                    code="file.truncated",
                    what_zh="文件在最后一行中间断开",
                    what_en="the file breaks off in the middle of its last row",
                    file=file, sheet=sheet, row=self.rows_read,
                    expected_zh=f"{self.header.width} 个字段和换行符",
                    expected_en=f"{self.header.width} fields and a line break",
                    fix_zh="重新完整导出并上传",
                    fix_en="export it again and upload all of it",
                )
            )  # fmt: skip
        for position in sorted(self.unnamed_with_values):
            merged = any(first <= position <= last for first, last in self.header.merged_over)
            problem = Problem(
                code="header.merged" if merged else "header.unnamed",
                severity="hold" if merged or self.extract.drift.new_column == "hold" else "warn",
                what_zh="合并的表头单元格下有多列数据" if merged else "有数据的列没有表头",
                what_en="a merged header cell stands over several columns of data" if merged
                else "a column with data has no header",
                file=file, sheet=sheet, row=self.header.last_row, column=self.part.letter(position),
                expected_zh="每列一个表头",
                expected_en="one header for each column",
                fix_zh="取消合并，为每列写上表头" if merged else "补上表头，或删除该列",
                fix_en="unmerge it and give each column its header" if merged else "add the header or remove the column",
            )  # fmt: skip
            (holding if problem.severity == "hold" else self.problems).append(problem)
        if self.short_row_count:
            rows = _listed(self.short_rows, self.short_row_count)
            self.problems.append(
                Problem(
                    code="row.too_few_fields",
                    severity="warn",
                    what_zh=f"字段比表头少，共 {self.short_row_count} 行（{rows}），缺少的按空白处理",
                    what_en=f"fewer fields than the header, in {self.short_row_count} rows ({rows}); taken as blank",
                    file=file, sheet=sheet, row=self.short_rows[0],
                    expected_zh=f"{self.header.width} 个字段",
                    expected_en=f"{self.header.width} fields",
                    fix_zh="检查这些行是否完整",
                    fix_en="check whether these rows are complete",
                )
            )  # fmt: skip
        if holding:
            raise ProblemError([*holding, *self.problems])


def _folded(text: str) -> str:
    """`合  计` and `合计：` begin alike."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text))


def _listed(rows: Sequence[int], count: int) -> str:
    shown = "、".join(str(row) for row in rows[:10])
    return shown + (" …" if count > 10 else "")
