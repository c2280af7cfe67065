"""Make a reconciled night visible: outward views are there, then one UPDATE."""

from __future__ import annotations

import datetime as dt

import psycopg2.extensions

from bidui.night.order import refuse_to_overtake


def publish(connection: psycopg2.extensions.connection, as_of: dt.date) -> int:
    """Point readers at the night, in the caller's transaction; return the run published.

    Readers see the whole night or the one before, never a mix. Raises LookupError when the night is not reconciled.
    """
    with connection.cursor() as cursor:
        refuse_to_overtake(cursor, as_of, "night")
        cursor.execute(
            "update ledger.run set status = 'published', finished_at = now()"
            " where run_id = (select run_id from ledger.run where as_of = %s"
            "  and (status = 'published' or kind = 'night' and status = 'reconciled') order by run_id desc limit 1)"
            " returning run_id",
            (as_of,),
        )
        row = cursor.fetchone()
        if row is None:
            raise LookupError(f"the night {as_of} is not reconciled; run `reconcile` first")
        run_id = int(row[0])
        cursor.execute(
            "update ledger.run set status = 'superseded' where as_of = %s and status = 'published' and run_id <> %s",
            (as_of, run_id),
        )
        cursor.execute(
            "update ledger.published_night set as_of = %s, run_id = %s, published_at = now()", (as_of, run_id)
        )
    return run_id


def take_back(cursor: psycopg2.extensions.cursor, as_of: dt.date) -> None:
    """Point readers at the night before a published one that is about to be built again, in the caller's transaction.

    Its rows are about to be taken back table by table. Readers of it would see a mixture, and a layer that fails would
    leave them one; the rows of the night before stand untouched beside them.
    """
    cursor.execute(
        "update ledger.published_night set (as_of, run_id, published_at) = ("
        " select as_of, run_id, finished_at from ledger.run where status = 'published' and as_of < %s"
        " order by as_of desc, run_id desc limit 1)"
        " where as_of = %s returning as_of",
        (as_of, as_of),
    )
    if cursor.fetchone() is not None:
        cursor.execute(
            "update ledger.run set status = 'superseded' where as_of = %s and status = 'published'", (as_of,)
        )


def fail(connection: psycopg2.extensions.connection, as_of: dt.date, reason: str) -> None:
    """Record that the night's run failed, so that the next night is not held up by it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update ledger.run set status = 'failed', reason = %s, finished_at = now()"
            " where as_of = %s and kind = 'night' and status in ('running', 'reconciled')",
            (reason, as_of),
        )
