"""Marts beside the standing ones: schemas with a prefix that start from the eve of a night and are built on from there."""

from __future__ import annotations

import datetime as dt

import psycopg2.extensions
from psycopg2 import sql

from bidui.night.fingerprint import NightTable, night_tables
from bidui.warehouse.connection import transaction

EVE = "from_night < %(night)s and to_night >= %(night)s"
EVENTS = "as_of < %(night)s"

TABLES = "select substr(schemaname, %s), tablename from pg_tables where schemaname like %s order by 1, 2"

# Views built beside that the standing schemas lack.
MISSING_VIEWS = """
select substr(v.schemaname, %s), v.viewname, v.definition
from pg_views as v
where v.schemaname like %s and to_regclass(format('%%I.%%I', substr(v.schemaname, %s), v.viewname)) is null
order by 1, 2
"""

SHAPE = """
select attname, format_type(atttypid, atttypmod)
from pg_attribute
where attrelid = to_regclass(format('%%I.%%I', %s::text, %s::text)) and attnum > 0 and not attisdropped
order by attnum
"""

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


def copy_in(
    cursor: psycopg2.extensions.cursor, table: NightTable, schema_prefix: str, condition: sql.Composable
) -> None:
    """Copy the rows of the table built beside into the standing one."""
    columns = sql.SQL(", ").join(
        sql.Identifier(name) for name in columns_of(cursor, schema_prefix + table.schema, table.name)
    )
    cursor.execute(
        sql.SQL("insert into {to} ({columns}) select {columns} from {of} {condition}").format(
            to=table.identifier(), of=table.identifier(schema_prefix), columns=columns, condition=condition
        )
    )


def replace_latest(
    cursor: psycopg2.extensions.cursor, schema_prefix: str, nightly: set[tuple[str, str]]
) -> None:
    """Put in what only the latest night has (facts and intermediate results): all tables but the `nightly` ones.

    A table that is new since the last night, or of another shape, as after an upgrade, is made anew, and so is a
    view that went with it.
    """
    of_marts, length = schema_prefix.replace("_", "\\_") + "mart\\_%", len(schema_prefix) + 1
    cursor.execute(TABLES, (length, of_marts))
    for schema, name in cursor.fetchall():
        if (schema, name) in nightly:
            continue
        table = NightTable(schema, name, False)
        if _shape(cursor, schema, name) == _shape(cursor, schema_prefix + schema, name):
            cursor.execute(sql.SQL("delete from {}").format(table.identifier()))
        else:
            cursor.execute(sql.SQL("drop table if exists {} cascade").format(table.identifier()))
            cursor.execute(
                sql.SQL("create table {} (like {} including all)").format(
                    table.identifier(), table.identifier(schema_prefix)
                )
            )
        copy_in(cursor, table, schema_prefix, sql.SQL(""))
    cursor.execute(MISSING_VIEWS, (length, of_marts, length))
    for schema, name, definition in cursor.fetchall():
        # The server's own text, which names the schemas beside.
        standing = sql.SQL(definition.replace(f"{schema_prefix}mart_", "mart_"))
        cursor.execute(sql.SQL("create view {} as {}").format(sql.Identifier(schema, name), standing))


def _shape(cursor: psycopg2.extensions.cursor, schema: str, table: str) -> list[tuple[str, str]]:
    """Columns and types in order; empty where there is no such table."""
    cursor.execute(SHAPE, (schema, table))
    return cursor.fetchall()


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
