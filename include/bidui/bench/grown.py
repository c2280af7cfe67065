"""A warehouse of many counties for the measurement of outward views, grown from a small county's real nights.

What outward views read is multiplied by statements: copy n of the county is another county, with towns, villages,
households and persons of its own, so counts per division, per person and per rule stay what the nights made them. Earlier
nights are then put in: a share of the published rows is another every night, as after months of new lists. Values are
those of the real night; only how many rows there are, and where they lie, is grown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg2.extensions
from psycopg2 import sql

from bidui.warehouse.connection import connect, transaction
from bidui.warehouse.migrate import refresh_outward
from bidui.warehouse.query import query

# Every published row is another one after so many nights: 5 % of all rows move in each. New lists come monthly.
NIGHTS_OF_A_ROW = 20
# Keys that are another's in a copy, and codes of places that lie in the copy's county.
KEYS = frozenset({
    "person_key", "household_key", "subject_key", "life_key", "head_person_key", "household_no", "person_no", "finding_id",
    "cause_finding_id", "survivor_key",
})  # fmt: skip
PLACES = frozenset({"county_code", "town_code", "village_code", "division_code", "parent_code"})
# Rows of a delivery are numbered; a copy's go on after so many.
ROWS_OF_A_COPY = 10_000_000


@dataclass(frozen=True)
class Table:
    """A table that outward views read."""

    schema: str
    name: str
    columns: tuple[str, ...]
    is_published: bool

    @property
    def identifier(self) -> sql.Identifier:
        """Its qualified name in a statement."""
        return sql.Identifier(self.schema, self.name)


def grow(persons: int, nights: int, night: dt.date, schemas: Sequence[str]) -> None:
    """Grow what the views of `schemas` read to at least `persons` registry persons, and what is published to `nights` nights
    before the published one.

    Counties of the copies are named by number. Nothing is logged ahead, so that it takes the disk once. Raises psycopg2
    errors.
    """
    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute("select count(*) from mart_summary.person_kind where to_night = 'infinity'")
        [(standing,)] = cursor.fetchall()
        tables = _tables(cursor, schemas)
    copies = max(0, -(-persons // standing) - 1)
    connection = connect(application="bidui bench serving")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(sql.SQL("alter table {} set unlogged").format(table.identifier))
                indexes = _without_indexes(cursor, table)
                if {*KEYS, *PLACES} & {*table.columns}:
                    _multiply(cursor, table, copies)
                if table.is_published and "to_night" in table.columns:
                    _put_nights_before(cursor, table, nights, night)
                for index in indexes:
                    cursor.execute(index)
                cursor.execute(sql.SQL("vacuum analyze {}").format(table.identifier))
    finally:
        connection.close()
    # Names are drawn for the new persons, as after a night.
    refresh_outward()


def _tables(cursor: psycopg2.extensions.cursor, schemas: Sequence[str]) -> list[Table]:
    cursor.execute(query("tables_read_by_views"), (["published"],))
    published = {(schema, name) for schema, name, _ in cursor.fetchall()}
    cursor.execute(query("tables_read_by_views"), (list(schemas),))
    return [Table(schema, name, tuple(columns), (schema, name) in published) for schema, name, columns in cursor.fetchall()]


def _without_indexes(cursor: psycopg2.extensions.cursor, table: Table) -> list[str]:
    """Drop the table's indexes, return the statements that make them again: rows go in many times faster between."""
    cursor.execute(
        "select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) from pg_index as i"
        " where i.indrelid = %s::regclass and not exists (select from pg_constraint as c where c.conindid = i.indexrelid)",
        (f"{table.schema}.{table.name}",),
    )
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(sql.SQL("drop index {}").format(sql.SQL(name)))
    return [definition for _, definition in indexes]


def _multiply(cursor: psycopg2.extensions.cursor, table: Table, copies: int) -> None:
    # Of the places, those of the county that is copied: its prefecture has one name.
    only = sql.SQL(
        "where left(division_code, 6) in (select distinct left(county_code, 6) from mart_summary.person_kind)"
    )
    cursor.execute(
        sql.SQL("insert into {table} ({columns}) select {values} from {table} cross join generate_series(1, {copies}) as copy {only}")
        .format(
            table=table.identifier,
            columns=sql.SQL(", ").join(map(sql.Identifier, table.columns)),
            values=sql.SQL(", ").join(map(_of_copy, table.columns)),
            copies=sql.Literal(copies),
            only=only if table.name == "division" else sql.SQL(""),
        )
    )  # fmt: skip


def _of_copy(column: str) -> sql.Composable:
    value = sql.Identifier(column)
    if column in KEYS:
        return sql.SQL("{} || '~' || copy").format(value)
    if column in PLACES:
        # Two digits of province, four of the county's number, the town and village as they were; prefectures stay.
        return sql.SQL(
            "case when {0} like '____00%%' then {0} else substr({0}, 1, 2) || to_char(copy, 'FM0000') || substr({0}, 7) end"
        ).format(value)
    if column == "row_no":
        return sql.SQL("{} + copy * {}").format(value, sql.Literal(ROWS_OF_A_COPY))
    return value


def _put_nights_before(cursor: psycopg2.extensions.cursor, table: Table, nights: int, night: dt.date) -> None:
    """Every row has versions of NIGHTS_OF_A_ROW nights each, back to `nights` before; laid down in the order of nights."""
    cursor.execute("drop table if exists pg_temp.standing")
    cursor.execute(
        sql.SQL(
            "create temporary table standing as"
            " select *, mod(abs(hashtext(night_row::text)), {of_a_row}) as turn from {table} as night_row"
            " where to_night = 'infinity'"
        ).format(table=table.identifier, of_a_row=sql.Literal(NIGHTS_OF_A_ROW))
    )
    values = [sql.Identifier(column) for column in table.columns if column not in {"from_night", "to_night"}]
    cursor.execute(sql.SQL("truncate {}").format(table.identifier))
    cursor.execute(
        sql.SQL(
            "insert into {table} ({columns}, from_night, to_night) select {columns}, {night} - turn - {of_a_row} * version,"
            " case version when 0 then 'infinity' else {night} - turn - {of_a_row} * (version - 1) end"
            " from pg_temp.standing cross join generate_series(0, {versions}) as version"
            " order by {night} - turn - {of_a_row} * version"
        ).format(
            table=table.identifier,
            columns=sql.SQL(", ").join(values),
            night=sql.Literal(night),
            of_a_row=sql.Literal(NIGHTS_OF_A_ROW),
            versions=sql.Literal(nights // NIGHTS_OF_A_ROW),
        )
    )
    cursor.execute("drop table pg_temp.standing")
