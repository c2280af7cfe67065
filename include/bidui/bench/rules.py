"""`bidui bench rules`: the catalogue in one pass per grain, beside one query per rule, over the same facts.

The facts are a generated county's own, as a night builds them, multiplied by statements until there are as many
registry persons as asked for. The pass is the finding layer's own SQL, as dbt compiles it. A query per rule is written
the way that costs it least: only the rows on which the rule hits or cannot tell, the evidence of hits only.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2.extensions
from psycopg2 import sql

from bidui.bench.database import database
from bidui.bench.night import AS_OF, ingest, reconcile
from bidui.rule.compiled import relation
from bidui.rule.facts import contract_columns

BASE_PERSONS = 5_000
# Subjects of the copies are others, or a finding would have many rows.
KEYS = ("person_key", "household_key", "same_person_key")
SCHEMA = "bench_rules"


@dataclass(frozen=True)
class NightRule:
    """A rule as the night bound it."""

    rule_id: str
    rule_no: int
    facts: str
    subject: str
    object: str
    predicate: str
    evidence: str


def run(rows: int, seed: int, folder: Path) -> dict[str, Any]:
    """Measure both ways on `rows` registry persons; the database is dropped at the end.

    Returns {"persons", "rules", "facts": {table: rows}, "pass": {grain: seconds}, "pass_seconds", "queries_seconds",
    "ratio", "slowest": [[rule, seconds], …], "hits", "not_comparable"}. Raises RuntimeError when the two ways do not
    find the same.
    """
    from bidui import reference
    from bidui.sample import generate
    from bidui.warehouse.connection import connect, transaction
    from bidui.warehouse.prepare import prepare

    base = min(rows, BASE_PERSONS)
    county = folder / f"county_{base}_{seed}"
    if not county.exists():
        generate(persons=base, seed=seed, nights=1, as_of=AS_OF, out=county, truth=None)
    with database(f"bench_rules_{rows}"):
        prepare()
        with transaction() as connection:
            reference.load(connection, county / "reference")
        ingest(county / "night_1", AS_OF)
        reconcile(AS_OF)
        passes = _compiled_passes()
        connection = connect(application="bidui bench rules")
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                facts = _multiply(cursor, rows)
                rules = _rules_of_the_night(cursor)
                in_pass = {grain: _timed(cursor, f"pass_{grain}", statement) for grain, statement in passes.items()}
                alone = {rule.rule_id: _timed(cursor, f"rule_{rule.rule_no}", _query(rule)) for rule in rules}
                found = _same_findings(cursor, rules, list(passes))
        finally:
            connection.close()
    pass_seconds, queries_seconds = sum(in_pass.values()), sum(alone.values())
    return {
        "persons": facts["fact_person"],
        "rules": len(rules),
        "facts": facts,
        "pass": {grain: round(seconds, 1) for grain, seconds in in_pass.items()},
        "pass_seconds": round(pass_seconds, 1),
        "queries_seconds": round(queries_seconds, 1),
        "ratio": round(queries_seconds / pass_seconds, 1),
        "slowest": sorted(((rule, round(seconds, 1)) for rule, seconds in alone.items()), key=lambda r: -r[1])[:5],
        **found,
    }


def _compiled_passes() -> dict[str, sql.Composable]:
    """The finding layer's own statement of each grain."""
    from bidui.home import folder
    from bidui.warehouse import dbt

    dbt.run("compile", "--select", "int_finding__result_*", as_of=AS_OF, target="bench_rules")
    compiled = folder("dbt", "bench_rules") / "compiled"
    return {
        path.stem.removeprefix("int_finding__result_"): sql.SQL(path.read_text(encoding="utf-8"))
        for path in sorted(compiled.rglob("int_finding__result_*.sql"))
    }


def _multiply(cursor: psycopg2.extensions.cursor, persons: int) -> dict[str, int]:
    """Copy every row of the fact tables under other keys, until there are `persons` registry persons or a few more."""
    cursor.execute(sql.SQL("create schema {}").format(sql.Identifier(SCHEMA)))
    cursor.execute("select count(*) from mart_comparison.fact_person")
    copies = max(0, -(-persons // _number(cursor)) - 1)
    rows = {}
    for name in contract_columns():
        # fact_… is a view that adds the night's date to this table.
        table = name.replace("fact_", "int_fact__")
        cursor.execute(
            "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum",
            (f"mart_comparison.{table}",),
        )
        columns = [column for (column,) in cursor.fetchall()]
        # A copy is many times faster without them, and a scan of the whole table reads none.
        cursor.execute("select indexname from pg_indexes where schemaname = 'mart_comparison' and tablename = %s", (table,))
        for (index,) in cursor.fetchall():
            cursor.execute(sql.SQL("drop index {}").format(sql.Identifier("mart_comparison", index)))
        values = [
            sql.SQL("{} || '~' || copy").format(sql.Identifier(column)) if column in KEYS else sql.Identifier(column)
            for column in columns
        ]
        cursor.execute(
            sql.SQL("insert into {facts} ({columns}) select {values} from {facts} cross join generate_series(1, {copies}) as copy")
            .format(
                facts=sql.Identifier("mart_comparison", table),
                columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
                values=sql.SQL(", ").join(values),
                copies=sql.Literal(copies),
            )
        )
        cursor.execute(sql.SQL("vacuum analyze {}").format(sql.Identifier("mart_comparison", table)))
        cursor.execute(sql.SQL("select count(*) from {}").format(sql.Identifier("mart_comparison", table)))
        rows[name] = _number(cursor)
    return rows


def _rules_of_the_night(cursor: psycopg2.extensions.cursor) -> list[NightRule]:
    from bidui.home import dbt_dir
    from bidui.rule import load

    grains = load(dbt_dir() / "rules").grains
    cursor.execute(
        "select rule_id, rule_no, grain, subject_sql, coalesce(object_sql, ''''''), predicate_sql, evidence_sql"
        " from ledger.night_rule where as_of = %s and status = 'active' order by rule_no",
        (AS_OF,),
    )
    return [NightRule(rule_id, no, grains[grain].facts, *rest) for rule_id, no, grain, *rest in cursor.fetchall()]


def _query(rule: NightRule) -> sql.Composable:
    """The rule by itself: one scan of its facts."""
    return sql.SQL(
        "select {subject}::text as subject_key, {object}::text as object_key, household_key, household_no, county_code,"
        " town_code, village_code, {predicate} as is_hit, case when {predicate} then {evidence} end as evidence"
        " from {facts} as fact where ({predicate}) is not false and {subject} is not null"
    ).format(
        subject=sql.SQL(rule.subject), object=sql.SQL(rule.object), predicate=sql.SQL(rule.predicate),
        evidence=sql.SQL(rule.evidence), facts=relation(rule.facts),
    )


def _timed(cursor: psycopg2.extensions.cursor, name: str, statement: sql.Composable) -> float:
    started = time.perf_counter()
    cursor.execute(
        sql.SQL("create unlogged table {} as {}").format(sql.Identifier(SCHEMA, name), statement)
    )
    return time.perf_counter() - started


def _same_findings(cursor: psycopg2.extensions.cursor, rules: list[NightRule], grains: list[str]) -> dict[str, int]:
    """Hits and rows not comparable over all rules, which both ways must agree on rule by rule."""
    verdicts = sql.SQL(" union all ").join(
        sql.SQL("select unnest(verdicts) as verdict from {}").format(sql.Identifier(SCHEMA, f"pass_{grain}"))
        for grain in grains
    )
    cursor.execute(sql.SQL("select verdict, count(*) from ({}) as said group by 1").format(verdicts))
    in_pass = {int(verdict): int(count) for verdict, count in cursor.fetchall()}
    alone: dict[int, int] = {}
    for rule in rules:
        cursor.execute(
            sql.SQL("select is_hit is not null, count(*) from {} group by 1").format(
                sql.Identifier(SCHEMA, f"rule_{rule.rule_no}")
            )
        )
        alone |= {rule.rule_no if is_hit else -rule.rule_no: int(count) for is_hit, count in cursor.fetchall()}
    if in_pass != alone:
        names = {rule.rule_no: rule.rule_id for rule in rules}
        apart = {names[abs(no)] for no in in_pass.keys() | alone.keys() if in_pass.get(no) != alone.get(no)}
        raise RuntimeError(f"one pass and one query per rule do not find the same: {', '.join(sorted(apart))}")
    return {
        "hits": sum(count for no, count in alone.items() if no > 0),
        "not_comparable": sum(count for no, count in alone.items() if no < 0),
    }


def _number(cursor: psycopg2.extensions.cursor) -> int:
    [(number,)] = cursor.fetchall()
    return int(number)
