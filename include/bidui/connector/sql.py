"""Rows of a department's database: one table or query, streamed into a CSV that lands like any other file.

A list that is cut is pulled again from its first row: a half-read cursor cannot be picked up. Memory is flat, the
server keeps the cursor.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from bidui.connector import database
from bidui.connector.night_list import NightList, Written
from bidui.connector.pulled import ListWriter, as_text, title_of
from bidui.connector.refusal import refusal
from bidui.contract import Extract, SqlOrigin
from bidui.contract.origin import Watermark

if TYPE_CHECKING:
    from sqlalchemy import Engine, Executable

ROWS_AT_A_TIME = 2000

_MARK = "bidui_watermark"
_READ: Mapping[str, Callable[[str], Any]] = {
    "int": int,
    "date": dt.date.fromisoformat,
    "timestamp": dt.datetime.fromisoformat,
    "text": str,
}


class SqlRows(NightList):
    """The night's rows of a table or query."""

    def write(self, extract: Extract, path: Path) -> Written:
        """See NightList."""
        origin = cast(SqlOrigin, extract.origin)
        since = self.memory.watermark(extract) if origin.watermark else None
        headers = [extract.by_name[name].header for name in origin.columns]
        with (
            database.engine(origin) as engine,
            ListWriter(path, title_of(extract, self.as_of), headers) as writer,
        ):
            return _stream(engine, origin, self.as_of, since, writer)


def _stream(
    engine: Engine, origin: SqlOrigin, as_of: dt.date, since: str | None, writer: ListWriter
) -> Written:
    """Write every row; the highest watermark among them is what is reached."""
    statement, parameters = _statement(origin, as_of, since)
    rows = 0
    highest: Any = None
    with database.in_words(engine, origin), engine.connect() as session:
        streaming = session.execution_options(stream_results=True, max_row_buffer=ROWS_AT_A_TIME)
        result = streaming.execute(statement, parameters)
        positions = _positions(origin, list(result.keys()))
        mark = positions.pop(_MARK, None)
        wanted = list(positions.values())
        # With the size said here: left to an option of the connection, SQLAlchemy fetched everything at once.
        for block in result.partitions(ROWS_AT_A_TIME):
            writer.write([as_text(row[position]) for position in wanted] for row in block)
            rows += len(block)
            if mark is not None:
                values = [row[mark] for row in block if row[mark] is not None]
                highest = max([*values, *([highest] if highest is not None else [])], default=None)
    if origin.watermark is None:
        return Written(rows)
    return Written(rows, since, as_text(highest) if highest is not None else since or origin.watermark.start)


def _statement(origin: SqlOrigin, as_of: dt.date, since: str | None) -> tuple[Executable, dict[str, Any]]:
    """The select and the values bound to it."""
    import sqlalchemy as sa

    bound: dict[str, Any] = {"as_of": as_of}
    if origin.watermark:
        bound["watermark"] = _read_watermark(origin, origin.watermark, since)
    if origin.query is not None:
        used = {name: value for name, value in bound.items() if re.search(rf"(?<!:):{name}\b", origin.query)}
        return sa.text(origin.query), used
    schema, _, name = (origin.table or "").rpartition(".")
    columns: list[Any] = [sa.column(source).label(f"c{position}") for position, source in enumerate(origin.columns.values())]
    statement = sa.select(*columns).select_from(sa.table(name, schema=schema or None))
    if not origin.watermark:
        return statement, {}
    mark: Any = sa.column(origin.watermark.column)
    return statement.add_columns(mark.label(_MARK)).where(mark > sa.bindparam("watermark")), {
        "watermark": bound["watermark"]
    }


def _read_watermark(origin: SqlOrigin, watermark: Watermark, since: str | None) -> Any:
    try:
        return _READ[watermark.type](watermark.start if since is None else since)
    except ValueError:
        raise refusal("bad_query", origin.connection, watermark.column, detail=f"watermark: {watermark.type}") from None


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
