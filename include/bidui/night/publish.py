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


def fail(connection: psycopg2.extensions.connection, as_of: dt.date, reason: str) -> None:
    """Record that the night's run failed, so that the next night is not held up by it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update ledger.run set status = 'failed', reason = %s, finished_at = now()"
            " where as_of = %s and kind = 'night' and status in ('running', 'reconciled')",
            (reason, as_of),
        )
