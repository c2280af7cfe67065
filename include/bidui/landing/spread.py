"""How far the sheets of a packed workbook reach, told from the cells themselves before the reader opens it.

The reader asks for memory for every cell up to the last one and is killed without a word. What a sheet says of its own
reach is no help: some writers say A1 of every sheet, and an ods repeats a cell a million times in one line.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import IO
from xml.parsers import expat

from bidui.landing.container import UNREADABLE
from bidui.landing.file_problem import damaged, spread_too_far
from bidui.landing.part import column_letter
from bidui.problem import ProblemError

# A cell takes the reader 24 bytes, whether anything stands in it or not.
MOST_CELLS = 200_000_000

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_FIRST_CELL = re.compile(rb"""<(?:\w+:)?row\b[^>]*>\s*<(?:\w+:)?c\b[^>]*?\br=["'][A-Z]{1,3}(\d{1,7})["']""")
# Columns up to Z are taken for granted, so that hardly any cell has to be looked at.
_FAR_CELL = re.compile(rb"""\br=["']([A-Z]{2,3})\d""")
_TAKEN_FOR_GRANTED = 26
_BLOCK, _OVERLAP = 1 << 20, 1 << 10

_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "


def check_spread(path: Path, file: str, kind: str, most_cells: int = MOST_CELLS) -> None:
    """Refuse an xlsx or ods (`kind`) with a sheet that reaches over more than `most_cells`. Raises ProblemError."""
    reaches = {"xlsx": _of_xlsx, "ods": _of_ods}[kind]
    try:
        with zipfile.ZipFile(path) as archive:
            for rows, columns in reaches(archive):
                if rows * columns > most_cells:
                    raise ProblemError(spread_too_far(file, f"A1:{column_letter(columns - 1)}{rows}"))
    except (*UNREADABLE, KeyError, expat.ExpatError):
        raise ProblemError(damaged(file, kind)) from None


def _of_xlsx(archive: zipfile.ZipFile) -> Iterator[tuple[int, int]]:
    """Rows and columns of each sheet; at least 26 columns."""
    for name in archive.namelist():
        if _SHEET.fullmatch(name):
            with archive.open(name) as sheet:
                rows, columns = 0, _TAKEN_FOR_GRANTED
                for block in _blocks(sheet):
                    rows = max(rows, *map(int, _FIRST_CELL.findall(block)), 0)
                    columns = max(columns, *map(_number, set(_FAR_CELL.findall(block))), 0)
            yield rows, columns


def _blocks(sheet: IO[bytes]) -> Iterator[bytes]:
    """The sheet in pieces that overlap, so that no row's beginning is cut in two."""
    before = b""
    while block := sheet.read(_BLOCK):
        yield before + block
        before = block[-_OVERLAP:]


def _number(letters: bytes) -> int:
    return reduce(lambda total, letter: 26 * total + letter - 64, letters, 0)


def _of_ods(archive: zipfile.ZipFile) -> Iterator[tuple[int, int]]:
    """Rows and columns of the sheet that reaches over most cells so far, told again with every block."""
    sheets = _OdsSheets()
    with archive.open("content.xml") as content:
        while block := content.read(_BLOCK):
            sheets.parser.Parse(block, False)
            yield sheets.widest
        sheets.parser.Parse(b"", True)


class _OdsSheets:
    """How far the filled cells of each sheet reach; cells and rows that repeat count as often as they do."""

    def __init__(self) -> None:
        self.widest = (0, 0)
        self._row = self._column = self._last = self._columns = 0
        self._times = 1
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == f"{_TABLE}table":
            self._row = self._columns = 0
        elif name == f"{_TABLE}table-row":
            self._column = self._last = 0
            self._times = int(attributes.get(f"{_TABLE}number-rows-repeated", 1))
        elif name in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            self._column += int(attributes.get(f"{_TABLE}number-columns-repeated", 1))
            if f"{_OFFICE}value-type" in attributes:
                self._last = self._column
        elif name == f"{_TEXT}p":
            self._last = self._column

    def _end(self, name: str) -> None:
        if name == f"{_TABLE}table-row":
            self._row += self._times
            self._columns = max(self._columns, self._last)
            if self._last and self._row * self._columns > self.widest[0] * self.widest[1]:
                self.widest = (self._row, self._columns)
