"""What people and programs build on: the product's own copy of the outward interface, with words for every column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import psycopg2.extensions
import yaml
from psycopg2.extras import execute_values

from bidui.contract import Sources
from bidui.home import sql_dir

COMPARISON = "comparison_"


@dataclass(frozen=True)
class OutwardColumn:
    """A column people build on: its PostgreSQL type and what it means, Chinese first."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True)
class OutwardTable:
    """A table or view people build on."""

    schema: str
    name: str
    grain: str
    key: tuple[str, ...]
    columns: dict[str, OutwardColumn]

    @property
    def is_view(self) -> bool:
        """The ledger's tables are read as they are; everything else is a view."""
        return self.schema != "ledger"


@cache
def interface(path: Path | None = None) -> dict[tuple[str, str], OutwardTable]:
    """Return (schema, name) → table from `include/sql/outward.yml`.

    A column is written `name: type`, its meaning under `words` (shared) or under the table's own `words`.
    Raises KeyError when a column has no words.
    """
    content = yaml.safe_load((path or sql_dir() / "outward.yml").read_text(encoding="utf-8"))
    return {(table.schema, table.name): table for table in _tables(content)}


def load_comments(connection: psycopg2.extensions.connection, sources: Sources) -> None:
    """Write the comments of outward views where `ledger.apply_comments` finds them, in the caller's transaction."""
    rows = []
    for table in [*interface().values(), *_added_comparisons(sources)]:
        if table.is_view:
            rows.append((table.schema, table.name, "", table.grain))
            rows += [(table.schema, table.name, column.name, column.meaning) for column in table.columns.values()]
    with connection.cursor() as cursor:
        cursor.execute("delete from ledger.outward_comment")
        execute_values(
            cursor, "insert into ledger.outward_comment (schema_name, view_name, column_name, comment) values %s", rows
        )


def load_extracts(connection: psycopg2.extensions.connection, sources: Sources) -> None:
    """Write the extracts of the contracts, their terms and columns, in the caller's transaction.

    `published.source_freshness` reads the terms, `audit.explain_finding` the columns.
    """
    rows = [
        (
            e.key, e.department, e.title.zh, e.title.en,
            e.delivery.cadence, e.delivery.max_age_days, e.delivery.arrives_within_days, e.delivery.content,
            list(e.staged_keys),
        )
        for e in sources.extracts.values()
    ]
    with connection.cursor() as cursor:
        cursor.execute("delete from reference.department")
        execute_values(
            cursor,
            "insert into reference.department (department, title_zh, title_en) values %s",
            [(source.department, source.title.zh, source.title.en) for source in sources.departments],
        )
        cursor.execute("delete from reference.extract")
        execute_values(
            cursor,
            "insert into reference.extract"
            " (extract, department, title_zh, title_en, cadence, max_age_days, arrives_within_days, content, keys)"
            " values %s",
            rows,
        )
        execute_values(
            cursor,
            "insert into reference.extract_column (extract, column_name, position, header, data_type, is_personal) values %s",
            [
                (e.key, column.name, position, column.header, column.type, column.personal)
                for e in sources.extracts.values()
                for position, column in enumerate(e.columns, start=1)
            ],
        )


def _added_comparisons(sources: Sources) -> Iterator[OutwardTable]:
    """The comparison of each department that a county has added: the columns are every comparison's."""
    known = interface()
    like = next(table for name, table in known.items() if name[0] == "audit" and name[1].startswith(COMPARISON))
    for source in sources.departments:
        name = COMPARISON + source.department
        if ("audit", name) not in known:
            yield replace(
                like,
                name=name,
                grain=f"{source.title.zh}比对：一行为一个主体的一个比对字段 · comparison with {source.title.en},"
                " one row per subject and compared field",
            )


def _tables(content: dict[str, Any]) -> Iterator[OutwardTable]:
    shared = content["words"]
    for schema, tables in content["schemas"].items():
        for name, given in tables.items():
            own = given.get("words", {})
            yield OutwardTable(
                schema=schema,
                name=name,
                grain=given["grain"],
                key=tuple(given["key"]),
                columns={
                    column: OutwardColumn(column, data_type, own.get(column) or shared[column])
                    for column, data_type in given["columns"].items()
                },
            )
