"""Checking a county's own parameters against what the rules know."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from bidui.contract.suggest import nearest
from bidui.home import dbt_dir
from bidui.problem import Problem
from bidui.reference.division import unknown_division
from bidui.reference.period import Period, close_gaps, overlap_problems, read_period
from bidui.reference.table import Row, Table
from bidui.rule.definition import Title

PARAMETER_COLUMNS = ("rule_id", "parameter", "value")
PARAMETER_OPTIONAL = ("key", "division_code", "valid_from", "valid_to", "unit", "source", "note")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True)
class KnownParameters:
    """Every parameter that a rule or a model reads, by (rule, parameter): whether its value is a number; and those that the
    published catalogue names and nothing can read, with the reason.
    """

    is_number: Mapping[tuple[str, str], bool]
    unread: Mapping[tuple[str, str], Title] = field(default_factory=dict)

    @property
    def rules(self) -> frozenset[str]:
        """The rules (and FIELD, for tolerances of compared fields) that have parameters."""
        return frozenset(rule for rule, _ in self.is_number)

    def names_of(self, rule_id: str) -> list[str]:
        """The parameters of a rule."""
        return sorted(name for rule, name in self.is_number if rule == rule_id)


def known_parameters() -> KnownParameters:
    """Parameters of the shipped defaults and of the rule catalogue."""
    from bidui.rule import catalogue

    is_number: dict[tuple[str, str], bool] = {}
    with (dbt_dir() / "seeds" / "parameter_default.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            name = (row["rule_id"], row["parameter"])
            is_number[name] = is_number.get(name, True) and NUMBER.fullmatch(row["value"]) is not None
    rules = catalogue.load(dbt_dir() / "rules")
    for rule in rules.rules:
        for parameter in rule.parameters.values():
            is_number[parameter.rule_id, parameter.parameter] = parameter.type in ("number", "integer")
    # Read by comparison models; no rule owns it.
    is_number.setdefault(("FIELD", "house_area_tolerance"), True)
    # A village's own population has no default; read by the village exit test.
    is_number.setdefault(("MONITOR", "rural_population"), True)
    return KnownParameters(
        is_number, {(unread.rule_id, unread.parameter): unread.reason for unread in rules.unread_parameters}
    )


def check_parameters(
    table: Table, known: KnownParameters, levels: Mapping[str, str]
) -> tuple[list[tuple[str, ...]], list[Problem]]:
    """Rows for reference.county_parameter (rule, parameter, key, value, division, from, to), and the problems.

    `levels` are the divisions that the warehouse will know.
    """
    problems: list[Problem] = []
    periods: dict[tuple[str, str, str, str], list[tuple[Row, Period]]] = defaultdict(list)
    for row in table.rows:
        unread = known.unread.get((row["rule_id"], row["parameter"]))
        if unread is not None:
            problems.append(_unread(table.name, row, unread))
            continue
        period = read_period(table.name, row, problems)
        found = list(_row_problems(table.name, row, known, levels))
        problems += found
        if not found:
            periods[row["rule_id"], row["parameter"], row["key"], row["division_code"]].append((row, period))
    problems += overlap_problems(table.name, periods.values(), "该参数", "this parameter")
    rows: list[tuple[str, ...]] = [
        (rule_id, parameter, key, row["value"], division, *period.bounds)
        for (rule_id, parameter, key, division), group in periods.items()
        for row, period in close_gaps(group)
    ]
    return rows, problems


def _row_problems(file: str, row: Row, known: KnownParameters, levels: Mapping[str, str]) -> list[Problem]:
    rule_id, name = row["rule_id"], row["parameter"]
    if rule_id not in known.rules:
        return [_unknown(file, row, "rule_id", "没有带参数的这条规则", "no rule of this name has parameters",
                         nearest(rule_id, known.rules))]
    if (rule_id, name) not in known.is_number:
        return [_unknown(file, row, "parameter", f"规则 {rule_id} 没有这个参数", f"rule {rule_id} has no such parameter",
                         nearest(name, known.names_of(rule_id), cutoff=0))]
    problems = []
    if not row["value"]:
        problems.append(
            Problem(
                code="reference_value_empty", file=file, row=row.number, column="value",
                what_zh="参数没有值", what_en="the parameter has no value",
                fix_zh="填写，或删去该行以用默认值", fix_en="fill it, or remove the row to use the default",
            )
        )
    elif known.is_number[rule_id, name] and not NUMBER.fullmatch(row["value"]):
        problems.append(
            Problem(
                code="reference_value_number", file=file, row=row.number, column="value",
                what_zh="参数不是数字", what_en="the parameter is not a number",
                expected_zh="如 0.9 或 1500，不带单位、百分号和千分号",
                expected_en="like 0.9 or 1500, without unit, per cent sign or thousands",
                found=row["value"][:30], fix_zh="改为数字", fix_en="write a number",
            )
        )
    if row["division_code"] and row["division_code"] not in levels:
        problems.append(unknown_division(file, row, "division_code"))
    return problems


def _unread(file: str, row: Row, reason: Title) -> Problem:
    return Problem(
        code="reference_parameter_unread", severity="warn", file=file, row=row.number, column="parameter",
        what_zh=f"没有规则读取这个参数，未载入：{reason.zh}",
        what_en=f"no rule reads this parameter, it is left out: {reason.en}",
        fix_zh="可以删去该行", fix_en="the row may be removed",
    )


def _unknown(file: str, row: Row, column: str, what_zh: str, what_en: str, near: str | None) -> Problem:
    return Problem(
        code="reference_parameter_unknown", file=file, row=row.number, column=column,
        what_zh=what_zh, what_en=what_en, found=row[column][:40] or None,
        fix_zh=f"改为 {near}" if near else "改正名称", fix_en=f"write {near}" if near else "correct the name",
    )
