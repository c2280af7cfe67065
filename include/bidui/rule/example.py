"""A rule's examples are its tests: rows that must hit and near misses that must not, run through the same SQL."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg2.extensions
from psycopg2 import sql

from bidui.home import dbt_dir
from bidui.rule.catalogue import Catalogue
from bidui.rule.compiled import BindError, BoundRule, check, compile_rule, refusal, relation
from bidui.rule.definition import Grain, Rule
from bidui.rule.facts import FactColumns, contract_columns, create_empty
from bidui.rule.parameter import ParameterRow, Parameters
from bidui.rule.problem import RuleProblem

SHIPPED_PARAMETERS = Path("seeds", "parameter_default.csv")


@dataclass(frozen=True)
class Verdict:
    """What a rule says about one row: hit (True), none (False), not comparable (None)."""

    case: str
    expected_hit: bool
    result: bool | None

    @property
    def passed(self) -> bool:
        """A hit must hit; a near miss must do anything but."""
        return (self.result is True) == self.expected_hit


def shipped_parameters(rule: Rule, path: Path | None = None) -> Parameters:
    """The shipped defaults as the night of a rule's examples knows them (a county's own values are not its tests)."""
    with (path or dbt_dir() / SHIPPED_PARAMETERS).open(encoding="utf-8", newline="") as stream:
        return Parameters(
            (
                ParameterRow(
                    rule_id=line["rule_id"],
                    parameter=line["parameter"],
                    key=line["key"] or "",
                    division_code=line["division_code"] or "",
                    valid_from=line["valid_from"] or "-infinity",
                    valid_to=_day_after(line["valid_to"]) if line["valid_to"] else "infinity",
                    value=line["value"],
                    origin="default",
                )
                for line in csv.DictReader(stream)
            ),
            rule.examples_as_of,
        )


def _day_after(day: str) -> str:
    return (dt.date.fromisoformat(day) + dt.timedelta(days=1)).isoformat()


class ExampleBench:
    """Rules over empty tables of the facts' contract, in the caller's session; nothing of it is kept."""

    def __init__(self, connection: psycopg2.extensions.connection, facts: FactColumns | None = None) -> None:
        self.connection = connection
        self.facts = facts or contract_columns()
        create_empty(connection, self.facts, "pg_temp")

    def compile(self, rule: Rule, grain: Grain, parameters: Parameters | None = None) -> BoundRule:
        """Compile and check a rule for the night of its examples; raises BindError."""
        table = grain.facts.rpartition(".")[2]
        columns = frozenset(self.facts.get(table, {}))
        unknown = {column for example in (*rule.hits, *rule.near_misses) for column in example.row} - columns
        if columns and unknown:
            listed = sorted(unknown)
            raise BindError(
                "examples",
                (f"{table} 的列（没有：{'、'.join(listed)}）", f"columns of {table} (there is no {', '.join(listed)})"),
                (
                    "改正示例中的列名；新列写入 models/comparison/facts 下的 YAML",
                    "correct the column's name in the example; a new column stands in the YAML of models/comparison/facts",
                ),
                "rule_column_unknown",
            )
        bound = compile_rule(
            rule, replace(grain, facts=f"pg_temp.{table}"), parameters or shipped_parameters(rule),
            rule.examples_as_of, columns,
        )
        check(self.connection, bound)
        return bound

    def judge(self, bound: BoundRule, rows: Sequence[dict[str, Any]]) -> list[bool | None]:
        """Return what the compiled predicate says about each partial row; the evidence is built for hits."""
        statement = sql.SQL(
            "select {predicate}, case when {predicate} then {evidence} end"
            " from jsonb_array_elements(%s::jsonb) with ordinality as given (row, position)"
            " cross join lateral jsonb_populate_record(null::{facts}, given.row) as fact"
            " order by given.position"
        ).format(
            predicate=sql.SQL(bound.predicate_sql.replace("%", "%%")),
            evidence=sql.SQL(bound.evidence_sql.replace("%", "%%")),
            facts=relation(bound.grain.facts),
        )
        with self.connection.cursor() as cursor:
            cursor.execute(statement, (json.dumps(list(rows), ensure_ascii=False),))
            return [row[0] for row in cursor.fetchall()]

    def verdicts(self, bound: BoundRule) -> list[Verdict]:
        """Run a rule's own examples."""
        examples = [(True, example) for example in bound.rule.hits]
        examples += [(False, example) for example in bound.rule.near_misses]
        results = self.judge(bound, [example.row for _expected, example in examples])
        return [
            Verdict(example.case, expected, result)
            for (expected, example), result in zip(examples, results, strict=True)
        ]


def check_catalogue(connection: psycopg2.extensions.connection, catalogue: Catalogue) -> Iterable[RuleProblem]:
    """Check every rule against the facts' contract and run its examples; gives one problem per mistake."""
    yield from catalogue.problems
    bench = ExampleBench(connection)
    for rule in catalogue.rules:
        try:
            bound = bench.compile(rule, catalogue.grains[rule.grain])
            verdicts = bench.verdicts(bound)
        except BindError as error:
            yield refusal(rule, error)
            continue
        for verdict in verdicts:
            if not verdict.passed:
                yield refusal(rule, _example_failed(verdict))


def _example_failed(verdict: Verdict) -> BindError:
    said = {True: ("命中", "hits"), False: ("不命中", "does not hit"), None: ("不可比", "not comparable")}[verdict.result]
    wanted = ("命中", "a hit") if verdict.expected_hit else ("不命中", "no hit")
    return BindError(
        f"examples: {verdict.case}",
        (f"{wanted[0]}（现为：{said[0]}）", f"{wanted[1]} (it {said[1]})"),
        ("改正谓词或示例", "correct the predicate or the example"),
        "rule_example",
    )
