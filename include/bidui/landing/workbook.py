"""Workbooks (.xlsx, .xls) through calamine: every cell as the text a person sees."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import python_calamine

from bidui.landing.cell import as_seen
from bidui.landing.file_problem import damaged, encrypted
from bidui.landing.part import Merged, column_letter
from bidui.problem import ProblemError


class SheetPart:
    """One sheet. The sheet is read when first needed and let go with `close`."""

    encoding: str | None = None
    delimiter: str | None = None
    cut_short = False

    def __init__(self, book: Workbook, name: str, hidden: bool) -> None:
        self.file = book.file
        self.source_name = book.source_name
        self.container = book.container
        self.sheet: str | None = name
        self.hidden = hidden
        self._book = book
        self._name = name

    @cached_property
    def _sheet(self) -> Any:
        return self._book.read(self._name)

    @property
    def is_empty(self) -> bool:
        """Whether no cell of the sheet holds anything."""
        return not any(any(cell.strip() for cell in row) for row in self.rows())

    @property
    def merged(self) -> tuple[Merged, ...]:
        """Merged cells; columns counted from the first used one, as in `rows`."""
        left = self._left
        return tuple(
            ((top, first - left), (bottom, last - left))
            for (top, first), (bottom, last) in self._sheet.merged_cell_ranges or ()
        )

    @property
    def _left(self) -> int:
        """calamine leaves out blank columns on the left (rows above are kept)."""
        return self._sheet.start[1] if self._sheet.start else 0

    @property
    def spread(self) -> tuple[int, int]:
        """How many rows and columns the sheet reaches, whether anything stands in their cells or not."""
        row, column = self._sheet.end or (-1, -1)
        return row + 1, column + 1

    def rows(self) -> Iterator[list[str]]:
        """Rows from the top of the sheet."""
        try:
            for row in self._sheet.iter_rows():
                yield [cell if type(cell) is str else as_seen(cell) for cell in row]
        except python_calamine.CalamineError:
            raise ProblemError(damaged(self.file, self.container)) from None

    def letter(self, position: int) -> str:
        """The column's letter in the spreadsheet."""
        return column_letter(position + self._left)

    def close(self) -> None:
        """Let go of the sheet's cells."""
        self.__dict__.pop("_sheet", None)


class Workbook:
    """A workbook and its worksheets."""

    def __init__(self, path: Path, file: str, source_name: str, container: str) -> None:
        """Open `path`. Raises ProblemError when it is damaged or behind a password."""
        self.file = file
        self.source_name = source_name
        self.container = container
        self._book = self._guarded(python_calamine.load_workbook, str(path))
        self.sheets = tuple(
            SheetPart(self, meta.name, meta.visible != python_calamine.SheetVisibleEnum.Visible)
            for meta in self._book.sheets_metadata
            if meta.typ == python_calamine.SheetTypeEnum.WorkSheet
        )

    def read(self, name: str) -> Any:
        """All cells of one sheet."""
        return self._guarded(self._book.get_sheet_by_name, name)

    def _guarded(self, function: Any, *arguments: Any) -> Any:
        try:
            return function(*arguments)
        except python_calamine.PasswordError:
            raise ProblemError(encrypted(self.file)) from None
        except (python_calamine.CalamineError, OSError, ValueError):
            raise ProblemError(damaged(self.file, self.container)) from None
        except BaseException as error:
            # The reader is Rust: on a cut file it may panic, which is no Exception in Python.
            if type(error).__name__ != "PanicException":
                raise
            raise ProblemError(damaged(self.file, self.container)) from None
