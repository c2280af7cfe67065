"""Land a delivery: keep its bytes, read it, fill a raw partition, write it in the ledger. One transaction a delivery.

Whatever is wrong with a file, it ends as a batch: landed, or held with the reason in both languages. The night goes on.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import psycopg2.extensions

from bidui.connector import Delivery, sha256_of
from bidui.contract import Extract
from bidui.home import folder
from bidui.landing import batch as batches
from bidui.landing.batch import Draft, Known, LandedBatch
from bidui.landing.data_date import DataDate, find_data_date
from bidui.landing.file_problem import no_rows
from bidui.landing.header import Header
from bidui.landing.part import Part
from bidui.landing.raw_table import ensure_table, fill_partition
from bidui.landing.reading import Reading
from bidui.landing.selection import HeaderError, Selected, Selection, select
from bidui.landing.store import keep
from bidui.problem import Problem, ProblemError

_SAVEPOINT = "before_rows"


def land_all(
    connection: psycopg2.extensions.connection, extract: Extract, deliveries: Sequence[Delivery], as_of: date
) -> list[LandedBatch]:
    """Land every delivery of one extract, from the oldest to the newest; commits after each.

    In order of data date, then of modification time, then of name (名单, 名单(2), 名单(10)): where two of them hold the
    same list, the one that lands later replaces the other. Files that come together and speak of the same date share a
    delivery number. Whether they are parts of one list or corrections shows once they are staged
    (`validation.correction`). See `land` for what comes back.
    """
    with connection, connection.cursor() as cursor:
        seen = [delivery for delivery in deliveries if batches.seen_file(cursor, extract.key, delivery)]
    new = [delivery for delivery in deliveries if delivery not in seen]
    if len(new) > 1:
        new.sort(key=lambda delivery: (_peek(extract, delivery, as_of), delivery.received_at, _as_counted(delivery.source_name)))
    ordered = [*seen, *new]
    landed: list[LandedBatch] = []
    for delivery in ordered:
        parts = {batch.data_date: batch.delivery_no for batch in landed if batch.status == "landed"}
        landed += land(connection, extract, delivery, as_of, parts)
    return landed


def land(
    connection: psycopg2.extensions.connection,
    extract: Extract,
    delivery: Delivery,
    as_of: date,
    parts: Mapping[date | None, int | None] | None = None,
) -> list[LandedBatch]:
    """Land one delivery for the night `as_of`; commits. `parts`: numbers of deliveries that it may be a part of.

    Returns one batch per table of the file. A file that cannot be read is one held batch; bytes that landed before
    under another name or time are one duplicate batch, unless the name states a newer data date; a file seen before
    changes nothing, and the batches it became are returned with `is_new` false. Raises nothing for what is wrong with a
    file; psycopg2 errors pass through.
    """
    with connection, connection.cursor() as cursor:
        batches.lock_extract(cursor, extract.key)
        try:
            sha256, path = _take(cursor, extract, delivery)
        except ProblemError as error:
            same = [k for k in batches.known_batches(cursor, extract.key, "") if k.is_same_file(delivery)]
            return [k.batch for k in same] or [_hold(cursor, extract, delivery, "", as_of, error)]
        known = batches.known_batches(cursor, extract.key, sha256)
        same = [item for item in known if item.is_same_file(delivery)]
        original = next((item for item in known if item.holds_rows), None)
        if original is not None and not same and not _is_stated_anew(known, extract, delivery, as_of):
            return [_duplicate(cursor, extract, delivery, sha256, as_of, original)]
        if (original is not None and same) or any(_nothing_changed(item, extract, as_of) for item in same):
            return [item.batch for item in same]
        cursor.execute(f"savepoint {_SAVEPOINT}")
        try:
            with tempfile.TemporaryDirectory(dir=folder("work")) as workspace:
                selection = select(path or delivery.path, delivery.source_name, extract, Path(workspace))
                return _land_tables(cursor, extract, delivery, sha256, selection, as_of, parts or {})
        except ProblemError as error:
            cursor.execute(f"rollback to savepoint {_SAVEPOINT}")
            return [_hold(cursor, extract, delivery, sha256, as_of, error)]


def _take(cursor: psycopg2.extensions.cursor, extract: Extract, delivery: Delivery) -> tuple[str, Path | None]:
    """Hash and keep a delivery. A file seen before lies in the drop folder every night: it is hashed, not copied."""
    if batches.seen_file(cursor, extract.key, delivery):
        with suppress(OSError):
            sha256 = sha256_of(delivery.path)
            if any(item.is_same_file(delivery) for item in batches.known_batches(cursor, extract.key, sha256)):
                return sha256, None
    return keep(delivery)


def _is_stated_anew(known: Sequence[Known], extract: Extract, delivery: Delivery, as_of: date) -> bool:
    """Whether bytes in the warehouse come under a name with a newer data date: a list in which nothing has changed.

    As a duplicate it would go stale, and nothing in it could be compared. What somebody withdrew, or a gate holds, does
    not come back by a new name.
    """
    held = [item.batch for item in known if item.holds_rows]
    if any(batch.status in ("withdrawn", "held") for batch in held):
        return False
    newest = max((batch.data_date for batch in held if batch.data_date), default=None)
    stated = _stated_date(extract, delivery, as_of)
    return newest is not None and stated is not None and stated.found_in != "modified" and newest < stated.day <= as_of


def _nothing_changed(item: Known, extract: Extract, as_of: date) -> bool:
    """Whether a file that was held unread would be held again: same contract, and no future date that has come."""
    if item.contract_version != extract.version:
        return False
    day = item.batch.data_date
    return not (day is not None and item.as_of < day <= as_of)


def _land_tables(
    cursor: psycopg2.extensions.cursor,
    extract: Extract,
    delivery: Delivery,
    sha256: str,
    selection: Selection,
    as_of: date,
    parts: Mapping[date | None, int | None],
) -> list[LandedBatch]:
    days = [data_date_of(table, extract, delivery, as_of) for table in selection.tables]
    for table, day in zip(selection.tables, days, strict=True):
        if day.is_future(as_of):
            raise _FutureDateError(future_date(table, day, as_of), day.day)
    ensure_table(cursor, extract)
    # Parts of one delivery share the newest of their dates and one number.
    data_date = max(day.day for day in days)
    delivery_no = parts.get(data_date)
    drafts: list[tuple[int, Draft]] = []
    for table, day in zip(selection.tables, days, strict=True):
        batch_id = batches.next_batch_id(cursor)
        delivery_no = delivery_no or batch_id
        reading = Reading(extract, table.part, table.header)
        fill_partition(cursor, extract, batch_id, reading)
        table.part.close()
        drafts.append((batch_id, _draft(delivery, selection, table, day, reading, data_date, delivery_no)))
    if not any(draft.rows_landed for _, draft in drafts):
        raise ProblemError(no_rows(delivery.source_name))
    return [
        batches.write_batch(cursor, batch_id, extract, delivery, sha256, as_of, "landed", draft)
        for batch_id, draft in drafts
    ]


def data_date_of(table: Selected, extract: Extract, delivery: Delivery, as_of: date) -> DataDate:
    """Data date of one table of a delivery. The member's own name goes before the zip's."""
    day = find_data_date(
        extract.delivery.data_date, table.titles, Path(table.part.file).stem, delivery.received_at, as_of
    )
    if day.found_in == "modified" and table.part.file != delivery.source_name:
        day = find_data_date(extract.delivery.data_date, (), Path(delivery.source_name).stem, delivery.received_at, as_of)
    return day


def _as_counted(name: str) -> list[tuple[str, int]]:
    """A file name in the order in which people count copies: 名单 before 名单(2) before 名单(10)."""
    return [(text, int(number or 0)) for text, number in re.findall(r"(\D+)?(\d+)?", Path(name).stem) if text or number]


def _peek(extract: Extract, delivery: Delivery, as_of: date) -> date:
    """The data date before landing, for the order of several files; a file that cannot be read goes by its arrival."""
    stated = _stated_date(extract, delivery, as_of)
    return stated.day if stated else min(delivery.received_at.date(), as_of)


def _stated_date(extract: Extract, delivery: Delivery, as_of: date) -> DataDate | None:
    """The data date of a delivery before landing; None for a file that cannot be read."""
    try:
        with tempfile.TemporaryDirectory(dir=folder("work")) as workspace:
            selection = select(delivery.path, delivery.source_name, extract, Path(workspace))
            return max((data_date_of(table, extract, delivery, as_of) for table in selection.tables), key=_day)
    except (ProblemError, OSError):
        return None


def _day(date_of: DataDate) -> date:
    return date_of.day


class _FutureDateError(ProblemError):
    """A file that says it is about days after the night; the date is kept, so that it can be read when it has come."""

    def __init__(self, problem: Problem, day: date) -> None:
        self.day = day
        super().__init__(problem)


def future_date(table: Selected, day: DataDate, as_of: date) -> Problem:
    """A data date after the night."""
    in_title = day.found_in == "title"
    return Problem(
        code="date.future",
        what_zh="数据日期在将来",
        what_en="the data date is in the future",
        file=table.part.file,
        sheet=table.part.sheet,
        expected_zh=f"不晚于 {as_of}",
        expected_en=f"not after {as_of}",
        found=day.day.isoformat(),
        fix_zh="改正标题行中的日期" if in_title else "改正文件名中的日期",
        fix_en=f"correct the date in the {'title row' if in_title else 'file name'}",
    )


def _hold(
    cursor: psycopg2.extensions.cursor,
    extract: Extract,
    delivery: Delivery,
    sha256: str,
    as_of: date,
    error: ProblemError,
) -> LandedBatch:
    """A held batch without rows: the file was not read, or not to its end."""
    draft = Draft(
        source_name=delivery.source_name,
        data_date=error.day if isinstance(error, _FutureDateError) else None,
        problems=error.problems,
        header_report=header_report(error.part, error.header) if isinstance(error, HeaderError) else {},
    )
    batch_id = batches.next_batch_id(cursor)
    return batches.write_batch(cursor, batch_id, extract, delivery, sha256, as_of, "held", draft)


def _duplicate(
    cursor: psycopg2.extensions.cursor,
    extract: Extract,
    delivery: Delivery,
    sha256: str,
    as_of: date,
    original: Known,
) -> LandedBatch:
    """A delivery of bytes that are in the warehouse already."""
    first = original.batch
    problem = Problem(
        code="file.duplicate",
        severity="info",
        what_zh=f"与批次 {first.batch_id}（{first.source_name}）内容完全相同，不重复入库",
        what_en=f"the same bytes as batch {first.batch_id} ({first.source_name}); nothing changes",
        file=delivery.source_name,
    )
    draft = Draft(source_name=delivery.source_name, data_date=first.data_date, problems=(problem,))
    batch_id = batches.next_batch_id(cursor)
    return batches.write_batch(
        cursor, batch_id, extract, delivery, sha256, as_of, "duplicate", draft, reason=f"{problem.zh} · {problem.en}"
    )


def _draft(
    delivery: Delivery, selection: Selection, table: Selected, day: DataDate, reading: Reading, data_date: date, delivery_no: int
) -> Draft:
    # A file with one table in it is named as the sender named it; several are told apart by member or sheet.
    alone = len(selection.tables) == 1
    return Draft(
        source_name=delivery.source_name if alone else table.part.source_name,
        data_date=data_date,
        delivery_no=delivery_no,
        rows_read=reading.rows_read,
        rows_skipped=reading.rows_skipped,
        rows_landed=reading.rows_landed,
        control_totals={
            name: {"sum": str(total.total), "count": total.count, "unread": total.unread}
            for name, total in reading.totals.items()
        },
        header_report=header_report(table.part, table.header, reading)
        | {"data_date": {"found_in": day.found_in, "stated": str(day.day)}},
        problems=(*selection.problems, *table.problems, *reading.problems),
    )


def header_report(part: Part, header: Header, reading: Reading | None = None) -> dict[str, Any]:
    """How a table was read, for the ledger: never a value of a data row."""
    report: dict[str, Any] = {
        "container": part.container,
        "sheet": part.sheet,
        "encoding": part.encoding,
        "delimiter": part.delimiter,
        "header_rows": [header.row, header.last_row],
        "columns": [
            {
                "letter": part.letter(match.position),
                "header": match.text,
                "column": match.column.name,
                "via": match.via,
            }
            for match in header.matched
        ],
        "missing_required": [column.name for column in header.missing_required],
        "missing_optional": [column.name for column in header.missing_optional],
        "unknown": [{"letter": part.letter(position), "header": text} for position, text in header.unknown],
    }
    if reading is not None:
        report |= {
            "skipped": dict(reading.skipped),
            "short_rows": reading.flaws.short.count,
            "unnamed_with_values": [part.letter(position) for position in sorted(reading.flaws.unnamed_with_values)],
        }
    return report
