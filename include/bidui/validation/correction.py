"""Files of one extract and one data date: parts of a list, or corrections of one another.

A file most of whose keys a newer one names again is the same list sent once more: the newer one replaces it. Files
that name other things stand side by side, whichever night they came. Keys are the contract's; where it has none, whole
rows. Newer is the later night; within a night the file that landed later, which is the one modified later (see
`landing.land_all`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import psycopg2.extensions
from psycopg2 import sql

from bidui.contract import Extract
from bidui.validation.gx_session import SCHEMA
from bidui.warehouse.query import query

ACCEPTED = """
select batch_id, rows_landed
from ledger.batch
where extract = %s and data_date is not distinct from %s and status = 'accepted'
"""


def replaced(cursor: psycopg2.extensions.cursor, extract: Extract, batch_ids: Iterable[int]) -> dict[int, int]:
    """Which of these staged batches a newer file among them replaces: batch → first batch of the newest such file."""
    cursor.execute(query("files_of_batches"), {"batch_ids": list(batch_ids)})
    files = cursor.fetchall()
    first_of_place = {place: first for _, first, place in files}
    if len(first_of_place) < 2:
        return {}
    rows = sql.SQL(" union ").join(_keys(extract, batch_id, place) for batch_id, _, place in files)
    cursor.execute(sql.SQL(query("replaced_files")).format(rows=rows), {"share": extract.common.same_list_share})
    newest = dict(cursor.fetchall())
    return {batch_id: first_of_place[newest[place]] for batch_id, _, place in files if place in newest}


def apart(
    cursor: psycopg2.extensions.cursor, extract: Extract, batch_ids: list[int], landed: Iterable[int]
) -> list[list[int]]:
    """Split batches that landed as one delivery: each file that another of them replaces is a delivery of its own.

    Oldest first, the rest last: so a correction is measured against what it corrects, and if it is held, that stays.
    """
    by = replaced(cursor, extract, landed)
    own: dict[int, list[int]] = {}
    cursor.execute(query("files_of_batches"), {"batch_ids": list(by)})
    for batch_id, first, _ in cursor.fetchall():
        own.setdefault(first, []).append(batch_id)
    for first, parts in own.items():
        cursor.execute("update ledger.batch set delivery_no = %s where batch_id = any(%s)", (first, parts))
    rest = [batch_id for batch_id in batch_ids if batch_id not in by]
    return [*(own[first] for first in sorted(own)), rest]


def rows_beside(
    cursor: psycopg2.extensions.cursor, extract: Extract, data_date: dt.date | None, delivery: Iterable[int]
) -> int:
    """Rows in force of the same data date that a delivery leaves in force: it is a further part of that list."""
    parts = list(delivery)
    in_force = accepted(cursor, extract, data_date, parts)
    by = replaced(cursor, extract, [*in_force, *parts]) if in_force else {}
    return sum(rows for batch, rows in in_force.items() if batch not in by and batch not in by.values())


def same_list(
    cursor: psycopg2.extensions.cursor, extract: Extract, data_date: dt.date | None, delivery: Iterable[int]
) -> int | None:
    """A batch in force that holds the same list as a delivery of its data date (older or newer), or None."""
    parts = list(delivery)
    in_force = accepted(cursor, extract, data_date, parts)
    by = replaced(cursor, extract, [*in_force, *parts]) if in_force else {}
    return next((batch for batch in sorted(in_force) if batch in by or batch in by.values()), None)


def accepted(
    cursor: psycopg2.extensions.cursor, extract: Extract, data_date: dt.date | None, besides: Iterable[int] = ()
) -> Mapping[int, int]:
    """Accepted batches of one data date, `besides` left out, and their rows."""
    left_out = set(besides)
    cursor.execute(ACCEPTED, (extract.key, data_date))
    return {batch: rows for batch, rows in cursor.fetchall() if batch not in left_out}


def _keys(extract: Extract, batch_id: int, place: int) -> sql.Composed:
    """What one batch names, each once; rows that name nothing say nothing about being the same list."""
    columns = sql.SQL(", ").join(map(sql.Identifier, extract.staged_keys or ("row_hash",)))
    return sql.SQL(
        "select {place} as place, hashtextextended(row({columns})::text, 0) as key from {table}"
        " where num_nonnulls({columns}) > 0"
    ).format(
        place=sql.Literal(place), columns=columns, table=sql.Identifier(SCHEMA, f"{extract.key}__b{batch_id}")
    )
