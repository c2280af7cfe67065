"""Reads delivered files the simple way, independently of landing: every row with its number as a person sees it."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from bidui.contract import load_sources

FOOTERS = ("合计", "制表人")


@dataclass(frozen=True)
class Read:
    """A file: all its rows, the data rows by number, and how many rows are none."""

    rows_read: int
    data: dict[int, dict[str, Any]]

    @property
    def rows_skipped(self) -> int:
        return self.rows_read - len(self.data)


def plain(word: Any) -> str:
    return unicodedata.normalize("NFKC", str(word)).replace(" ", "")


@cache
def read(path: Path, extract: str) -> Read:
    """Read a file of an extract: the header is found by the contract's words, over one row or two."""
    rows = _rows(path)
    columns = load_sources().extract(extract).columns
    answers = {plain(form): column.name for column in columns for form in column.headers}
    at = max(range(min(8, len(rows))), key=lambda index: sum(plain(cell) in answers for cell in rows[index]))
    names = []
    for position, cell in enumerate(rows[at]):
        above = rows[at - 1][position] if at else ""
        names.append(answers.get(plain(cell)) or answers.get(plain(above)))
    data = {}
    for index, row in enumerate(rows[at + 1 :], start=at + 2):
        first = next((str(cell) for cell in row if cell not in ("", None)), "")
        if first and not first.startswith(FOOTERS):
            data[index] = {name: cell for name, cell in zip(names, row, strict=False) if name}
    return Read(len(rows), data)


def _rows(path: Path) -> list[list[Any]]:
    if path.suffix == ".csv":
        encodings = ("gb18030", "utf-8") if "health_insurance" in path.parts else ("utf-8",)
        for encoding in encodings:
            try:
                return list(csv.reader(io.StringIO(path.read_bytes().decode(encoding))))
            except UnicodeDecodeError:
                continue
        raise AssertionError(f"{path.name}: no known encoding")
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            book = CalamineWorkbook.from_filelike(io.BytesIO(archive.read(archive.namelist()[0])))
    else:
        book = CalamineWorkbook.from_path(str(path))
    assert len(book.sheet_names) == 1
    return book.get_sheet_by_index(0).to_python(skip_empty_area=False)


def id_no(cell: Any) -> str:
    """The identity number in a cell, as far as spaces, width, apostrophes and case hide it."""
    text = unicodedata.normalize("NFKC", str(cell)).replace(" ", "").lstrip("'").upper()
    return text[:18]


def number(cell: Any) -> float:
    """An amount or count in any of its forms; blank is 0."""
    text = unicodedata.normalize("NFKC", str(cell)).replace(",", "").strip()
    if text in ("", "无", "/", "——", "-", "暂无"):
        return 0.0
    if text.startswith("(") and text.endswith(")"):
        text = "-" + text[1:-1]
    factor = 10_000 if text.endswith("万元") else 1
    return round(float(text.removesuffix("万元").removesuffix("元")) * factor, 2)
