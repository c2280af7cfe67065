"""Judging deliveries: run the suite on every part, set rows apart, look at the gates, accept or hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

import psycopg2.extensions
from psycopg2 import sql
from psycopg2.extras import execute_values

from bidui.contract import Extract, Sources
from bidui.problem import Problem
from bidui.validation import gate, gx_session
from bidui.validation.correction import apart, rows_beside
from bidui.validation.decide import GATE, PASSED, Decision, lock_extract, reason_text, record, supersede
from bidui.validation.gx_session import Outcome
from bidui.validation.quarantine import quarantine, quarantined_rows
from bidui.validation.results import keep_result
from bidui.validation.suite import load_suite

DELIVERIES = """
select extract, array_agg(batch_id order by batch_id)
from ledger.batch
where batch_id = any(%(batch_ids)s)
    or (extract, delivery_no) in (select extract, delivery_no from ledger.batch where batch_id = any(%(batch_ids)s))
group by extract, coalesce(delivery_no, -batch_id)
order by extract, min(data_date), min(batch_id)
"""

PARTS = """
select batch_id, data_date, status, rows_landed, rows_accepted, rows_quarantined, reason
from ledger.batch
where batch_id = any(%s)
order by batch_id
"""


@dataclass
class Part:
    """One batch of a delivery while it is judged."""

    batch_id: int
    data_date: dt.date | None
    status: str
    rows: int
    rows_accepted: int
    rows_quarantined: int
    reason: str | None
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def decision_due(self) -> bool:
        """Whether nobody has decided about it yet."""
        return self.status == "landed"


def validate(
    connection: psycopg2.extensions.connection, sources: Sources, batch_ids: Iterable[int], as_of: dt.date
) -> list[Decision]:
    """Judge staged batches for the night `as_of`; one Decision per batch, in order of extract and data date.

    Parts of one delivery are judged together, whichever of them is named; a file that another one corrects is judged
    before it, as a delivery of its own. Batches that were decided before keep
    their decision, so a cleared task can simply run again. The caller commits. Raises LookupError when a batch is
    not staged, ValueError when staging lost or made rows, ProblemError for a malformed suite.
    """
    wanted = list(batch_ids)
    decisions: list[Decision] = []
    with connection.cursor() as cursor:
        cursor.execute(DELIVERIES, {"batch_ids": wanted})
        deliveries = cursor.fetchall()
        found = {batch_id for _, ids in deliveries for batch_id in ids}
        if missing := sorted(set(wanted) - found):
            raise LookupError(f"no such batch in ledger.batch: {missing}")
        for key, ids in deliveries:
            extract = sources.extract(key)
            lock_extract(cursor, key)
            cursor.execute("select batch_id from ledger.batch where batch_id = any(%s) and status = 'landed'", (ids,))
            for delivery in apart(cursor, extract, ids, [batch_id for (batch_id,) in cursor.fetchall()]):
                decisions += _judge_delivery(cursor, extract, delivery, as_of)
    return decisions


def validate_batch(
    connection: psycopg2.extensions.connection, sources: Sources, batch_id: int, as_of: dt.date
) -> Decision:
    """Judge one batch (with the other parts of its delivery); see `validate`."""
    return next(d for d in validate(connection, sources, [batch_id], as_of) if d.batch_id == batch_id)


def _judge_delivery(
    cursor: psycopg2.extensions.cursor, extract: Extract, batch_ids: list[int], as_of: dt.date
) -> list[Decision]:
    cursor.execute(PARTS, (batch_ids,))
    parts = [Part(*row) for row in cursor.fetchall()]
    due = [part for part in parts if part.decision_due]
    if due:
        _judge_parts(cursor, extract, parts, due, as_of)
        _decide(cursor, extract, parts, due)
    return [_decision(extract, part) for part in parts]


def _judge_parts(
    cursor: psycopg2.extensions.cursor, extract: Extract, parts: list[Part], due: list[Part], as_of: dt.date
) -> None:
    """Fill outcomes, row counts and problems of the parts that are due."""
    # A file whose data date nobody could tell is dated by the night.
    data_date = min((part.data_date for part in due if part.data_date), default=as_of)
    limits = gate.thresholds(cursor, extract, as_of)
    before = gate.in_force(cursor, extract, as_of, data_date, [part.batch_id for part in parts])
    total = sum(part.rows for part in parts if part.status not in ("duplicate", "superseded", "withdrawn"))
    total += rows_beside(cursor, extract, data_date, [part.batch_id for part in parts])
    fewest, most = gate.fewest_rows(extract, limits, before), gate.most_rows(extract, limits, before)
    for part in due:
        if part.rows > 0:
            # A part has the rows of the whole delivery that the other parts leave to it.
            others = total - part.rows
            wanted = gx_session.RowsWanted(max(0, fewest - others), None if most is None else max(0, most - others))
            _run_suite(cursor, extract, part, as_of, wanted)
        part.problems += gate.share_problems(extract, limits, part.outcomes, part.rows, part.batch_id)
        part.problems += gate.usable_problems(extract, part.rows, part.rows_quarantined, part.batch_id)
        part.problems += gate.unchecked_problems(part.outcomes)
    for problem in gate.row_problems(extract, limits, before, total, [part.batch_id for part in due]):
        for part in due:
            part.problems.append(problem)


def _run_suite(
    cursor: psycopg2.extensions.cursor, extract: Extract, part: Part, as_of: dt.date, wanted: gx_session.RowsWanted
) -> None:
    """Run the suite on the staged partition; fill `ledger.validation` and `ledger.quarantined_row`."""
    suite = load_suite(extract.key)
    table = f"{extract.key}__b{part.batch_id}"
    batch = gx_session.open_partition(table)
    try:
        _check_row_count(cursor, table, part)
        run = gx_session.run_suite(suite, batch, part.rows, gx_session.parameters(as_of, wanted))
        failing = [
            outcome.check
            for outcome in run.outcomes.values()
            if outcome.check.quarantines and outcome.evaluated and outcome.unexpected_count
        ]
        queries = gx_session.failing_rows_queries(suite, batch, failing)
    finally:
        gx_session.close(batch)
    cursor.execute("delete from ledger.quarantined_row where batch_id = %s", (part.batch_id,))
    inserted, refused = quarantine(cursor, suite, queries)
    part.outcomes = dict(run.outcomes)
    for check in failing:
        outcome = part.outcomes[check.name]
        if check.name in refused or inserted.get(check.name) != outcome.unexpected_count:
            # The rows could not be set apart, or not all of them: the check does not count as done.
            part.outcomes[check.name] = Outcome(check, False, outcome.element_count, None, evaluated=False)
    _write_outcomes(cursor, part)
    part.rows_quarantined = quarantined_rows(cursor, part.batch_id)
    part.rows_accepted = part.rows - part.rows_quarantined
    keep_result(run.result, extract.key, part.batch_id, as_of)


def _check_row_count(cursor: psycopg2.extensions.cursor, table: str, part: Part) -> None:
    """Every landed row is staged, once: nothing is lost on the way."""
    cursor.execute(
        sql.SQL("select count(*), count(distinct row_no) from {}").format(sql.Identifier(gx_session.SCHEMA, table))
    )
    staged, numbers = cursor.fetchone() or (0, 0)
    if staged != part.rows or numbers != part.rows:
        raise ValueError(
            f"batch {part.batch_id}: {part.rows} rows landed, {staged} staged with {numbers} row numbers"
        )


def _write_outcomes(cursor: psycopg2.extensions.cursor, part: Part) -> None:
    cursor.execute("delete from ledger.validation where batch_id = %s", (part.batch_id,))
    execute_values(
        cursor,
        "insert into ledger.validation"
        " (batch_id, expectation, column_name, severity, success, element_count, unexpected_count) values %s",
        [
            (
                part.batch_id,
                outcome.check.name,
                outcome.check.column_name,
                outcome.check.severity,
                outcome.success,
                outcome.element_count,
                outcome.unexpected_count,
            )
            for outcome in part.outcomes.values()
        ],
    )


def _decide(
    cursor: psycopg2.extensions.cursor, extract: Extract, parts: list[Part], due: list[Part]
) -> None:
    """Hold every part with a problem; of a full list, hold the others with it; accept the rest."""
    held = {part.batch_id for part in parts if part.status == "held" or part.problems}
    if held and extract.delivery.content == "full":
        for part in due:
            if not part.problems:
                part.problems.append(gate.sibling_problem(held))
    for part in due:
        cursor.execute(
            "update ledger.batch set rows_accepted = %s, rows_quarantined = %s where batch_id = %s",
            (part.rows_accepted, part.rows_quarantined, part.batch_id),
        )
        if part.problems:
            part.status, part.reason = "held", reason_text(part.problems)
            record(cursor, part.batch_id, "hold", "held", GATE, part.reason, problems=part.problems)
        else:
            part.status, part.reason = "accepted", PASSED
            record(cursor, part.batch_id, "accept", "accepted", GATE, PASSED)
    for data_date in {part.data_date for part in due if not part.problems}:
        given_way = supersede(cursor, extract, data_date)
        for part in parts:
            if part.batch_id in given_way:
                part.status = "superseded"


def _decision(extract: Extract, part: Part) -> Decision:
    return Decision(
        batch_id=part.batch_id,
        extract=extract.key,
        status=part.status,
        reason=part.reason,
        rows_landed=part.rows,
        rows_accepted=part.rows_accepted,
        rows_quarantined=part.rows_quarantined,
        failed=tuple(name for name, outcome in part.outcomes.items() if not outcome.success),
    )
