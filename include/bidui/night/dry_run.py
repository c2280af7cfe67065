"""What a new or changed rule, or a changed parameter, would do to the findings of the night whose facts stand built.

Nothing is written: the rules are compiled as a night compiles them, run over the fact tables, and laid beside the
findings of that night. Only counts come out, never a name or a number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2.extensions
from psycopg2 import sql

from bidui.home import dbt_dir
from bidui.night.published import not_published
from bidui.problem import Problem, ProblemError
from bidui.reference.parameter import PARAMETER_COLUMNS, PARAMETER_OPTIONAL, check_parameters, known_parameters
from bidui.reference.table import read_table
from bidui.rule.binding import compile_night
from bidui.rule.catalogue import Catalogue, load
from bidui.rule.compiled import BindError, BoundRule, attempt, failed_on_data, refusal, relation
from bidui.rule.parameter import ParameterRow, Parameters
from bidui.rule.problem import RuleProblem
from bidui.warehouse.query import query

# By kind of subject, the fact table that has a row of every one of them.
_SUBJECTS = {"person": "mart_comparison.fact_person", "household": "mart_comparison.fact_household"}


@dataclass(frozen=True)
class Count:
    """Findings of one rule in one division, against those standing: `kept` stand because they cannot be compared."""

    division_code: str
    name: str
    new: int
    gone: int
    same: int
    kept: int


@dataclass(frozen=True)
class Trial:
    """One rule tried: `silent` names the lists that are not in force, without which it changes nothing."""

    rule_id: str
    title: str
    version: str
    counts: tuple[Count, ...]
    silent: tuple[str, ...] = ()

    def total(self, what: str) -> int:
        """How many findings are new, gone, same or kept over all divisions."""
        return sum(getattr(count, what) for count in self.counts)


@dataclass
class DryRun:
    """The night that was looked at, the rules tried, and the rules refused with their place."""

    as_of: dt.date
    trials: list[Trial] = field(default_factory=list)
    refused: list[RuleProblem] = field(default_factory=list)


def dry_run(
    connection: psycopg2.extensions.connection,
    *,
    file: Path | None = None,
    rules: Collection[str] = (),
    as_of: dt.date | None = None,
    parameters: Path | None = None,
    folder: Path | None = None,
) -> DryRun:
    """Try the rules of a file (they stand in for the catalogue's of the same id) and the catalogue's own `rules`.

    `parameters` is a parameters.csv tried in place of the county's own. The connection should be read-only. Raises
    ProblemError when the facts that stand built are of another night than `as_of`, or a rule is not in the catalogue;
    a rule that cannot run is told in `refused`.
    """
    night = _night_of_facts(connection, as_of)
    catalogue = load(folder or dbt_dir() / "rules", file)
    wanted = set(rules) | ({rule.id for rule in catalogue.rules if rule.file == file.name} if file else set())
    known = {rule.id for rule in catalogue.rules} | {found.rule_id for found in catalogue.problems}
    if unknown := sorted(set(rules) - known):
        raise ProblemError([_unknown_rule(rule_id) for rule_id in unknown])
    tried = Catalogue(catalogue.grains, [rule for rule in catalogue.rules if rule.id in wanted])
    tried.problems = [
        found for found in catalogue.problems
        if found.rule_id in wanted or (file is not None and found.file == file.name)
    ]
    binding = compile_night(
        connection, tried, night, _tried_parameters(connection, night, parameters) if parameters else None
    )
    result = DryRun(night, refused=list(binding.refused))
    for bound in binding.active:
        try:
            result.trials.append(_try(connection, bound, night))
        except BindError as error:
            result.refused.append(refusal(bound.rule, error))
    result.trials += [
        Trial(rule.id, str(rule.title), rule.version, (), ("active_from/active_to",)) for rule in binding.inactive
    ]
    return result


def _try(connection: psycopg2.extensions.connection, bound: BoundRule, night: dt.date) -> Trial:
    rule = bound.rule
    silent = _not_in_force(connection, {*bound.grain.extracts, *rule.extracts}, night)
    counts: list[tuple[Any, ...]] = []
    if not silent:
        error = attempt(connection, _difference(bound, night), into=counts)
        if error is not None:
            raise BindError("predicate", *failed_on_data(error))
    return Trial(rule.id, str(rule.title), rule.version, tuple(Count(*row) for row in counts), silent)


def _difference(bound: BoundRule, night: dt.date) -> sql.Composable:
    grain = bound.grain
    return sql.SQL(query("rule_difference")).format(
        night=sql.Literal(night),
        rule_id=sql.Literal(bound.rule.id),
        facts=relation(grain.facts),
        subject=sql.SQL(bound.subject_sql),
        object=sql.SQL(bound.object_sql or "''"),
        predicate=sql.SQL(bound.predicate_sql),
        subjects=relation(_SUBJECTS[grain.subject_kind]),
        subject_key=sql.Identifier(f"{grain.subject_kind}_key"),
        absence=sql.SQL(bound.absence_sql or "false"),
        is_period=sql.Literal(grain.object is not None),
    )


def _tried_parameters(connection: psycopg2.extensions.connection, night: dt.date, file: Path) -> Parameters:
    """A county's parameters as `bidui reference load` would read them. Raises ProblemError with all that is wrong."""
    table = read_table(file, PARAMETER_COLUMNS, PARAMETER_OPTIONAL)
    with connection.cursor() as cursor:
        cursor.execute("select division_code, division_level from reference.division")
        levels = dict(cursor.fetchall())
    rows, problems = check_parameters(table, known_parameters(), levels)
    holding = [found for found in (*table.problems, *problems) if found.severity == "hold"]
    if holding:
        raise ProblemError(holding)
    return Parameters.tried(
        connection,
        night,
        (
            ParameterRow(rule_id, name, key, division, valid_from, valid_to, value, "county")
            for rule_id, name, key, value, division, valid_from, valid_to in rows
            if valid_from <= night.isoformat()
        ),
    )


def _night_of_facts(connection: psycopg2.extensions.connection, as_of: dt.date | None) -> dt.date:
    """The night whose facts stand built; it must be the one asked for."""
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('mart_comparison.fact_person') is not null")
        [(built,)] = cursor.fetchall()
        nights = []
        if built:
            cursor.execute("select as_of from mart_comparison.fact_person limit 1")
            nights = [row[0] for row in cursor.fetchall()]
    if not nights:
        raise ProblemError(not_published(None))
    if as_of not in (None, nights[0]):
        raise ProblemError(
            Problem(
                code="rule_night_not_built",
                what_zh=f"事实表不是 {as_of} 的",
                what_en=f"the fact tables are not of {as_of}",
                column="--as-of",
                expected_zh=f"{nights[0]}",
                expected_en=f"{nights[0]}",
                fix_zh="去掉 --as-of，或先运行该夜：bidui nightly --as-of",
                fix_en="leave --as-of out, or run that night first: bidui nightly --as-of",
            )
        )
    night: dt.date = nights[0]
    return night


def _not_in_force(
    connection: psycopg2.extensions.connection, extracts: Iterable[str], night: dt.date
) -> tuple[str, ...]:
    """Of the lists that a rule rests on, those without a current batch that is not stale."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select extract from ledger.night_batch where as_of = %s and is_current"
            " group by extract having not bool_and(is_stale)",
            (night,),
        )
        return tuple(sorted(set(extracts) - {row[0] for row in cursor.fetchall()}))


def _unknown_rule(rule_id: str) -> Problem:
    return Problem(
        code="rule_unknown",
        what_zh=f"目录中没有规则 {rule_id}",
        what_en=f"the catalogue has no rule {rule_id}",
        expected_zh="规则编号，或一个存在的规则文件",
        expected_en="a rule's id, or a rule file that exists",
        fix_zh="改正编号或文件名（published.rule 列出全部规则）",
        fix_en="correct the id or the file's name (published.rule lists all rules)",
    )
