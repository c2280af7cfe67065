"""Batches in the ledger, as far as landing writes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import psycopg2.extensions
from psycopg2.extras import Json

from bidui.connector import Delivery
from bidui.contract import Extract
from bidui.problem import Problem, reason_of

# What the states of a batch are called to the office; a receipt says them to the sender in whole sentences.
STATUS_WORDS = {
    "landed": "已入库 landed",
    "accepted": "已接受 accepted",
    "held": "暂存待核 held",
    "duplicate": "重复 duplicate",
    "superseded": "已被更正 superseded",
    "withdrawn": "已撤回 withdrawn",
}

_INSERT = """
insert into ledger.batch (
    batch_id, department, extract, as_of, delivery_no, data_date, received_at, source_name, sha256, contract_version,
    rows_read, rows_skipped, rows_landed, control_totals, header_report, problems, status, reason, decided_by, decided_at
)
overriding system value values (
    %(batch_id)s, %(department)s, %(extract)s, %(as_of)s, %(delivery_no)s, %(data_date)s, %(received_at)s,
    %(source_name)s, %(sha256)s, %(contract_version)s, %(rows_read)s, %(rows_skipped)s, %(rows_landed)s,
    %(control_totals)s, %(header_report)s, %(problems)s, %(status)s, %(reason)s, %(decided_by)s,
    case when %(decided_by)s is not null then clock_timestamp() end
)
"""


@dataclass(frozen=True)
class LandedBatch:
    """A batch after landing.

    `status`: `landed` (to be staged and validated), `held` (see `reason`, `problems`) or `duplicate`; for a file that
    was seen before, whatever became of it. `is_new` tells whether this call wrote it.
    """

    batch_id: int
    department: str
    extract: str
    source_name: str
    status: str
    data_date: date | None
    delivery_no: int | None
    rows_read: int = 0
    rows_skipped: int = 0
    rows_landed: int = 0
    reason: str | None = None
    problems: tuple[Problem, ...] = ()
    is_new: bool = True


@dataclass(frozen=True)
class Known:
    """A batch of the same bytes."""

    batch: LandedBatch
    as_of: date
    received_at: datetime
    file: str
    contract_version: str

    @property
    def holds_rows(self) -> bool:
        """Whether these bytes are in the warehouse through this batch (and not only the news of a failure)."""
        return self.batch.status in ("landed", "accepted", "superseded", "withdrawn") or (
            self.batch.status == "held" and self.batch.rows_landed > 0
        )

    def is_same_file(self, delivery: Delivery) -> bool:
        """Whether it is this very file: same name and time beside the same bytes."""
        return self.file == delivery.source_name and self.received_at == delivery.received_at


@dataclass
class Draft:
    """What landing knows of a batch when it writes it."""

    source_name: str
    data_date: date | None = None
    delivery_no: int | None = None
    rows_read: int = 0
    rows_skipped: int = 0
    rows_landed: int = 0
    control_totals: dict[str, Any] = field(default_factory=dict)
    header_report: dict[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def lock_extract(cursor: psycopg2.extensions.cursor, extract: str) -> None:
    """One landing per extract at a time: two workers with one file must not both land it."""
    cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 1))", (f"land.{extract}",))


def known_batches(cursor: psycopg2.extensions.cursor, extract: str, sha256: str) -> list[Known]:
    """Every batch of the extract with these bytes, oldest first."""
    cursor.execute(
        "select batch_id, department, extract, source_name, status, data_date, delivery_no,"
        " rows_read, rows_skipped, rows_landed, reason, problems,"
        " as_of, received_at, coalesce(header_report ->> 'file', source_name), contract_version"
        " from ledger.batch where extract = %s and sha256 = %s order by batch_id",
        (extract, sha256),
    )
    return [_known(row) for row in cursor.fetchall()]


def _known(row: tuple[Any, ...]) -> Known:
    batch_id, department, extract, source_name, status, data_date, delivery_no, read, skipped, landed = row[:10]
    reason, problems, as_of, received_at, file, version = row[10:]
    batch = LandedBatch(
        batch_id, department, extract, source_name, status, data_date, delivery_no, read, skipped, landed,
        reason=reason, problems=tuple(map(Problem.from_dict, problems)), is_new=False,
    )  # fmt: skip
    return Known(batch, as_of, received_at, file, version)


def seen_file(cursor: psycopg2.extensions.cursor, extract: str, delivery: Delivery) -> bool:
    """Whether a file of this name and time was delivered before: worth hashing before copying."""
    cursor.execute(
        "select exists (select from ledger.batch where extract = %s and received_at = %s"
        " and coalesce(header_report ->> 'file', source_name) = %s)",
        (extract, delivery.received_at, delivery.source_name),
    )
    row = cursor.fetchone()
    return bool(row and row[0])


def next_batch_id(cursor: psycopg2.extensions.cursor) -> int:
    """The next number of a batch."""
    cursor.execute("select nextval(pg_get_serial_sequence('ledger.batch', 'batch_id'))")
    ((batch_id,),) = cursor.fetchall()
    return int(batch_id)


def write_batch(
    cursor: psycopg2.extensions.cursor,
    batch_id: int,
    extract: Extract,
    delivery: Delivery,
    sha256: str,
    as_of: date,
    status: str,
    draft: Draft,
    reason: str | None = None,
) -> LandedBatch:
    """Write one batch row and return it."""
    batch = LandedBatch(
        batch_id=batch_id,
        department=extract.department,
        extract=extract.key,
        source_name=draft.source_name,
        status=status,
        data_date=draft.data_date,
        delivery_no=draft.delivery_no or batch_id,
        rows_read=draft.rows_read,
        rows_skipped=draft.rows_skipped,
        rows_landed=draft.rows_landed,
        reason=reason or reason_of(draft.problems) or None,
        problems=draft.problems,
    )
    told = {
        "as_of": as_of,
        "received_at": delivery.received_at,
        "sha256": sha256,
        "contract_version": extract.version,
        "control_totals": Json(draft.control_totals),
        "header_report": Json({"file": delivery.source_name} | draft.header_report),
        "problems": Json([problem.as_dict() for problem in draft.problems]),
        "decided_by": None if status == "landed" else "landing",
    }
    cursor.execute(_INSERT, vars(batch) | told)
    return batch
