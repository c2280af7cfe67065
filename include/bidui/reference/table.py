"""A small CSV file of reference data: its rows, each with the number a person sees, and what is wrong with its form."""

from __future__ import annotations

import csv
import hashlib
import io
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from bidui.problem import Problem

ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True)
class Row:
    """One line: its number in the file (the header is 1) and its cells by column, blanks off, '' where empty."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Table:
    """A file that was read: what it is called, its text and hash, its rows, and the problems of its form."""

    name: str
    text: str
    sha256: str
    rows: tuple[Row, ...]
    problems: list[Problem] = field(default_factory=list)


def read_table(path: Path, required: tuple[str, ...], optional: tuple[str, ...]) -> Table:
    """Read a CSV (UTF-8 or GB18030, columns in any order).

    A missing column, a column given twice or a row with more cells than the header is a holding problem; a column
    that nobody asked for is a warning.
    """
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    text = _decode(content)
    if text is None or "\0" in text:
        problem = Problem(
            code="reference_unreadable", file=path.name,
            what_zh="文件不是 UTF-8 或 GB18030 编码的 CSV", what_en="not a CSV in UTF-8 or GB18030",
            fix_zh="另存为 CSV UTF-8", fix_en="save it as CSV UTF-8",
        )
        return Table(path.name, "", digest, (), [problem])
    lines, broken = _numbered(text)
    if broken is not None:
        return Table(path.name, text, digest, (), [_stray_quote(path.name, broken)])
    header = [unicodedata.normalize("NFKC", cell).strip().lower() for cell in (lines[0][1] if lines else [])]
    problems = _header_problems(path.name, header, required, optional)
    if any(problem.severity == "hold" for problem in problems):
        return Table(path.name, text, digest, (), problems)
    rows = []
    for number, cells in lines[1:]:
        if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
            problems.append(
                Problem(
                    code="reference_extra_cells", file=path.name, row=number,
                    what_zh=f"该行有 {len(cells)} 格，表头只有 {len(header)} 列",
                    what_en=f"the row has {len(cells)} cells, the header {len(header)} columns",
                    fix_zh="给含逗号的内容加引号", fix_en="quote what holds a comma",
                )
            )
        elif any(cell.strip() for cell in cells):
            named = zip(header, cells, strict=False)
            rows.append(Row(number, {name: unicodedata.normalize("NFKC", cell).strip() for name, cell in named}))
    return Table(path.name, text, digest, tuple(rows), problems)


def _decode(content: bytes) -> str | None:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _numbered(text: str) -> tuple[list[tuple[int, list[str]]], int | None]:
    """Each row with the number of its first line; and the number of the row that a stray quotation mark breaks, if one does.

    Read leniently, a quotation mark that nobody closes would swallow every row below it.
    """
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    numbered: list[tuple[int, list[str]]] = []
    start = 1
    try:
        for cells in lines:
            numbered.append((start, cells))
            start = lines.line_num + 1
    except csv.Error:
        return numbered, start
    return numbered, None


def _stray_quote(file: str, row: int) -> Problem:
    return Problem(
        code="reference_quote", file=file, row=row,
        what_zh="引号没有成对，其后各行无法读取", what_en="a quotation mark is not paired, so the rows after it cannot be read",
        expected_zh='引号成对包住整格，格内的引号写成 ""', expected_en='quotes in pairs around a whole cell, a quote within it written ""',
        fix_zh="改正或删去该引号", fix_en="correct or remove it",
    )


def _header_problems(
    file: str, header: list[str], required: tuple[str, ...], optional: tuple[str, ...]
) -> list[Problem]:
    missing = [
        Problem(
            code="reference_column_missing", file=file, row=1, column=column,
            what_zh="缺少必需的列", what_en="a required column is missing",
            expected_zh=f"列 {'、'.join(required)}", expected_en=f"the columns {', '.join(required)}",
            found="、".join(filter(None, header)) or None,
            fix_zh="补上该列或改正列名", fix_en="add the column or correct its name",
        )
        for column in required
        if column not in header
    ]
    twice = [
        Problem(
            code="reference_column_twice", file=file, row=1, column=column,
            what_zh="列名出现两次", what_en="the column is there twice",
            fix_zh="删去其中一列", fix_en="remove one of them",
        )
        for column in dict.fromkeys(header)
        if column and header.count(column) > 1
    ]
    known = (*required, *optional)
    unknown = [
        Problem(
            code="reference_column_unknown", severity="warn", file=file, row=1, column=column or None,
            what_zh="不认识的列，未读取", what_en="an unknown column, not read",
            expected_zh=f"列 {'、'.join(known)}", expected_en=f"the columns {', '.join(known)}",
        )
        for column in header
        if column not in known
    ]
    return [*missing, *twice, *unknown]
