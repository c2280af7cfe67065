"""Rows of a department's database: one table or query, streamed into a CSV that lands like any other file.

A list that is cut is pulled again from its first row: a half-read cursor cannot be picked up. Memory is flat, the
server keeps the cursor.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from bidui.connector import database
from bidui.connector.mark import Mark
from bidui.connector.memory import Reached
from bidui.connector.night_list import NightList, Written
from bidui.connector.pulled import ListWriter, as_text, as_texts, title_of
from bidui.connector.refusal import refusal
from bidui.contract import Extract, SqlOrigin

if TYPE_CHECKING:
    from sqlalchemy import Engine, Executable

ROWS_AT_A_TIME = 2000

_MARK = "bidui_watermark"


class SqlRows(NightList):
    """The night's rows of a table or query."""

    def write(self, extract: Extract, path: Path) -> Written:
        """See NightList."""
        origin = cast("SqlOrigin", extract.origin)
        after = self.memory.reached(extract) if origin.watermark else None
        headers = [extract.by_name[name].header for name in origin.columns]
        with (
            database.engine(origin) as engine,
            ListWriter(path, title_of(extract, self.as_of), headers) as writer,
        ):
            return _stream(engine, origin, self.as_of, after, writer)


def _stream(
    engine: Engine, origin: SqlOrigin, as_of: dt.date, after: Reached | None, writer: ListWriter
) -> Written:
    """Write every row that has not come before; the highest watermark among them is what is reached."""
    mark = Mark(origin, as_of, after) if origin.watermark else None
    statement, parameters = statement_of(origin, as_of, mark)
    rows = 0
    with database.in_words(origin), engine.connect() as session:
        streaming = session.execution_options(stream_results=True, max_row_buffer=ROWS_AT_A_TIME)
        result = streaming.execute(statement, parameters)
        positions = _positions(origin, list(result.keys()))
        marked = positions.pop(_MARK, None)
        wanted = list(positions.values())
        meanings = [origin.codes.get(name) for name in positions]
        # With the size said here: left to an option of the connection, SQLAlchemy fetched everything at once.
        for block in result.partitions(ROWS_AT_A_TIME):
            some = [as_texts([row[position] for position in wanted], meanings) for row in block]
            if mark is not None and marked is not None:
                some = _new(origin, mark, zip((row[marked] for row in block), some, strict=True))
            writer.write(some)
            rows += len(some)
    if mark is None:
        return Written(rows)
    return Written(rows, after, as_text(mark.highest), mark.last_rows())


def _new(origin: SqlOrigin, mark: Mark, rows: Iterable[tuple[Any, list[str]]]) -> list[list[str]]:
    """The rows (watermark, texts) that have not come before."""
    try:
        return [texts for value, texts in rows if mark.is_new(value, texts)]
    except TypeError:
        kind = origin.watermark.type if origin.watermark else ""
        raise refusal("bad_query", origin.connection, "origin.watermark.type", detail=kind) from None


def statement_of(origin: SqlOrigin, as_of: dt.date, mark: Mark | None) -> tuple[Executable, dict[str, Any]]:
    """The select and the values bound to it."""
    import sqlalchemy as sa

    bound: dict[str, Any] = {"as_of": as_of}
    if mark is not None:
        bound["watermark"] = mark.since
    if origin.query is not None:
        used = {name: value for name, value in bound.items() if re.search(rf"(?<!:):{name}\b", origin.query)}
        return sa.text(origin.query), used
    schema, _, name = (origin.table or "").rpartition(".")
    columns: list[Any] = [sa.column(source).label(f"c{position}") for position, source in enumerate(origin.columns.values())]
    statement = sa.select(*columns).select_from(sa.table(name, schema=schema or None))
    if origin.watermark is None:
        return statement, {}
    column: Any = sa.column(origin.watermark.column)
    since = sa.or_(column >= sa.bindparam("watermark"), column.is_(None))
    return statement.add_columns(column.label(_MARK)).where(since), {"watermark": bound["watermark"]}


def _positions(origin: SqlOrigin, labels: Sequence[str]) -> dict[str, int]:
    """Where the result has each column of ours (and the watermark); labels of a query are matched without case."""
    if origin.query is None:
        names = [*origin.columns, *([_MARK] if origin.watermark else [])]
        return {name: position for position, name in enumerate(names)}
    by_label = {label.lower(): position for position, label in enumerate(labels)}
    wanted = dict(origin.columns) | ({_MARK: origin.watermark.column} if origin.watermark else {})
    for label in wanted.values():
        if label.lower() not in by_label:
            raise refusal("no_such_column", origin.connection, "origin.query", detail=label)
    return {name: by_label[label.lower()] for name, label in wanted.items()}
