"""Binding a night's rules: parameters put in, checked by the server against the fact tables, written to the ledger."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.extensions
from psycopg2 import sql

from bidui.home import dbt_dir
from bidui.rule.catalogue import Catalogue, load
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


@dataclass
class Binding:
    """What became of the catalogue on one night."""

    as_of: dt.date
    active: list[BoundRule] = field(default_factory=list)
    inactive: list[Rule] = field(default_factory=list)
    refused: list[RuleProblem] = field(default_factory=list)


class BindError(ValueError):
    """A rule cannot run on this night."""

    def __init__(self, place: str, expected: Words, fix: Words, code: str = "rule_refused") -> None:
        super().__init__(f"{place}: {expected[0]} · {expected[1]}")
        self.refusal = Refusal(place, code, expected, fix)


def bind(
    connection: psycopg2.extensions.connection, as_of: dt.date, folder: Path | None = None, *, trial: bool = True
) -> Binding:
    """Bind the catalogue for the night `as_of` and write `reference.rule` and `ledger.night_rule`.

    Call it when the night's fact tables are built (after the comparison layer, before the finding layer), in a
    transaction that the caller commits. Every rule is checked by the server against its fact table; with `trial`
    all are also run once over the rows, so that one that fails on data is found here. A bad rule is refused with
    its place and reason and the others run. Binding the same night again replaces what was bound.
    """
    catalogue = load(folder or dbt_dir() / "rules")
    binding = compile_night(connection, catalogue, as_of)
    if trial:
        _refuse_failing(connection, binding)
    _register(connection, catalogue)
    _write(connection, binding)
    return binding


def compile_night(
    connection: psycopg2.extensions.connection, catalogue: Catalogue, as_of: dt.date, parameters: Parameters | None = None
) -> Binding:
    """Compile every rule of the catalogue that runs on the night, with its parameters or others; nothing is written."""
    binding = Binding(as_of, refused=list(catalogue.problems))
    parameters = parameters or Parameters.of_night(connection, as_of)
    columns: dict[str, frozenset[str]] = {}
    for rule in catalogue.rules:
        if not rule.is_active(as_of):
            binding.inactive.append(rule)
            continue
        grain = catalogue.grains[rule.grain]
        if grain.facts not in columns:
            columns[grain.facts] = columns_of(connection, grain.facts)
        try:
            bound = compile_rule(rule, grain, parameters, as_of, columns[grain.facts])
            check(connection, bound)
        except BindError as error:
            binding.refused.append(refusal(rule, error))
        else:
            binding.active.append(bound)
    return binding


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


def columns_of(connection: psycopg2.extensions.connection, name: str) -> frozenset[str]:
    """The columns of a relation; empty when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select attname from pg_attribute where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped",
            (name,),
        )
        return frozenset(row[0] for row in cursor.fetchall())


def refusal(rule: Rule, error: BindError) -> RuleProblem:
    """The problem that a person reads when a rule is refused."""
    return rule_problem(rule.file, rule.id, rule.line_of(error.refusal.place), error.refusal, rule.version)


def _refuse_failing(connection: psycopg2.extensions.connection, binding: Binding) -> None:
    """Run all rules of a grain in one scan; when that fails, halve until the rules that fail on data are found."""
    by_grain: dict[str, list[BoundRule]] = {}
    for bound in binding.active:
        by_grain.setdefault(bound.grain.name, []).append(bound)
    failing: dict[str, psycopg2.Error] = {}
    for group in by_grain.values():
        _find_failing(connection, group, failing)
    for bound in [bound for bound in binding.active if bound.rule.id in failing]:
        binding.active.remove(bound)
        failed = BindError("predicate", *failed_on_data(failing[bound.rule.id]))
        binding.refused.append(refusal(bound.rule, failed))


def _find_failing(
    connection: psycopg2.extensions.connection, group: Sequence[BoundRule], failing: dict[str, psycopg2.Error]
) -> None:
    counted = sql.SQL(", ").join(
        sql.SQL("count(case when {} then {} end)").format(sql.SQL(bound.predicate_sql), sql.SQL(bound.evidence_sql))
        for bound in group
    )
    error = attempt(connection, sql.SQL("select {} from {} as fact").format(counted, relation(group[0].grain.facts)))
    if error is None:
        return
    if len(group) == 1:
        failing[group[0].rule.id] = error
        return
    middle = len(group) // 2
    _find_failing(connection, group[:middle], failing)
    _find_failing(connection, group[middle:], failing)


def _server_said(error: psycopg2.Error) -> tuple[tuple[str, str], tuple[str, str]]:
    """What the server says about a rule that it only planned: nothing in it can come from a row."""
    said = error.diag.message_primary or type(error).__name__
    hint = (error.diag.message_hint or "").rstrip(".")
    reason = _REASONS_ZH.get(error.pgcode or "", "服务器拒绝")
    return (
        (f"服务器能执行的表达式（{reason}：{said}）", f"an expression the server can run ({said})"),
        (f"按提示改正。{hint}".rstrip(), f"correct it. {hint}".rstrip()),
    )


def failed_on_data(error: psycopg2.Error) -> tuple[tuple[str, str], tuple[str, str]]:
    """The kind of error alone: the server's message may quote a person's value."""
    kind = type(error).__name__
    return (
        (f"每一行都能计算的表达式（在数据上出错：{kind}）", f"an expression that every row can be put through (it fails: {kind})"),
        ("用 nullif、case 等避免在该处出错", "guard the place with nullif, case, …"),
    )


def _register(connection: psycopg2.extensions.connection, catalogue: Catalogue) -> None:
    """Keep every version of every rule that could be read (a version is never rewritten), and the rules left out."""
    with connection.cursor() as cursor:
        for rule in catalogue.rules:
            cursor.execute(
                "insert into reference.rule (rule_id, rule_version, digest, definition, title_zh, title_en, family,"
                " grain, severity, departments, owner, parameters, remedy, source, source_type, active_from, active_to)"
                " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
                " on conflict (rule_id, rule_version) do nothing",
                (
                    rule.id, rule.version, rule.digest, json.dumps(rule.definition, ensure_ascii=False),
                    rule.title.zh, rule.title.en, rule.family, rule.grain, rule.severity, list(rule.departments),
                    rule.owner, json.dumps(rule.definition.get("parameters", {}), ensure_ascii=False),
                    str(rule.remedy), rule.source, rule.source_type, rule.active_from, rule.active_to,
                ),
            )
        cursor.execute("delete from reference.rule_not_carried")
        for left_out in catalogue.not_carried:
            cursor.execute(
                "insert into reference.rule_not_carried (rule_id, title_zh, title_en, reason_zh, reason_en)"
                " values (%s, %s, %s, %s, %s)",
                (left_out.id, left_out.title.zh, left_out.title.en, left_out.reason.zh, left_out.reason.en),
            )


def _write(connection: psycopg2.extensions.connection, binding: Binding) -> None:
    entries = [_entry_of_bound(bound) for bound in binding.active]
    entries += [_entry_of_rule(rule, "inactive") for rule in binding.inactive]
    refused: dict[str, RuleProblem] = {}
    for refused_rule in binding.refused:
        if refused_rule.rule_id is not None:
            refused.setdefault(refused_rule.rule_id, refused_rule)
    with connection.cursor() as cursor:
        for rule_id, file in _lost_with_their_file(cursor, binding, {entry["rule_id"] for entry in entries}):
            refused.setdefault(
                rule_id, next(problem for problem in binding.refused if problem.rule_id is None and problem.file == file)
            )
        entries += [_entry_of_refused(rule_id, problem) for rule_id, problem in refused.items()]
        cursor.execute("delete from ledger.night_rule where as_of = %s", (binding.as_of,))
        for rule_no, entry in enumerate(sorted(entries, key=lambda entry: entry["rule_id"]), start=1):
            entry |= {"as_of": binding.as_of, "rule_no": rule_no}
            cursor.execute(
                sql.SQL("insert into ledger.night_rule ({}) values ({})").format(
                    sql.SQL(", ").join(sql.Identifier(name) for name in entry),
                    sql.SQL(", ").join(sql.Placeholder(name) for name in entry),
                ),
                entry,
            )


def _lost_with_their_file(
    cursor: psycopg2.extensions.cursor, binding: Binding, known: set[str]
) -> Iterable[tuple[str, str]]:
    """Rules of the night before whose whole file cannot be read now: refused, not retired, so nothing closes."""
    files = [problem.file for problem in binding.refused if problem.rule_id is None]
    cursor.execute(
        "select rule_id, file from ledger.night_rule where file = any(%s) and status <> 'inactive'"
        " and as_of = (select max(as_of) from ledger.night_rule where as_of < %s)",
        (files, binding.as_of),
    )
    return [(rule_id, file) for rule_id, file in cursor.fetchall() if rule_id not in known]


def _entry_of_bound(bound: BoundRule) -> dict[str, Any]:
    return _entry_of_rule(bound.rule, "active") | {
        "subject_kind": bound.grain.subject_kind,
        "subject_sql": bound.subject_sql,
        "object_sql": bound.object_sql,
        "predicate_sql": bound.predicate_sql,
        "evidence_sql": bound.evidence_sql,
        "absence_sql": bound.absence_sql,
        "base_extracts": sorted({*bound.grain.extracts, *bound.rule.extracts}),
        "parameters": json.dumps([row.as_json() for row in bound.parameters], ensure_ascii=False),
    }


def _entry_of_rule(rule: Rule, status: str) -> dict[str, Any]:
    return {
        "rule_id": rule.id, "rule_version": rule.version, "status": status, "grain": rule.grain,
        "severity": rule.severity, "departments": list(rule.departments), "owner_department": rule.owner,
        "cause_rules": list(rule.cause), "file": rule.file,
    }


def _entry_of_refused(rule_id: str, refused: RuleProblem) -> dict[str, Any]:
    return {
        "rule_id": rule_id, "rule_version": refused.version, "status": "refused", "file": refused.file,
        "problem": json.dumps(refused.problem.as_dict(), ensure_ascii=False),
    }


def _object(parts: dict[str, str]) -> str:
    return "jsonb_build_object(" + ", ".join(f"{quote(name)}, {value}" for name, value in parts.items()) + ")"


def _side(column: str, grain: Grain) -> tuple[str, str]:
    """Whose value a fact column holds, and its name there: `hi_roll__status` is `status` of hi_roll."""
    side, separator, name = column.partition("__")
    return (side, name) if separator else (grain.side, column)
