"""Writing decisions: accept, hold, supersede. The gate decides as 'gate'; people decide in `override`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

import psycopg2.extensions

from bidui.problem import Problem

GATE = "gate"
PASSED = "各项门槛均通过 · all gates passed"

STATUS_LABELS = {
    "landed": "已入库、尚未校验 landed",
    "accepted": "已接受 accepted",
    "held": "暂存待核 held",
    "duplicate": "重复文件 duplicate",
    "superseded": "已被更新的报送取代 superseded",
    "withdrawn": "已撤回 withdrawn",
}

# One decision about an extract at a time, whoever takes it (an ingest task, a person at the terminal).
LOCK = "select pg_advisory_xact_lock(hashtext('bidui.decision'), hashtext(%s))"

RECORD = "insert into ledger.batch_decision (batch_id, action, decided_by, reason) values (%s, %s, %s, %s)"

SUPERSEDED = """
with deliveries as (
    select
        b.batch_id,
        b.data_date,
        -- Parts share a delivery_no; a delivery is as new as its last part.
        max(b.as_of) over d as last_night,
        max(b.batch_id) over d as last_batch
    from ledger.batch as b
    where b.extract = %(extract)s and b.status = 'accepted'
    window d as (partition by b.data_date, coalesce(b.delivery_no, -b.batch_id))
),
ranked as (
    select batch_id, dense_rank() over (partition by data_date order by last_night desc, last_batch desc) as place
    from deliveries
)
select batch_id from ranked where place > 1 order by batch_id
"""


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
        "update ledger.batch set status = %s, reason = %s, decided_by = %s, decided_at = now(),"
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


def supersede_older(cursor: psycopg2.extensions.cursor, extract: str) -> list[int]:
    """Of accepted deliveries with one data date keep the newest; return the batches that gave way."""
    cursor.execute(SUPERSEDED, {"extract": extract})
    given_way = [int(row[0]) for row in cursor.fetchall()]
    for batch_id in given_way:
        record(
            cursor,
            batch_id,
            "supersede",
            "superseded",
            GATE,
            "同一数据日期有更新的报送 · a newer delivery has the same data date",
        )
    return given_way
