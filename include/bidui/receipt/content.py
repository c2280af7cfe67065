"""What a receipt says, read from the ledger alone: counts, reasons, row numbers, never the value of a cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg2.extensions
from psycopg2.extras import RealDictCursor

from bidui.contract import Extract, Source, Title
from bidui.problem import Problem
from bidui.validation import load_suite

DUE = """
select delivery_id, extract, file_name, received_at, as_of, batch_ids, digest
from ledger.delivery
where department = %s and is_decided and not is_told
order by delivery_id
"""

PARTS = """
select
    batch_id, source_name, data_date, status, rows_read, rows_skipped, rows_landed, rows_accepted, rows_quarantined,
    decided_by, reason, header_report, problems
from ledger.batch
where batch_id = any(%s)
order by batch_id
"""

WARNINGS = """
select batch_id, expectation, unexpected_count
from ledger.validation
where batch_id = any(%s) and severity = 'warning' and not success and unexpected_count > 0
order by batch_id, unexpected_count desc, expectation
"""

FAILED_ROWS = """
select batch_id, row_no, column_name, reason
from ledger.quarantined_row
where batch_id = any(%s) and severity = 'critical'
order by batch_id, row_no, expectation
"""

IN_FORCE = """
select extract, data_date, files, rows_accepted
from ledger.list_in_force
where department = %s
"""

ROWS_AT_A_TIME = 5_000


@dataclass(frozen=True)
class Delivery:
    """One file that came, and the batches it became."""

    delivery_id: int
    extract: str
    file_name: str
    received_at: dt.datetime
    as_of: dt.date
    batch_ids: list[int]
    digest: str


@dataclass(frozen=True)
class Part:
    """One table of the file: read = skipped + landed; landed = accepted + quarantined, once it was judged."""

    batch_id: int
    source_name: str
    data_date: dt.date | None
    status: str
    rows_read: int
    rows_skipped: int
    rows_landed: int
    rows_accepted: int
    rows_quarantined: int
    decided_by: str | None
    reason: str | None
    header_report: dict[str, Any]
    problems: list[dict[str, Any]]

    @property
    def sheet(self) -> str | None:
        """The sheet's name, where the file has sheets."""
        return self.header_report.get("sheet")

    @property
    def told(self) -> list[Problem]:
        """What was found about file and header, as the sender can mend it."""
        return [Problem.from_dict(problem).for_sender() for problem in self.problems]

    def column_in_file(self, name: str) -> str | None:
        """A column of the contract as the sender sees it: letter and own header; None where the file has none."""
        for column in self.header_report.get("columns", ()):
            if column["column"] == name:
                return f"{column['letter']} 列“{column['header']}”"
        return None


@dataclass(frozen=True)
class FailedRow:
    """One row and one thing that is wrong with it."""

    part: Part
    row_no: int
    columns: str
    what: Title
    fix: Title


@dataclass(frozen=True)
class Warned:
    """A check that does not set rows apart, and how many rows fail it."""

    part: Part
    title: Title
    rows: int


@dataclass(frozen=True)
class InForce:
    """What is compared for one extract now; nothing where no list was ever accepted."""

    extract: Extract
    data_date: dt.date | None
    files: str
    rows: int

    def is_stale(self, as_of: dt.date) -> bool:
        """Whether the list is too old to be compared."""
        return self.data_date is not None and as_of - self.data_date > self.extract.delivery.max_age


@dataclass(frozen=True)
class Receipt:
    """All that a receipt says, except the failed rows, which may be many: see `failed_rows`."""

    source: Source
    extract: Extract
    delivery: Delivery
    parts: tuple[Part, ...]
    warned: tuple[Warned, ...]
    in_force: tuple[InForce, ...]

    @property
    def status(self) -> str:
        """The status all parts share, or `mixed`."""
        statuses = {part.status for part in self.parts}
        return statuses.pop() if len(statuses) == 1 else "mixed"

    @property
    def problems(self) -> list[Problem]:
        """What was found about file and headers, each once, what holds the file first."""
        found = dict.fromkeys(problem for part in self.parts for problem in part.told)
        return sorted(found, key=lambda problem: ("hold", "warn", "info").index(problem.severity))

    def total(self, count: str) -> int:
        """A count (`rows_read`, …) over all parts."""
        return sum(getattr(part, count) for part in self.parts)


def due(connection: psycopg2.extensions.connection, department: str) -> list[Delivery]:
    """Decided deliveries of the department whose sender has not been told how they stand, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, (department,))
        return [Delivery(*row) for row in cursor.fetchall()]


def collect(connection: psycopg2.extensions.connection, source: Source, delivery: Delivery) -> Receipt:
    """Everything about one delivery; only this department's extracts are looked at."""
    extract = next(extract for extract in source.extracts if extract.key == delivery.extract)
    with connection.cursor(cursor_factory=RealDictCursor) as cursor:
        cursor.execute(PARTS, (delivery.batch_ids,))
        parts = tuple(Part(**row) for row in cursor.fetchall())
        cursor.execute(WARNINGS, (delivery.batch_ids,))
        warned = tuple(_warned(extract, parts, cursor.fetchall()))
        cursor.execute(IN_FORCE, (source.department,))
        lists = {row["extract"]: row for row in cursor.fetchall()}
    in_force = tuple(
        InForce(extract, lists[extract.key]["data_date"], lists[extract.key]["files"], lists[extract.key]["rows_accepted"])
        if extract.key in lists
        else InForce(extract, None, "", 0)
        for extract in source.extracts
    )
    return Receipt(source, extract, delivery, parts, warned, in_force)


def failed_rows(connection: psycopg2.extensions.connection, receipt: Receipt) -> Iterator[FailedRow]:
    """Every row that was set apart, once per thing that is wrong with it, in the order of the file; flat memory."""
    parts = {part.batch_id: part for part in receipt.parts}
    with connection.cursor(name="receipt_rows") as cursor:
        cursor.itersize = ROWS_AT_A_TIME
        cursor.execute(FAILED_ROWS, (receipt.delivery.batch_ids,))
        for batch_id, row_no, column_name, reason in cursor:
            part = parts[batch_id]
            zh, _, en = reason.partition(" · ")
            what_zh, fix_zh = _split(zh, "；")
            what_en, fix_en = _split(en, ";")
            yield FailedRow(
                part, row_no, _columns(receipt.extract, part, column_name),
                Title(what_zh, what_en), Title(fix_zh, fix_en),
            )  # fmt: skip


def _columns(extract: Extract, part: Part, names: str | None) -> str:
    wanted = (names or "").split(", ") if names else []
    return "、".join(
        part.column_in_file(name) or (f"“{extract.by_name[name].header}”" if name in extract.by_name else name)
        for name in wanted
    )


def _split(text: str, separator: str) -> tuple[str, str]:
    """A suite's reason is written `what is wrong; what to do`."""
    what, found, fix = text.rpartition(separator)
    return (what.strip(), fix.strip()) if found else (text.strip(), "")


def _warned(extract: Extract, parts: tuple[Part, ...], rows: list[Any]) -> Iterator[Warned]:
    """Checks that were left since stay silent: nobody could say any more what they were about."""
    if not rows:
        return
    checks = load_suite(extract.key).by_name
    by_id = {part.batch_id: part for part in parts}
    for row in rows:
        if row["expectation"] in checks:
            yield Warned(by_id[row["batch_id"]], checks[row["expectation"]].title, row["unexpected_count"])
