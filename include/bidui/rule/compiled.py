"""A rule as SQL over its fact table: parameters put in, evidence as JSON, and what the server holds against it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import psycopg2
import psycopg2.extensions
from psycopg2 import sql

from bidui.rule.definition import Grain, Rule
from bidui.rule.expression import ExpressionError, compile_expression
from bidui.rule.parameter import ParameterError, ParameterRow, Parameters, quote
from bidui.rule.problem import Refusal, RuleProblem, Words, rule_problem

# What PostgreSQL calls the common mistakes of a rule, in Chinese.
_REASONS_ZH = {
    "42703": "列不存在",
    "42883": "函数或运算符不存在，或类型不符",
    "42804": "类型不符",
    "42601": "语法错误",
    "42P01": "表不存在",
    "22P02": "常量无法转换",
    "22007": "日期常量无法识别",
}

# Classes of errors that are the statement's own fault: syntax and types, data, cardinality, limits, what PostgreSQL lacks.
_FAULT_CLASSES = frozenset({"42", "22", "21", "54", "0A", "2F", "P0"})


@dataclass(frozen=True)
class BoundRule:
    """A rule as it runs on one night."""

    rule: Rule
    grain: Grain
    predicate_sql: str
    evidence_sql: str
    subject_sql: str
    object_sql: str | None
    absence_sql: str | None
    parameters: tuple[ParameterRow, ...] = ()


class BindError(ValueError):
    """A rule cannot run on this night."""

    def __init__(self, place: str, expected: Words, fix: Words, code: str = "rule_refused") -> None:
        super().__init__(f"{place}: {expected[0]} · {expected[1]}")
        self.refusal = Refusal(place, code, expected, fix)


def compile_rule(
    rule: Rule, grain: Grain, parameters: Parameters, as_of: dt.date, columns: frozenset[str]
) -> BoundRule:
    """Put the night and the parameters into a rule; raises BindError naming the place."""
    def resolve(name: str, key: str | None) -> str:
        if name == "as_of":
            return f"date '{as_of.isoformat()}'"
        return parameters.sql(rule.parameters[name], key)

    def compiled(place: str, text: str) -> str:
        try:
            return compile_expression(text, resolve)
        except ExpressionError as error:
            raise BindError(f"{place}, character {error.position}", (error.zh, error.en),
                            ("改为对本行的一个 SQL 表达式", "write one SQL expression over the row")) from None
        except ParameterError as error:
            raise BindError(error.place, (error.zh, error.en),
                            ("在 parameters.csv 中补充或改正，然后 bidui reference load",
                             "add or correct it in parameters.csv, then `bidui reference load`"),
                            "rule_parameter") from None

    if not columns:
        raise BindError("grain", (f"事实表 {grain.facts} 已建立", f"the fact table {grain.facts} exists"),
                        ("先运行比对层", "build the comparison layer first"), "rule_facts_missing")
    missing = [column for column in (*rule.evidence, *rule.personal_evidence) if column not in columns]
    if missing:
        raise BindError("evidence", (f"{grain.facts} 的列（没有：{'、'.join(missing)}）",
                                     f"columns of {grain.facts} (there is no {', '.join(missing)})"),
                        ("改正列名", "correct the name of the column"), "rule_column_unknown")
    predicate = compiled("predicate", rule.predicate)
    for exception in rule.exceptions:
        predicate += f" and not coalesce({compiled(f'exceptions.{exception.name}', exception.when)}, false)"
    return BoundRule(
        rule=rule,
        grain=grain,
        predicate_sql=f"({predicate})",
        evidence_sql=evidence_sql(rule, grain, columns),
        subject_sql=compiled("grain.subject", grain.subject),
        object_sql=compiled("grain.object", grain.object) if grain.object else None,
        absence_sql=compiled("grain.absence", grain.absence) if grain.absence else None,
        parameters=tuple(row for parameter in rule.parameters.values() for row in parameters.rows(parameter)),
    )


def evidence_sql(rule: Rule, grain: Grain, columns: frozenset[str]) -> str:
    """SQL of a hit's evidence: the values of each side, the rows they came from, personal values kept apart.

    `{"values": {"registry": {…}, "hi_roll": {…}}, "rows": {"registry": {"batch_id": …, "row_no": …}, …},
    "personal": {…}}`. What only points at rows is apart from the values, so that a new delivery that says the same
    is recognised as the same; what names a person is apart, so that a view can leave it out.
    """
    sides: dict[str, dict[str, str]] = {grain.side: {}}
    for column in rule.evidence:
        side, name = _side(column, grain)
        sides.setdefault(side, {})[name] = column
    for column in rule.personal_evidence:
        sides.setdefault(_side(column, grain)[0], {})
    rows = {}
    for side in sides:
        prefix = grain.lineage if side == grain.side else f"{side}__"
        lineage = {name: f"{prefix}{name}" for name in ("batch_id", "row_no") if f"{prefix}{name}" in columns}
        if lineage:
            rows[side] = _object(lineage)
    parts = {
        "values": _object({side: _object(chosen) for side, chosen in sides.items() if chosen}),
        "rows": _object(rows),
    }
    if rule.personal_evidence:
        parts["personal"] = _object({column: column for column in rule.personal_evidence})
    return _object(parts)


def check(connection: psycopg2.extensions.connection, bound: BoundRule) -> None:
    """Let the server plan every part of a rule over its fact table; raises BindError with what it refuses.

    Nothing runs (EXPLAIN) and the transaction goes on after a refusal (savepoint).
    """
    facts = relation(bound.grain.facts)
    parts = {
        "predicate": (sql.SQL("where ") + sql.SQL(bound.predicate_sql), sql.SQL("1")),
        "evidence": (sql.SQL(""), sql.SQL(bound.evidence_sql)),
        "grain.subject": (sql.SQL(""), sql.SQL("{}::text").format(sql.SQL(bound.subject_sql))),
    }
    if bound.object_sql:
        parts["grain.object"] = (sql.SQL(""), sql.SQL("{}::text").format(sql.SQL(bound.object_sql)))
    for place, (where, target) in parts.items():
        error = attempt(connection, sql.SQL("explain select {} from {} as fact {}").format(target, facts, where))
        if error is not None:
            raise BindError(place, *_server_said(error))


def attempt(
    connection: psycopg2.extensions.connection, statement: sql.Composable, into: list[tuple[Any, ...]] | None = None
) -> psycopg2.Error | None:
    """Run a statement in a savepoint; return what the server holds against it, or None when it went through.

    The rows of a query that went through are added to `into`.

    An error that is not the statement's (no space, cancelled, connection lost) is raised.
    """
    with connection.cursor() as cursor:
        cursor.execute("savepoint rule_attempt")
        try:
            cursor.execute(statement)
        except psycopg2.Error as error:
            if (error.pgcode or "")[:2] not in _FAULT_CLASSES:
                raise
            cursor.execute("rollback to savepoint rule_attempt")
            return error
        if into is not None:
            into += cursor.fetchall()
        cursor.execute("release savepoint rule_attempt")
    return None


def relation(name: str) -> sql.Composable:
    """A `schema.table` (or a bare table) as a quoted identifier."""
    return sql.Identifier(*name.split("."))


def refusal(rule: Rule, error: BindError) -> RuleProblem:
    """The problem that a person reads when a rule is refused."""
    return rule_problem(rule.file, rule.id, rule.line_of(error.refusal.place), error.refusal, rule.version)


def failed_on_data(error: psycopg2.Error) -> tuple[tuple[str, str], tuple[str, str]]:
    """The kind of error alone: the server's message may quote a person's value."""
    kind = type(error).__name__
    return (
        (f"每一行都能计算的表达式（在数据上出错：{kind}）", f"an expression that every row can be put through (it fails: {kind})"),
        ("用 nullif、case 等避免在该处出错", "guard the place with nullif, case, …"),
    )


def _server_said(error: psycopg2.Error) -> tuple[tuple[str, str], tuple[str, str]]:
    """What the server says about a rule that it only planned: nothing in it can come from a row."""
    said = error.diag.message_primary or type(error).__name__
    hint = (error.diag.message_hint or "").rstrip(".")
    reason = _REASONS_ZH.get(error.pgcode or "", "服务器拒绝")
    return (
        (f"服务器能执行的表达式（{reason}：{said}）", f"an expression the server can run ({said})"),
        (f"按提示改正。{hint}".rstrip(), f"correct it. {hint}".rstrip()),
    )


def _object(parts: dict[str, str]) -> str:
    return "jsonb_build_object(" + ", ".join(f"{quote(name)}, {value}" for name, value in parts.items()) + ")"


def _side(column: str, grain: Grain) -> tuple[str, str]:
    """Whose value a fact column holds, and its name there: `hi_roll__status` is `status` of hi_roll."""
    side, separator, name = column.partition("__")
    return (side, name) if separator else (grain.side, column)
