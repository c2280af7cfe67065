"""The tables of a returned file, whatever it was saved as: xlsx, xls (.et), ods, or text with commas or tabs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bidui.landing.container import container_of
from bidui.landing.delimited import DELIMITERS, DelimitedPart, encoding_of, head_of
from bidui.landing.file_problem import spread_too_far
from bidui.landing.part import Merged, column_letter
from bidui.landing.size_limit import check_size
from bidui.landing.spread import check_spread
from bidui.landing.workbook import Workbook
from bidui.problem import Problem, ProblemError

ENCODINGS = ("UTF-8", "GB18030")
HEAD_ROWS = 10
# Two hundred thousand rows of a form, more than a county hands out in one file.
MOST_CELLS = 5_000_000
# What so many cells take as the text that a form is written with; and how densely a real one may be packed.
MOST_MB, MOST_RATIO = 512, 250


@dataclass(frozen=True)
class Table:
    """A sheet (None in a text file) and its rows as text; the row at index i is row i + 1 to a person."""

    sheet: str | None
    rows: list[list[str]]


def tables(file: Path) -> Iterator[Table]:
    """Every table of the file, hidden sheets too. Raises ProblemError when it cannot be read."""
    if not file.is_file():
        raise ProblemError(_missing(file))
    kind = container_of(file, file.name)
    check_size(file, file.name, MOST_MB, MOST_RATIO)
    if kind == "csv":
        encoding = encoding_of(file, file.name, ENCODINGS)
        delimiter = max(DELIMITERS, key=lambda one: max(map(len, head_of(file, encoding, one, HEAD_ROWS)), default=0))
        yield Table(None, list(DelimitedPart(file, file.name, file.name, encoding, delimiter).rows()))
    elif kind == "zip":
        raise ProblemError(_zip(file))
    else:
        if kind != "xls":
            check_spread(file, file.name, kind, MOST_CELLS)
        for sheet in Workbook(file, file.name, file.name, kind).sheets:
            # Of xls only the reader knows how far a sheet reaches; the rows as text are several times what it took.
            height, width = sheet.spread
            if height * width > MOST_CELLS:
                raise ProblemError(spread_too_far(file.name, f"A1:{column_letter(width - 1)}{height}"))
            rows = list(sheet.rows())
            _fill_down(rows, sheet.merged)
            yield Table(sheet.sheet, rows)
            sheet.close()


def _fill_down(rows: list[list[str]], merged: tuple[Merged, ...]) -> None:
    """Cells merged over several rows say the same in each of them, as a person sees it; the file keeps the first alone."""
    for (top, left), (bottom, _) in merged:
        for row in rows[top + 1 : bottom + 1]:
            if top < len(rows) and left < len(row) and left < len(rows[top]):
                row[left] = row[left] or rows[top][left]


def _missing(file: Path) -> Problem:
    return Problem(
        code="worklist.missing",
        file=str(file),
        what_zh="没有这个文件",
        what_en="there is no such file",
        fix_zh="检查路径",
        fix_en="check the path",
    )


def _zip(file: Path) -> Problem:
    return Problem(
        code="worklist.zip",
        file=file.name,
        what_zh="这是压缩包",
        what_en="this is an archive",
        fix_zh="解压后交回其中的清单",
        fix_en="unpack it and hand in the lists",
    )
