"""Files as departments send them: CSV (also GB18030), xlsx, old xls, and a zip around one of them.

A writer takes rows and forgets them, so memory stays flat. It counts what a reader will count: every line of the
file, and those that are titles, headers, footers or blank. The same rows give the same bytes.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Protocol

import xlsxwriter
import xlwt

FIXED_TIME = datetime(2020, 1, 1)  # noqa: DTZ001  a workbook's times carry no zone


class Sheet(Protocol):
    """One file being written."""

    @property
    def line(self) -> int:
        """Number of the next row, the first being 1."""

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """Write rows; cells are text, numbers, dates or None."""

    def merge(self, row: int, last_row: int, column: int, last_column: int, text: str) -> None:
        """Write one text over an area (row numbers from 1, columns from 0); areas of a head come in order."""

    def close(self) -> None:
        """Finish the file."""


class CsvSheet:
    """A CSV file; merged cells become a value in their first cell."""

    def __init__(self, path: Path, encoding: str, width: int) -> None:
        self._stream = path.open("w", encoding=encoding, newline="", errors="strict")
        self._writer = csv.writer(self._stream, lineterminator="\r\n")
        self._pending: dict[int, list[str]] = {}
        self._width = width
        self.line = 1

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """Write rows."""
        self._flush()
        counted = _Counted(rows)
        self._writer.writerows(counted)
        self.line += counted.count

    def merge(self, row: int, last_row: int, column: int, last_column: int, text: str) -> None:
        """Write a text over an area."""
        for line in range(row, last_row + 1):
            self._pending.setdefault(line, [""] * self._width)
        self._pending[row][column] = text

    def _flush(self) -> None:
        for line in sorted(self._pending):
            if line != self.line:
                raise ValueError("header rows must be written in order")
            self._writer.writerow(self._pending[line])
            self.line += 1
        self._pending = {}

    def close(self) -> None:
        """Finish the file."""
        self._flush()
        self._stream.close()


class _Counted:
    """Counts rows while they pass."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Any:
        for row in self._rows:
            self.count += 1
            yield row


class XlsxSheet:
    """A workbook with one sheet, written row by row in constant memory."""

    def __init__(self, path: Path, sheet_name: str) -> None:
        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False})
        self._book.set_properties({"created": FIXED_TIME})
        self._sheet = self._book.add_worksheet(sheet_name)
        self._centre = self._book.add_format({"align": "center", "valign": "vcenter", "border": 1})
        self._date = self._book.add_format({"num_format": "yyyy/m/d"})
        self._merged: list[tuple[int, int, int, int, str]] = []
        self.line = 1

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """Write rows."""
        self._flush()
        text, number, day = self._sheet.write_string, self._sheet.write_number, self._date
        line = self.line - 1
        for row in rows:
            for column, cell in enumerate(row):
                if cell.__class__ is str:
                    if cell:
                        text(line, column, cell)
                elif isinstance(cell, date):
                    self._sheet.write_datetime(line, column, datetime.combine(cell, time()), day)
                elif cell is not None:
                    number(line, column, cell)
            line += 1
        self.line = line + 1

    def merge(self, row: int, last_row: int, column: int, last_column: int, text: str) -> None:
        """Write a text over an area."""
        self._merged.append((row, last_row, column, last_column, text))

    def _flush(self) -> None:
        # In constant memory a row must be complete before the next one begins, merged cells included.
        if not self._merged:
            return
        last = max(area[1] for area in self._merged)
        cells = {(row, column): text for row, _, column, _, text in self._merged}
        width = max(area[3] for area in self._merged)
        for row in range(self.line, last + 1):
            for column in range(width + 1):
                if text := cells.get((row, column)):
                    self._sheet.write_string(row - 1, column, text, self._centre)
                else:
                    self._sheet.write_blank(row - 1, column, "", self._centre)
        for row, last_row, column, last_column, _ in self._merged:
            if (row, column) != (last_row, last_column):
                # merge_range() would write the cells again, out of order for constant memory.
                self._sheet.merge.append([row - 1, column, last_row - 1, last_column])
        self._merged = []
        self.line = last + 1

    def close(self) -> None:
        """Finish the file."""
        self._flush()
        self._book.close()


class XlsSheet:
    """An old workbook (BIFF8): at most 65,536 rows, kept in memory."""

    def __init__(self, path: Path, sheet_name: str) -> None:
        self._path = path
        self._book = xlwt.Workbook(encoding="utf-8")
        self._sheet = self._book.add_sheet(sheet_name)
        self._centre = xlwt.easyxf("align: horiz centre, vert centre")
        self._date = xlwt.easyxf(num_format_str="yyyy/m/d")
        self.line = 1

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """Write rows."""
        for row in rows:
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    self._sheet.write(self.line - 1, column, cell, self._date)
                elif cell is not None and cell != "":
                    self._sheet.write(self.line - 1, column, cell)
            self.line += 1

    def merge(self, row: int, last_row: int, column: int, last_column: int, text: str) -> None:
        """Write a text over an area."""
        self._sheet.write_merge(row - 1, last_row - 1, column, last_column, text, self._centre)
        self.line = max(self.line, last_row + 1)

    def close(self) -> None:
        """Finish the file."""
        self._book.save(str(self._path))


class ZippedSheet:
    """Another sheet, put into a zip of its own when it is closed."""

    def __init__(self, path: Path, inner: Sheet, inner_path: Path) -> None:
        self._path, self._inner, self._inner_path = path, inner, inner_path

    @property
    def line(self) -> int:
        """Number of the next row."""
        return self._inner.line

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """Write rows."""
        self._inner.write(rows)

    def merge(self, row: int, last_row: int, column: int, last_column: int, text: str) -> None:
        """Write a text over an area."""
        self._inner.merge(row, last_row, column, last_column, text)

    def close(self) -> None:
        """Finish the file."""
        self._inner.close()
        with zipfile.ZipFile(self._path, "w", zipfile.ZIP_DEFLATED) as archive:
            info = zipfile.ZipInfo(self._inner_path.name, FIXED_TIME.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            with archive.open(info, "w") as target, self._inner_path.open("rb") as source:
                while chunk := source.read(1 << 20):
                    target.write(chunk)
        self._inner_path.unlink()


def open_sheet(path: Path, container: str, encoding: str, width: int, sheet_name: str) -> Sheet:
    """Open a file for writing; `container` is csv, xlsx, xls or zip (a zipped xlsx)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if container == "csv":
        return CsvSheet(path, encoding, width)
    if container == "xlsx":
        return XlsxSheet(path, sheet_name)
    if container == "xls":
        return XlsSheet(path, sheet_name)
    if container == "zip":
        inner_path = path.with_suffix(".xlsx")
        return ZippedSheet(path, XlsxSheet(inner_path, sheet_name), inner_path)
    raise ValueError(f"no such container: {container}")
