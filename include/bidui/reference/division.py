"""Checking a county's divisions and the other names they go by."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from bidui.problem import Problem
from bidui.reference.period import Period, close_gaps, overlap_problems, read_period
from bidui.reference.table import Row, Table

LEVELS = ("province", "prefecture", "county", "town", "village")
# As a county's own office writes them, with or without 级.
LEVEL_WORDS = {
    word: level
    for level, words in {
        "province": "省 自治区 直辖市",
        "prefecture": "市 地 地区 州 盟 地市 city",
        "county": "县 区 旗 区县 县区 district",
        "town": "乡 镇 乡镇 镇街 街道 township",
        "village": "村 社区 行政村 村社区",
    }.items()
    for word in (level, *words.split())
}
# From the county up the file may begin anywhere: a county's office has no say over what lies above it.
MAY_BE_TOP = ("province", "prefecture", "county")
CODE = re.compile(r"[0-9]{12}")

DIVISION_COLUMNS = ("division_code", "division_level", "name", "parent_code")
ALIAS_COLUMNS = ("alias", "division_code")


def check_divisions(table: Table) -> tuple[list[tuple[str, ...]], dict[str, str], list[Problem]]:
    """Rows for reference.division (code, level, name, parent, from, to), level by code, and the problems.

    A county, prefecture or province whose parent the file does not list becomes the top, with a warning.
    """
    problems: list[Problem] = []
    periods: dict[str, list[tuple[Row, Period]]] = defaultdict(list)
    levels: dict[str, str] = {}
    for row in table.rows:
        period = read_period(table.name, row, problems)
        code, written = row["division_code"], row["division_level"]
        level = LEVEL_WORDS.get(written.lower().removesuffix("级"))
        if not CODE.fullmatch(code):
            problems.append(_code_problem(table.name, row, "division_code"))
            continue
        if level is None:
            problems.append(
                Problem(
                    code="reference_level", file=table.name, row=row.number, column="division_level",
                    what_zh="不认识的区划级别", what_en="an unknown level",
                    expected_zh="、".join(LEVELS), expected_en=", ".join(LEVELS), found=written[:30] or None,
                    fix_zh="改为其中之一", fix_en="use one of them",
                )
            )
            continue
        if not row["name"]:
            problems.append(
                Problem(
                    code="reference_name", file=table.name, row=row.number, column="name",
                    what_zh="区划没有名称", what_en="the division has no name",
                    fix_zh="填写名称", fix_en="give its name",
                )
            )
        if levels.setdefault(code, level) != level:
            problems.append(
                Problem(
                    code="reference_level_changed", file=table.name, row=row.number, column="division_level",
                    what_zh=f"同一代码在别处是 {levels[code]}", what_en=f"the same code is a {levels[code]} elsewhere",
                    fix_zh="改正代码或级别", fix_en="correct the code or the level",
                )
            )
        periods[code].append((row, period))
    problems += overlap_problems(table.name, periods.values(), "该区划", "this division")
    rows: list[tuple[str, ...]] = [
        (code, levels[code], row["name"], _parent(table.name, row, levels, problems) or "", *period.bounds)
        for code, group in periods.items()
        for row, period in close_gaps(group)
    ]
    return rows, levels, problems


def check_aliases(table: Table, levels: Mapping[str, str]) -> tuple[list[tuple[str, ...]], list[Problem]]:
    """Rows for reference.division_alias (alias, code, from, to, note), and the problems.

    `levels` are the divisions that the warehouse will know. One alias may name several divisions: places are resolved
    together with the town above, and what stays ambiguous is not resolved.
    """
    problems: list[Problem] = []
    periods: dict[tuple[str, str], list[tuple[Row, Period]]] = defaultdict(list)
    for row in table.rows:
        period = read_period(table.name, row, problems)
        if not row["alias"]:
            problems.append(
                Problem(
                    code="reference_alias_empty", file=table.name, row=row.number, column="alias",
                    what_zh="没有别名", what_en="the alias is empty", fix_zh="填写或删去该行", fix_en="fill it or remove the row",
                )
            )
        elif not CODE.fullmatch(row["division_code"]):
            problems.append(_code_problem(table.name, row, "division_code"))
        elif row["division_code"] not in levels:
            problems.append(unknown_division(table.name, row, "division_code"))
        else:
            periods[row["alias"], row["division_code"]].append((row, period))
    problems += overlap_problems(table.name, periods.values(), "该别名", "this alias")
    rows: list[tuple[str, ...]] = [
        (alias, code, *period.bounds, row["note"])
        for (alias, code), group in periods.items()
        for row, period in close_gaps(group)
    ]
    return rows, problems


def unknown_division(file: str, row: Row, column: str) -> Problem:
    """The problem of a code that names no division."""
    return Problem(
        code="reference_division_unknown", file=file, row=row.number, column=column,
        what_zh="没有这个区划代码", what_en="there is no division with this code", found=row[column][:30],
        fix_zh="在 divisions.csv 中补充，或改正代码", fix_en="add it to divisions.csv, or correct the code",
    )


def _parent(file: str, row: Row, levels: Mapping[str, str], problems: list[Problem]) -> str | None:
    parent, level = row["parent_code"], levels[row["division_code"]]
    if parent in levels:
        if LEVELS.index(levels[parent]) < LEVELS.index(level):
            return parent
        problems.append(
            Problem(
                code="reference_parent_level", file=file, row=row.number, column="parent_code",
                what_zh=f"上级是 {levels[parent]}，不高于本级 {level}",
                what_en=f"the parent is a {levels[parent]}, which is not above a {level}",
                fix_zh="改正上级代码", fix_en="correct the parent's code",
            )
        )
    elif level not in MAY_BE_TOP:
        problems.append(
            Problem(
                code="reference_parent_missing", file=file, row=row.number, column="parent_code",
                what_zh="文件中没有上级区划", what_en="the parent is not in the file", found=parent[:30] or None,
                fix_zh="补上上级区划，或改正代码", fix_en="add the parent, or correct its code",
            )
        )
    elif parent:
        problems.append(
            Problem(
                code="reference_parent_above", severity="warn", file=file, row=row.number, column="parent_code",
                what_zh="上级不在文件中，该区划作为最高一级", what_en="the parent is not in the file; the division is the top",
                found=parent[:30],
            )
        )
    return None


def _code_problem(file: str, row: Row, column: str) -> Problem:
    return Problem(
        code="reference_code", file=file, row=row.number, column=column,
        what_zh="区划代码格式不对", what_en="not a division code",
        expected_zh="12 位数字", expected_en="12 digits", found=row[column][:30] or None,
        fix_zh="写全 12 位，并以文本保存（不要让表格软件改成科学计数）",
        fix_en="write all 12 digits, and keep them as text (a spreadsheet would round them)",
    )
