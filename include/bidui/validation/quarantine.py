"""Setting failing rows apart: all of them, in the server, by the query that Great Expectations gives."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg2
import psycopg2.extensions

from bidui.validation.suite import Suite

INSERT = """
insert into ledger.quarantined_row (batch_id, row_no, expectation, column_name, reason, severity)
select distinct q.batch_id, q.row_no, %s, %s, %s, %s
from ({query}) as q
"""


def quarantine(
    cursor: psycopg2.extensions.cursor, suite: Suite, queries: Mapping[str, str]
) -> tuple[dict[str, int], list[str]]:
    """Insert every failing row of each check; return rows per slug, and the slugs whose query failed.

    Each query runs in a savepoint: one that the server refuses takes no other check's rows with it.
    The rows land as `(batch_id, row_no)`, the row's number as a person sees it, and a reason without any value.
    """
    inserted: dict[str, int] = {}
    failed: list[str] = []
    for name, query in queries.items():
        check = suite.by_name[name]
        cursor.execute("savepoint quarantine")
        try:
            cursor.execute(
                INSERT.format(query=query.replace("%", "%%")),
                (check.name, check.column_name, str(check.reason), check.severity),
            )
        except psycopg2.Error:
            # The server's message may quote a value: the slug is all that is told.
            cursor.execute("rollback to savepoint quarantine")
            failed.append(name)
        else:
            inserted[name] = cursor.rowcount
        cursor.execute("release savepoint quarantine")
    return inserted, failed


def quarantined_rows(cursor: psycopg2.extensions.cursor, batch_id: int) -> int:
    """Distinct rows of the batch that are set apart."""
    cursor.execute(
        "select count(distinct row_no) from ledger.quarantined_row where batch_id = %s and severity = 'critical'",
        (batch_id,),
    )
    row = cursor.fetchone()
    return int(row[0]) if row else 0
