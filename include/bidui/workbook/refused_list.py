"""The list of refused rows that goes back to whoever filled in a form: row, reason, what to do, in both languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path

from bidui.problem import Problem
from bidui.workbook.safe_sheet import Column, open_book

_ABOUT_COLUMNS = frozenset({"form.no_column", "form.column_twice", "form.column_gone"})

RefusedRow = tuple[str | None, int | None, Sequence[str], Sequence[Problem]]
"""Sheet, row number, what the row is about and what was answered, and why it goes back."""


def name_of(file: Path, sha256: str) -> str:
    """The same for the same file, so that a list made anew replaces the one before."""
    return f"{file.stem[:60]}_{sha256[:8]}_退回.xlsx"


def write(
    path: Path, day: dt.date, *, titles: Sequence[str], about: Sequence[Column], rows: Iterable[RefusedRow]
) -> None:
    """Write the list; `about` are the columns for what a row is about and what was answered."""
    columns = [
        Column("工作表\nSheet", 12), Column("行号\nRow", 7, holds="ordinal"), *about, Column("退回原因\nWhy it goes back", 40),
        Column("请您处理\nWhat to do", 36), Column("English", 60),
    ]  # fmt: skip
    with open_book(path, created=day, title="退回的核实结果") as book:
        sheet = book.sheet("退回", columns, titles=titles)
        for name, number, cells, problems in rows:
            sheet.row([
                name, number, *cells, "；".join(_what(problem) for problem in problems),
                "；".join(dict.fromkeys(problem.fix_zh or "" for problem in problems)),
                "; ".join(": ".join(filter(None, (problem.what_en, problem.fix_en))) for problem in problems),
            ])  # fmt: skip


def _what(problem: Problem) -> str:
    """What is wrong, with the columns where they are the point."""
    return f"“{problem.column}”：{problem.what_zh}" if problem.code in _ABOUT_COLUMNS else problem.what_zh
