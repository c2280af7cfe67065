"""Marts beside the standing ones: schemas with a prefix that start from the eve of a night and are built on from there."""

from __future__ import annotations

import datetime as dt

import psycopg2.extensions
from psycopg2 import sql

from bidui.night.fingerprint import night_tables
from bidui.warehouse.connection import transaction

EVE = "from_night < %(night)s and to_night >= %(night)s"
EVENTS = "as_of < %(night)s"

SCHEMAS = "select nspname from pg_namespace where nspname like %s and nspname not like 'mart\\_%%' order by 1"


def lay_out(schema_prefix: str, first_night: dt.date) -> None:
    """Make the schemas anew, with what the standing tables of nights said on the eve of `first_night`."""
    clear(schema_prefix)
    with transaction() as connection, connection.cursor() as cursor:
        tables = night_tables(cursor)
        for schema in sorted({table.schema for table in tables}):
            cursor.execute(sql.SQL("create schema {}").format(sql.Identifier(schema_prefix + schema)))
        for table in tables:
            copy = table.identifier(schema_prefix)
            cursor.execute(
                sql.SQL("create table {} (like {} including indexes)").format(copy, table.identifier())
            )
            columns = columns_of(cursor, table.schema, table.name)
            cursor.execute(
                sql.SQL("insert into {} ({}) select {} from {} as t where {}").format(
                    copy,
                    sql.SQL(", ").join(map(sql.Identifier, columns)),
                    sql.SQL(", ").join(map(_on_the_eve, columns)),
                    table.identifier(),
                    sql.SQL(EVE if table.is_valid_over_nights else EVENTS),
                ),
                {"night": first_night},
            )
            cursor.execute(sql.SQL("analyze {}").format(copy))


def clear(schema_prefix: str) -> None:
    """Drop the schemas, if there are any."""
    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute(SCHEMAS, (schema_prefix.replace("_", "\\_") + "mart\\_%",))
        for (schema,) in cursor.fetchall():
            cursor.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(schema)))
            cursor.execute("delete from ledger.kept_table where schema_name = %s", (schema,))


def columns_of(cursor: psycopg2.extensions.cursor, schema: str, table: str) -> list[str]:
    """Names of a table's columns, in order."""
    cursor.execute(
        "select column_name from information_schema.columns where table_schema = %s and table_name = %s"
        " order by ordinal_position",
        (schema, table),
    )
    return [row[0] for row in cursor.fetchall()]


def _on_the_eve(column: str) -> sql.Composable:
    """What closed later was still valid then."""
    return sql.SQL("'infinity'::date") if column == "to_night" else sql.Identifier(column)
