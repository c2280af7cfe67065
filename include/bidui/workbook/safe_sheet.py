"""A workbook written row by row, in flat memory whatever its size, in which nothing that came from a file can act.

Every text is a text cell with the text format: an ID number keeps its 18 digits, and `=1+1` stays what somebody typed,
also after the cell is edited. The same rows give the same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from bidui.home import secret
from bidui.workbook.form_sheet import FormSheet
from bidui.workbook.lines import LINE_HEIGHT, MOST_LINES, lines_of
from bidui.workbook.place import replacing

Cell = str | int | float | Decimal | dt.date | bool | None
Mark = Literal["plain", "changed", "muted", "warning"]

SMALL = 2_000
ROWS_OF_A_SHEET = 1_048_576
TEXT_OF_A_CELL = 32_767
CHOICES_LENGTH = 255

_BASE = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#BFBFBF", "font_size": 10}
_MARKS: dict[Mark, dict[str, Any]] = {
    "plain": {},
    "changed": {"bg_color": "#FFF2CC", "bold": True},
    "muted": {"font_color": "#7F7F7F"},
    "warning": {"bg_color": "#FCE4D6", "font_color": "#9C0006"},
}
# `#,##0.##` would leave a dot behind whole numbers in Excel.
_KINDS: dict[str, dict[str, Any]] = {
    "text": {"num_format": "@"},
    "count": {"num_format": "#,##0"},
    "number": {"num_format": "#,##0.00"},
    "ordinal": {"num_format": "0", "align": "center"},
    "date": {"num_format": "yyyy-mm-dd", "align": "left"},
}
# What is typed as 10.16 becomes a day in 1900.
_NO_DAY_BEFORE = dt.date(2000, 1, 1)
_EDITABLE = {"locked": False, "bg_color": "#E2EFDA"}
_HEADER = {
    **_BASE, "bold": True, "bg_color": "#DDEBF7", "align": "center", "valign": "vcenter", "num_format": "@",
}  # fmt: skip
_TITLE = {"bold": True, "font_size": 13, "num_format": "@"}
_SUBTITLE = {"font_size": 10, "num_format": "@"}


@dataclass(frozen=True)
class Column:
    """One column of a sheet.

    `width` is in characters. `editable` cells stay open on a protected sheet; `choices` makes a drop-down of them,
    those of a column that `holds` dates take a day however it is typed and nothing else. What holds ordinals (numbers of
    rows, which people look up) is written without separators.
    A `hidden` column carries what the platform needs back (a key, a checksum) and nobody reads; one that is not
    `printed` is seen on the screen alone. Those that are printed come first.
    """

    header: str
    width: float = 14
    editable: bool = False
    choices: tuple[str, ...] = ()
    hidden: bool = False
    printed: bool = True
    holds: Literal["anything", "date", "ordinal"] = "anything"

    def __post_init__(self) -> None:
        if len(",".join(self.choices)) > CHOICES_LENGTH:
            raise ValueError(f"the choices of {self.header!r} exceed the {CHOICES_LENGTH} characters a workbook allows")


class Sheet:
    """One sheet of a `Book`: titles, a header that stays in sight, rows. A full sheet goes on in `<name> (2)`."""

    def __init__(
        self,
        book: Book,
        name: str,
        columns: Sequence[Column],
        titles: Sequence[str],
        *,
        protected: bool,
        filtered: bool,
        frozen: int,
    ) -> None:
        self._book, self._name, self._columns = book, name, tuple(columns)
        self._titles, self._protected, self._filtered, self._frozen = tuple(titles), protected, filtered, frozen
        self._parts = 0
        self.rows = 0
        self._begin()

    def row(self, cells: Sequence[Cell], marks: Mapping[int, Mark] | None = None) -> None:
        """Write the next row; `marks` colours cells by their position. Dates and numbers stay such, all else is text."""
        if len(cells) != len(self._columns):
            raise ValueError(f"a row of {len(cells)} cells for {len(self._columns)} columns")
        if self._line == ROWS_OF_A_SHEET:
            self.finish()
            self._begin()
        self._set_height(self._line, cells)
        for position, cell in enumerate(cells):
            mark = marks.get(position, "plain") if marks else "plain"
            self._write(position, cell, mark, self._columns[position])
        self._line += 1
        self.rows += 1

    def finish(self) -> None:
        """Close the sheet: the filter and the drop-downs reach exactly to its last row."""
        first, last = self._header_line + 1, max(self._line - 1, self._header_line + 1)
        if self._filtered:
            self._sheet.autofilter(self._header_line, 0, last, len(self._columns) - 1)
        printed = max(position for position, column in enumerate(self._columns) if column.printed and not column.hidden)
        self._sheet.print_area(0, 0, last, printed)
        for position, column in enumerate(self._columns):
            if column.choices:
                self._sheet.data_validation(
                    first, position, last, position,
                    {
                        "validate": "list", "source": list(column.choices), "error_title": column.header[:32],
                        "error_message": "请从列表中选择 · choose from the list",
                    },
                )  # fmt: skip
            if column.holds == "date":
                self._sheet.data_validation(
                    first, position, last, position,
                    {
                        "validate": "date", "criteria": ">=", "value": _NO_DAY_BEFORE, "error_title": column.header[:32],
                        "error_message": "请按 2026-10-16 的形式填写日期 · write a date like 2026-10-16",
                    },
                )  # fmt: skip

    def _begin(self) -> None:
        self._parts += 1
        name = self._name if self._parts == 1 else f"{self._name} ({self._parts})"
        self._sheet = self._book.add_worksheet(name)
        # Widths come before the first row: in constant memory they are written with it.
        for position, column in enumerate(self._columns):
            self._sheet.set_column(position, position, column.width, None, {"hidden": column.hidden})
        for line, title in enumerate(self._titles):
            self._sheet.write_string(line, 0, title, self._book.format(_TITLE if line == 0 else _SUBTITLE))
        self._header_line = len(self._titles)
        self._set_height(self._header_line, [column.header for column in self._columns])
        for position, column in enumerate(self._columns):
            self._sheet.write_string(self._header_line, position, column.header, self._book.format(_HEADER))
        self._line = self._header_line + 1
        self._sheet.freeze_panes(self._line, self._frozen)
        self._sheet.repeat_rows(self._header_line)
        self._sheet.set_landscape()
        self._sheet.set_paper(9)  # A4
        self._sheet.fit_to_pages(1, 0)
        self._sheet.set_margins(left=0.3, right=0.3, top=0.4, bottom=0.5)
        self._sheet.set_footer("&C&P / &N")
        if self._protected:
            self._sheet.protect(
                secret("workbook"),
                # No sorting: a locked sheet would sort the open cells alone, and put each answer to somebody else's row.
                {"format_columns": True, "format_rows": True, "autofilter": True},
            )

    def _set_height(self, line: int, cells: Sequence[Cell]) -> None:
        lines = 1
        for cell, column in zip(cells, self._columns, strict=True):
            # Half the width in characters is what the widest text of one line has.
            if isinstance(cell, str) and (2 * len(cell) > column.width or "\n" in cell) and not column.hidden:
                lines = max(lines, lines_of(cell, column.width))
        if lines > 1:
            self._sheet.set_row(line, LINE_HEIGHT * min(lines, MOST_LINES) + 2)

    def _write(self, position: int, cell: Cell, mark: Mark, column: Column) -> None:
        line, sheet, style, editable = self._line, self._sheet, self._book.cell_format, column.editable
        if cell is None or cell == "":
            sheet.write_blank(line, position, None, style("date" if column.holds == "date" else "text", mark, editable))
        elif isinstance(cell, bool):
            sheet.write_string(line, position, "是" if cell else "否", style("text", mark, editable))
        elif isinstance(cell, str):
            text = cell if len(cell) <= TEXT_OF_A_CELL else cell[: TEXT_OF_A_CELL - 1] + "…"
            sheet.write_string(line, position, text, style("text", mark, editable))
        elif isinstance(cell, dt.date):
            sheet.write_datetime(line, position, cell, style("date", mark, editable))
        else:
            kind = "ordinal" if column.holds == "ordinal" else "count" if cell == int(cell) else "number"
            sheet.write_number(line, position, cell, style(kind, mark, editable))


class _Sink:
    """The file that a workbook is written to. A disk that fills up is told by `close`, and to nobody before.

    The library would be left with a half-written archive, which tries to finish itself when it is collected and prints
    a traceback.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._at = 0
        self._error: OSError | None = None

    def write(self, data: bytes) -> int:
        self._trying(self._file.write, data)
        self._at += len(data)
        return len(data)

    def seek(self, at: int) -> int:
        self._trying(self._file.seek, at)
        self._at = at
        return at

    def tell(self) -> int:
        return self._at

    def flush(self) -> None:
        self._trying(self._file.flush)

    def close(self) -> None:
        """Raises OSError when anything could not be written; what comes after goes nowhere."""
        try:
            self._file.close()
        except OSError as error:
            self._error = self._error or error
        if self._error:
            raise self._error

    def _trying(self, action: Callable[..., Any], *values: Any) -> None:
        if self._error or self._file.closed:
            return
        try:
            action(*values)
        except OSError as error:
            self._error = error


class Book:
    """A workbook under way; made by `open_book`."""

    def __init__(self, path: Path, created: dt.date, title: str, *, is_small: bool) -> None:
        self._sink = _Sink(path)
        self._book = xlsxwriter.Workbook(
            self._sink,
            {
                # Rows go through a temporary file, parts of the archive too: nine files a book, which a small one need not make.
                "in_memory" if is_small else "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        made = dt.datetime.combine(created, dt.time())  # a workbook's times carry no zone
        self._book.set_properties({"title": title, "created": made})
        self._formats: dict[tuple[object, ...], Any] = {}
        self._sheets: list[Sheet | FormSheet] = []

    def sheet(
        self,
        name: str,
        columns: Sequence[Column],
        *,
        titles: Sequence[str] = (),
        protected: bool = False,
        filtered: bool = True,
        frozen: int = 0,
    ) -> Sheet:
        """Begin a sheet; the one before is finished, because memory is kept flat by writing one sheet at a time.

        The first `frozen` columns stay in sight beside those that are filled in.
        """
        sheet = Sheet(self, name, columns, titles, protected=protected, filtered=filtered, frozen=frozen)
        self._follow(sheet)
        return sheet

    def forms(self, name: str, widths: Sequence[float]) -> FormSheet:
        """Begin a sheet of forms to print and fill in by hand; the one before is finished, as with `sheet`."""
        sheet = FormSheet(self, name, widths)
        self._follow(sheet)
        return sheet

    def _follow(self, sheet: Sheet | FormSheet) -> None:
        if self._sheets:
            self._sheets[-1].finish()
        self._sheets.append(sheet)

    def close(self) -> None:
        """Finish the last sheet and write the file."""
        if self._sheets:
            self._sheets[-1].finish()
        try:
            self._book.close()
        except FileCreateError as error:
            # XlsxWriter wraps what the system said; the caller of `replacing` wants the OSError itself.
            cause = error.args[0] if error.args else None
            raise cause if isinstance(cause, OSError) else OSError(str(error)) from error
        finally:
            self._sink.close()

    def add_worksheet(self, name: str) -> Any:
        """A worksheet of the library underneath; the name cut to what a workbook allows."""
        return self._book.add_worksheet(name[:31])

    def format(self, properties: Mapping[str, Any]) -> Any:
        """The format with these properties, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(dict(properties))
        return self._formats[key]

    def cell_format(self, kind: str, mark: Mark, editable: bool) -> Any:
        """The format of a data cell."""
        key = (kind, mark, editable)
        if key not in self._formats:
            properties = {
                **_BASE,
                **_KINDS[kind],
                **(_EDITABLE if editable else {}),
                **_MARKS[mark],
            }
            self._formats[key] = self._book.add_format(properties)
        return self._formats[key]


@contextmanager
def open_book(path: Path, *, created: dt.date, title: str, is_small: bool = False) -> Iterator[Book]:
    """Write a workbook (mode 0600) that appears under its name only when it is whole.

    `is_small`: it has few rows (SMALL at most), and is put together in memory. `created` is the night, so that the same
    night gives the same bytes. Raises ProblemError when the place cannot be written; an exception in the block leaves
    the old file as it was.
    """
    with replacing(path) as beside:
        book = Book(beside, created, title, is_small=is_small)
        try:
            yield book
        finally:
            # Also after an exception: the library removes its temporary files when it closes.
            book.close()
