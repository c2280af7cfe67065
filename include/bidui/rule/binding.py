"""Binding a night's rules: each compiled, tried over the night's facts, and written to the ledger."""

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
from bidui.rule.compiled import (
    BindError,
    BoundRule,
    attempt,
    check,
    compile_rule,
    failed_on_data,
    refusal,
    relation,
)
from bidui.rule.definition import Rule
from bidui.rule.parameter import Parameters
from bidui.rule.problem import RuleProblem
from bidui.rule.reads import read_extracts


@dataclass
class Binding:
    """What became of the catalogue on one night."""

    as_of: dt.date
    active: list[BoundRule] = field(default_factory=list)
    inactive: list[Rule] = field(default_factory=list)
    refused: list[RuleProblem] = field(default_factory=list)


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


def columns_of(connection: psycopg2.extensions.connection, name: str) -> frozenset[str]:
    """The columns of a relation; empty when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select attname from pg_attribute where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped",
            (name,),
        )
        return frozenset(row[0] for row in cursor.fetchall())


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
        "read_extracts": sorted(read_extracts(bound.rule, bound.grain)),
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
