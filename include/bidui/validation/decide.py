"""Writing decisions: accept, hold, supersede. The gate decides as 'gate'; people decide in `override`."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass

import psycopg2.extensions

from bidui.contract import Extract
from bidui.problem import Problem
from bidui.validation.correction import accepted, replaced

GATE = "gate"
PASSED = "各项门槛均通过 · all gates passed"

# One decision about an extract at a time, whoever takes it (an ingest task, a person at the terminal).
LOCK = "select pg_advisory_xact_lock(hashtext('bidui.decision'), hashtext(%s))"

RECORD = "insert into ledger.batch_decision (batch_id, action, decided_by, reason) values (%s, %s, %s, %s)"


@dataclass(frozen=True)
class Decision:
    """How a batch stands after judging it; `reason` is bilingual, for people."""

    batch_id: int
    extract: str
    status: str
    reason: str | None
    rows_landed: int
    rows_accepted: int
    rows_quarantined: int
    failed: tuple[str, ...] = ()


def lock_extract(cursor: psycopg2.extensions.cursor, extract: str) -> None:
    """Wait for other decisions about the extract; held until the transaction ends."""
    cursor.execute(LOCK, (extract,))


def reason_text(problems: Iterable[Problem]) -> str:
    """All problems on one line, Chinese first, then English."""
    listed = list(problems)
    return " ".join(problem.zh for problem in listed) + " · " + " ".join(problem.en for problem in listed)


def record(
    cursor: psycopg2.extensions.cursor,
    batch_id: int,
    action: str,
    status: str,
    decided_by: str,
    reason: str,
    *,
    problems: Iterable[Problem] = (),
) -> None:
    """Change a batch's status and append the decision; `reason` stands in both places."""
    cursor.execute(
        "update ledger.batch set status = %s, reason = %s, decided_by = %s, decided_at = now(), superseded_by = null,"
        " problems = problems || %s::jsonb where batch_id = %s",
        (
            status,
            reason,
            decided_by,
            json.dumps([problem.as_dict() for problem in problems], ensure_ascii=False),
            batch_id,
        ),
    )
    cursor.execute(RECORD, (batch_id, action, decided_by, reason))


def supersede(
    cursor: psycopg2.extensions.cursor, extract: Extract, data_date: dt.date | None
) -> dict[int, int]:
    """Of accepted files with one data date, let those give way that newer ones replace: batch → what replaced it."""
    given_way = replaced(cursor, extract, accepted(cursor, extract, data_date))
    for batch_id, newer in sorted(given_way.items()):
        record(
            cursor,
            batch_id,
            "supersede",
            "superseded",
            GATE,
            f"同一数据日期的更正（批次 {newer}）已取代 · replaced by a correction of the same data date (batch {newer})",
        )
        cursor.execute("update ledger.batch set superseded_by = %s where batch_id = %s", (newer, batch_id))
    return given_way
