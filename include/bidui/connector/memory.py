"""What the ledger remembers about earlier pulls, as far as a connector asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

import psycopg2.extensions

from bidui.contract import Extract


@dataclass(frozen=True)
class Reached:
    """How far accepted pulls of a list by watermark have come: the last of them, its highest value as text, and the
    digests of its last rows (`sql.LastRows`)."""

    pull_id: int
    watermark: str
    last_rows: bytes


@dataclass(frozen=True)
class Pull:
    """One finished pull. `rows` is None where files are fetched as they are; watermarks are text."""

    department: str
    extract: str
    as_of: date
    origin: str
    connection: str
    source_name: str
    sha256: str
    started_at: datetime
    finished_at: datetime
    rows: int | None = None
    watermark_from: str | None = None
    watermark_to: str | None = None
    after_pull: int | None = None
    last_rows: bytes | None = None


class Memory(Protocol):
    """What a connector may ask and tell."""

    def is_settled(self, extract: Extract, source_name: str, received_at: datetime) -> bool:
        """Whether a file of this name and time was delivered and need not be read again."""
        ...

    def tonight(self, extract: Extract, as_of: date) -> tuple[str, bool] | None:
        """The night's last pull of the extract: its hash, and whether the batch it became stands; None before one."""
        ...

    def reached(self, extract: Extract) -> Reached | None:
        """How far accepted pulls have come; None before the first."""
        ...

    def record(self, pull: Pull) -> None:
        """Remember a finished pull."""
        ...


# A file that was held unread is read again when its contract has changed or its date has come.
SETTLED = """
select exists (
    select from ledger.batch
    where extract = %s and received_at = %s and coalesce(header_report ->> 'file', source_name) = %s
        and (status <> 'held' or rows_landed > 0 or contract_version = %s and data_date is null)
)
"""

TONIGHT = """
select
    p.sha256,
    -- nothing new came, or what came is in the warehouse
    p.rows_pulled = 0 or exists (
        select from ledger.batch as b
        where b.extract = p.extract and b.sha256 = p.sha256
            and b.status in ('landed', 'accepted', 'superseded', 'duplicate')
    )
from ledger.pull as p
where p.extract = %s and p.as_of = %s
order by p.pull_id desc
limit 1
"""

ACCEPTED = """
select p.pull_id, p.after_pull, p.watermark_to, p.last_rows
from ledger.pull as p
where p.extract = %s and p.watermark_to is not null and p.rows_pulled > 0
    and exists (
        select from ledger.batch as b
        where b.extract = p.extract and b.sha256 = p.sha256 and b.status in ('accepted', 'superseded')
    )
order by p.pull_id
"""


class LedgerMemory:
    """The memory of `ledger.pull` and `ledger.batch`; each answer is a transaction of its own."""

    def __init__(self, connection: psycopg2.extensions.connection) -> None:
        self.connection = connection

    def is_settled(self, extract: Extract, source_name: str, received_at: datetime) -> bool:
        """See Memory."""
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute(SETTLED, (extract.key, received_at, source_name, extract.version))
            row = cursor.fetchone()
        return bool(row and row[0])

    def tonight(self, extract: Extract, as_of: date) -> tuple[str, bool] | None:
        """See Memory."""
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute(TONIGHT, (extract.key, as_of))
            row = cursor.fetchone()
        return (str(row[0]), bool(row[1])) if row else None

    def reached(self, extract: Extract) -> Reached | None:
        """Follow the chain of accepted pulls, each from where an earlier one ended.

        One that was withdrawn or never accepted breaks the chain there, so that its rows are asked for again.
        """
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute(ACCEPTED, (extract.key,))
            pulls = cursor.fetchall()
        chain: dict[int | None, Reached | None] = {None: None}
        for pull_id, after, watermark, last_rows in pulls:
            if after in chain:
                chain[pull_id] = Reached(pull_id, watermark, bytes(last_rows or b""))
        return list(chain.values())[-1]

    def record(self, pull: Pull) -> None:
        """See Memory."""
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute(
                "insert into ledger.pull (department, extract, as_of, origin, connection, source_name, sha256,"
                " rows_pulled, watermark_from, watermark_to, after_pull, last_rows, started_at, finished_at)"
                " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                (
                    pull.department,
                    pull.extract,
                    pull.as_of,
                    pull.origin,
                    pull.connection,
                    pull.source_name,
                    pull.sha256,
                    pull.rows,
                    pull.watermark_from,
                    pull.watermark_to,
                    pull.after_pull,
                    pull.last_rows,
                    pull.started_at,
                    pull.finished_at,
                ),
            )
