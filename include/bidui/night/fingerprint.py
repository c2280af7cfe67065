"""A night's fingerprint: one SHA-256 over every row valid that night and the fingerprint of the night before."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import psycopg2.extensions
from psycopg2 import sql

NIGHT_TABLES = """
select c.table_schema, c.table_name
from information_schema.columns as c
where c.table_schema in ('mart_identity', 'mart_comparison', 'mart_finding', 'mart_summary')
    and c.table_name not like '%%\\_\\_new'
group by 1, 2
having array['from_night', 'to_night', 'row_hash']::text[] <@ array_agg(c.column_name::text)
order by 1, 2
"""


def night_digests(
    connection: psycopg2.extensions.connection, as_of: dt.date, schema_prefix: str = ""
) -> dict[str, tuple[int, int]]:
    """Return table → (rows, sum of row hashes) of the rows valid at the night; the order of rows does not matter."""
    digests: dict[str, tuple[int, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(NIGHT_TABLES)
        for schema, table in cursor.fetchall():
            cursor.execute(
                sql.SQL(
                    "select count(*), coalesce(sum(row_hash::numeric), 0) from {}.{}"
                    " where from_night <= %(night)s and %(night)s < to_night"
                ).format(sql.Identifier(schema_prefix + schema), sql.Identifier(table)),
                {"night": as_of},
            )
            row = cursor.fetchone()
            if row is not None:
                digests[f"{schema}.{table}"] = (int(row[0]), int(row[1]))
    return digests


def chain(digests: dict[str, tuple[int, int]], previous: str | None) -> str:
    """Return the fingerprint of a night from its tables' digests and the previous night's fingerprint."""
    lines = [f"previous {previous or '-'}"]
    lines += [f"{table} {rows} {total}" for table, (rows, total) in sorted(digests.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def record(connection: psycopg2.extensions.connection, as_of: dt.date) -> str:
    """Compute the running night's fingerprint and write it, with the digests it is made of, to `ledger.run`."""
    digests = night_digests(connection, as_of)
    with connection.cursor() as cursor:
        cursor.execute(
            "select run_id, previous_fingerprint from ledger.run where as_of = %s and status in ('running', 'reconciled')"
            " order by run_id desc limit 1",
            (as_of,),
        )
        row = cursor.fetchone()
        if row is None:
            raise LookupError(f"no run of {as_of} is under way")
        run_id, previous = row
        fingerprint = chain(digests, previous)
        cursor.execute(
            "update ledger.run set fingerprint = %s, status = 'reconciled',"
            " inputs = inputs || jsonb_build_object('digests', %s::jsonb) where run_id = %s",
            (fingerprint, _as_json(digests), run_id),
        )
    return fingerprint


def _as_json(digests: dict[str, tuple[int, int]]) -> str:
    return json.dumps({table: {"rows": rows, "hash_sum": str(total)} for table, (rows, total) in digests.items()})
