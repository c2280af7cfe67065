"""What is exported, as a login reads it: the outward tables, their columns and order, and the rights of the login."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg2.extensions
from psycopg2 import sql

from bidui.contract.suggest import nearest
from bidui.problem import Problem, ProblemError
from bidui.warehouse import roles
from bidui.warehouse.outward import OutwardTable, interface
from bidui.warehouse.reading import not_readable
from bidui.warehouse.roles import matrix

COLUMNS = """
select a.attname, format_type(a.atttypid, null)
from pg_attribute as a
where a.attrelid = to_regclass(%(name)s) and a.attnum > 0 and not a.attisdropped
    and has_column_privilege(a.attrelid, a.attnum, 'select')
order by a.attnum
"""


@dataclass(frozen=True)
class Login:
    """Who reads: a login of the warehouse and the URL it connects with."""

    name: str
    url: str


@dataclass(frozen=True)
class Relation:
    """An outward table or view of one night, the columns (name → type) the login may read, and the order of its rows."""

    table: OutwardTable
    columns: dict[str, str]
    night: dt.date | None

    @property
    def name(self) -> str:
        """`schema.name`."""
        return f"{self.table.schema}.{self.table.name}"

    def select(self, read_as: Mapping[str, str]) -> sql.Composed:
        """A query of all columns, rows in the order of the key, so that the same night gives the same file.

        `read_as`: type → SQL over `{name}` that gives the column's value. A date without end is blank: few tools can
        read infinity.
        """
        expressions = {"date": "nullif(nullif({name}, 'infinity'), '-infinity')", **read_as}
        columns = sql.SQL(", ").join(
            sql.SQL(f"{expressions.get(kind, '{name}')} as {{name}}").format(name=sql.Identifier(name))
            for name, kind in self.columns.items()
        )
        key = [name for name in self.table.key if name in self.columns] or list(self.columns)
        source: sql.Composable = sql.Identifier(self.table.schema, self.table.name)
        if self.night is not None:
            asof = sql.Identifier(self.table.schema, f"{self.table.name}_asof")
            source = sql.SQL("{}({})").format(asof, sql.Literal(self.night))
        # The C order of text is the same on every server.
        order = sql.SQL(", ").join(
            sql.SQL('{} collate "C"').format(sql.Identifier(name)) if self.columns[name] == "text" else sql.Identifier(name)
            for name in key
        )
        return sql.SQL("select {} from {} order by {}").format(columns, source, order)


def outward_table(name: str) -> OutwardTable:
    """The table named `schema.table`, or `table` where only one schema has it; raises ProblemError naming the nearest."""
    tables = interface()
    found = [table for (schema, table_name), table in tables.items() if name in (table_name, f"{schema}.{table_name}")]
    if len(found) == 1:
        return found[0]
    known = [f"{schema}.{table_name}" for schema, table_name in tables]
    same = [f"{table.schema}.{table.name}" for table in found]
    guess = nearest(name, known)
    raise ProblemError(
        Problem(
            code="export.table",
            column="TABLE",
            what_zh="有几个同名的表，须写明模式" if same else "没有这个对外的表",
            what_en="several schemas have such a table" if same else "there is no such outward table",
            expected_zh="、".join(same or known),
            expected_en=", ".join(same or known),
            found=name,
            fix_zh="写成 模式.表名" if same else f"改为 {guess}" if guess else "从上述表中选择",
            fix_en="write schema.table" if same else f"did you mean {guess}?" if guess else "choose one of these",
        )
    )


def role_for(table: OutwardTable, role_name: str | None) -> Login:
    """The platform's login of a role; without a name, of the one with the fewest rights that may read the table."""
    readers = [
        role.name
        for role in reversed(matrix().values())
        if (table.schema, "*") in role.reads or (table.schema, table.name) in role.reads
    ]
    role = roles.role_named(role_name or readers[0])
    return Login(role.login_name, roles.connection_url(role.name))


def relation_of(connection: psycopg2.extensions.connection, table: OutwardTable, night: dt.date | None) -> Relation:
    """The table as the connected login may read it.

    Raises ProblemError when it may not, when no night has made the view yet, or when an earlier night is asked of a
    table that keeps none.
    """
    name = f"{table.schema}.{table.name}"
    with connection.cursor() as cursor:
        cursor.execute("select has_schema_privilege(%s, 'usage')", (table.schema,))
        row = cursor.fetchone()
        columns: dict[str, str] = {}
        if row and row[0]:
            cursor.execute(COLUMNS, {"name": name})
            columns = dict(cursor.fetchall())
            if night is not None:
                cursor.execute("select to_regprocedure(%s) is not null", (f"{name}_asof(date)",))
                row = cursor.fetchone()
                if not (row and row[0]):
                    raise ProblemError(_no_earlier(name))
    if not columns:
        raise ProblemError(not_readable(name))
    return Relation(table, columns, night)


def _no_earlier(name: str) -> Problem:
    return Problem(
        code="export.as_of",
        what_zh=f"{name} 不保留以往各夜的内容",
        what_en=f"{name} keeps no earlier nights",
        column="--as-of",
        fix_zh="去掉 --as-of",
        fix_en="leave out --as-of",
    )
