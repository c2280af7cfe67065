"""A file of typed-in figures: one row per figure, in the layout that `bidui audit-figures` takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from bidui.problem import Problem, ProblemError
from bidui.reference.table import Row, Table, read_table

REQUIRED = ("report", "indicator_en", "period", "value")
OPTIONAL = ("section", "indicator_zh", "unit", "is_total", "parent_indicator", "percent_stated", "division_code")
# Plain or with thousands set off; nothing that a database would round.
NUMBER = re.compile(r"-?(\d{1,15}|\d{1,3}(,\d{3}){1,4})(\.\d{1,6})?")
YES, NO = frozenset({"1", "true", "yes", "是"}), frozenset({"", "0", "false", "no", "否"})
DIVISION = re.compile(r"\d{12}")


@dataclass(frozen=True)
class Figure:
    """One typed-in figure. `value` is None and `is_readable` false where a number holds text."""

    row_no: int
    report: str
    section: str
    indicator_zh: str
    indicator: str
    period: str
    unit: str
    value: Decimal | None
    is_total: bool
    parent_indicator: str | None
    percent_stated: Decimal | None
    division_code: str | None
    is_readable: bool


@dataclass(frozen=True)
class FigureFile:
    """What a file holds, and what is wrong with single rows of it."""

    name: str
    sha256: str
    figures: tuple[Figure, ...]
    problems: tuple[Problem, ...]

    @property
    def reports(self) -> list[str]:
        """The reports that the file speaks of."""
        return sorted({figure.report for figure in self.figures})


def read_figures(path: Path) -> FigureFile:
    """Read a CSV of typed-in figures (UTF-8 or GB18030, columns in any order).

    A number that holds text keeps its row, without the number: checks that need it say so, the others are made. A row
    that names no report or indicator, or says a figure again, is left out. Each is a problem that names its row.
    Raises ProblemError when the file as a whole cannot be used.
    """
    if not path.is_file():
        raise ProblemError(
            Problem(
                code="figure_file_missing", file=str(path),
                what_zh="没有这个文件", what_en="there is no such file",
                fix_zh="检查路径", fix_en="check the path",
            )
        )
    table = read_table(path, REQUIRED, OPTIONAL)
    if not table.rows:
        holding = [problem for problem in table.problems if problem.severity == "hold"]
        raise ProblemError(holding or _empty(table.name))
    figures: dict[tuple[str, str, str], Figure] = {}
    problems = list(table.problems)
    for row in table.rows:
        figure, found = _figure(table, row)
        problems += found
        if figure is None:
            continue
        key = (figure.report, figure.indicator, figure.period)
        if key in figures:
            problems.append(_said_twice(table.name, row.number, figures[key].row_no))
        else:
            figures[key] = figure
    return FigureFile(table.name, table.sha256, tuple(figures.values()), tuple(problems))


def _figure(table: Table, row: Row) -> tuple[Figure | None, list[Problem]]:
    missing = [column for column in ("report", "indicator_en") if not row[column]]
    if missing:
        return None, [_unnamed(table.name, row.number, column) for column in missing]
    problems = list(_text_in_numbers(table.name, row))
    if row["division_code"] and not DIVISION.fullmatch(row["division_code"]):
        problems.append(_no_division(table.name, row.number))
    figure = Figure(
        row_no=row.number,
        report=row["report"],
        section=row["section"],
        indicator_zh=row["indicator_zh"],
        indicator=row["indicator_en"],
        period=row["period"],
        unit=row["unit"],
        value=_number(row["value"]),
        is_total=row["is_total"].lower() in YES,
        parent_indicator=row["parent_indicator"] or None,
        percent_stated=_number(row["percent_stated"].removesuffix("%")),
        division_code=row["division_code"] if DIVISION.fullmatch(row["division_code"]) else None,
        is_readable=not any(problem.code == "figure_text_in_number" for problem in problems),
    )
    return figure, problems


def _number(text: str) -> Decimal | None:
    return Decimal(text.replace(",", "")) if NUMBER.fullmatch(text) else None


def _text_in_numbers(file: str, row: Row) -> Iterator[Problem]:
    wrong = [
        column
        for column, text in (("value", row["value"]), ("percent_stated", row["percent_stated"].removesuffix("%")))
        if not NUMBER.fullmatch(text) and (text or column == "value")
    ]
    if row["is_total"].lower() not in YES | NO:
        wrong.append("is_total")
    for column in wrong:
        yield Problem(
            code="figure_text_in_number", severity="warn", file=file, row=row.number, column=column,
            what_zh="数字栏中是文字或空白，依赖该行的核对不作判断，其余照常核对",
            what_en="text or a blank where a number belongs; checks that need this row are not judged, the others are made",
            expected_zh="0 或 1" if column == "is_total" else "数字，如 1234、1,234、41.84",
            expected_en="0 or 1" if column == "is_total" else "a number such as 1234, 1,234 or 41.84",
            fix_zh="改为数字后重新载入", fix_en="write the number and load the file again",
        )


def _unnamed(file: str, row: int, column: str) -> Problem:
    return Problem(
        code="figure_unnamed", severity="warn", file=file, row=row, column=column,
        what_zh="必填项为空，该行未载入", what_en="empty, though required; the row is left out",
        fix_zh="补上后重新载入", fix_en="fill it in and load the file again",
    )


def _said_twice(file: str, row: int, first: int) -> Problem:
    return Problem(
        code="figure_said_twice", severity="warn", file=file, row=row,
        what_zh=f"同一报告、指标、时期已在第 {first} 行填报，该行未载入",
        what_en=f"row {first} gives the same report, indicator and period; this row is left out",
        fix_zh="删去其一，或写明各自的时期", fix_en="delete one of them, or tell their periods apart",
    )


def _no_division(file: str, row: int) -> Problem:
    return Problem(
        code="figure_division", severity="warn", file=file, row=row, column="division_code",
        what_zh="不是12位区划代码，该行不与数据库核对", what_en="not a 12-digit code; the row is not held against the warehouse",
        fix_zh="写12位代码", fix_en="write the code with 12 digits",
    )


def _empty(file: str) -> Problem:
    return Problem(
        code="figure_nothing", file=file,
        what_zh="文件中没有填报数", what_en="the file holds no figures",
        expected_zh=f"表头 {'、'.join(REQUIRED)}，其后每行一个数字",
        expected_en=f"a header with {', '.join(REQUIRED)}, then one row per figure",
        fix_zh="补上后重试", fix_en="fill it in and try again",
    )
