"""A night's fingerprint: one SHA-256 over its inputs, every row valid that night, and the night before.

`verify_chain` says what exactly is hashed, and verifies it without the warehouse.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

import psycopg2.extensions
from psycopg2 import sql

from bidui.night.verify_chain import fingerprint_of

# Tables of nights: rows valid [from_night, to_night), or rows of one night each (`as_of`).
NIGHT_TABLES = """
select
    substr(c.table_schema, length(%(prefix)s) + 1) as table_schema,
    c.table_name,
    array_agg(c.column_name::text) && array['from_night'] as is_valid_over_nights
from information_schema.columns as c
where left(c.table_schema, length(%(prefix)s)) = %(prefix)s
    and substr(c.table_schema, length(%(prefix)s) + 1) like 'mart\\_%%'
    and c.table_name not like '%%\\_\\_new'
group by 1, 2
having array['from_night', 'to_night', 'row_hash']::text[] <@ array_agg(c.column_name::text)
    or array['as_of', 'row_hash']::text[] <@ array_agg(c.column_name::text)
order by 1, 2
"""


@dataclass(frozen=True)
class NightTable:
    """A mart whose rows belong to nights; `schema` is without the prefix of a build beside the standing one."""

    schema: str
    name: str
    is_valid_over_nights: bool

    @property
    def full_name(self) -> str:
        """As digests name it."""
        return f"{self.schema}.{self.name}"

    def identifier(self, schema_prefix: str = "") -> sql.Identifier:
        """As SQL names it."""
        return sql.Identifier(schema_prefix + self.schema, self.name)

    @property
    def of_night(self) -> sql.SQL:
        """Condition: the row belongs to the night `%(night)s`."""
        if self.is_valid_over_nights:
            return sql.SQL("from_night <= %(night)s and %(night)s < to_night")
        return sql.SQL("as_of = %(night)s")


def night_tables(cursor: psycopg2.extensions.cursor, schema_prefix: str = "") -> list[NightTable]:
    """Every table of nights, of the standing build or of one beside it."""
    cursor.execute(NIGHT_TABLES, {"prefix": schema_prefix})
    return [NightTable(*row) for row in cursor.fetchall()]


def night_digests(
    connection: psycopg2.extensions.connection, as_of: dt.date, schema_prefix: str = ""
) -> dict[str, dict[str, Any]]:
    """Return table → {rows, hash_sum} of the rows of the night; the order of rows does not matter."""
    digests: dict[str, dict[str, Any]] = {}
    with connection.cursor() as cursor:
        for table in night_tables(cursor, schema_prefix):
            cursor.execute(
                sql.SQL("select count(*), coalesce(sum(row_hash::numeric), 0) from {} where {}").format(
                    table.identifier(schema_prefix), table.of_night
                ),
                {"night": as_of},
            )
            [(rows, hash_sum)] = cursor.fetchall()
            digests[table.full_name] = {"rows": int(rows), "hash_sum": str(hash_sum)}
    return digests


def record(
    connection: psycopg2.extensions.connection, as_of: dt.date, kind: str = "night", schema_prefix: str = ""
) -> str:
    """Compute the running night's fingerprint and write it, with the digests it is made of, to `ledger.run`.

    Raises LookupError when no run of that kind is under way.
    """
    digests = night_digests(connection, as_of, schema_prefix)
    with connection.cursor() as cursor:
        cursor.execute(
            "select run_id, previous_fingerprint, inputs from ledger.run"
            " where as_of = %s and kind = %s and status in ('running', 'reconciled') order by run_id desc limit 1",
            (as_of, kind),
        )
        row = cursor.fetchone()
        if row is None:
            raise LookupError(f"no run of {as_of} is under way")
        run_id, previous, inputs = row
        # As the ledger gives it back, so that whoever reads it there hashes the same.
        inputs = json.loads(json.dumps(inputs | {"digests": digests}))
        fingerprint = fingerprint_of(as_of.isoformat(), previous, inputs)
        cursor.execute(
            "update ledger.run set fingerprint = %s, status = 'reconciled', inputs = %s where run_id = %s",
            (fingerprint, json.dumps(inputs), run_id),
        )
    return fingerprint
