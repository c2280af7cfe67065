"""A warehouse with hand-made staged batches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg2.extensions
import pytest
import staged_rows

from bidui.contract import Sources, load_sources
from bidui.validation import Decision, validate

NIGHT = dt.date(2026, 10, 16)

Stage = Callable[..., int]
Judge = Callable[..., Decision]


@pytest.fixture(scope="session")
def sources() -> Sources:
    return load_sources()


@pytest.fixture
def connection(warehouse: str) -> Iterator[psycopg2.extensions.connection]:
    """A connection to an emptied ledger; what a test commits is gone before the next."""
    from bidui.warehouse.connection import connect

    connection = connect(warehouse)
    with connection, connection.cursor() as cursor:
        cursor.execute("truncate ledger.batch cascade")
        cursor.execute("truncate reference.county_parameter")
        cursor.execute("select relname from pg_class where relnamespace = 'staging'::regnamespace and relkind = 'r'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'drop table staging."{table}"')
    yield connection
    connection.close()


@pytest.fixture
def stage(connection: psycopg2.extensions.connection, sources: Sources) -> Stage:
    """Stage rows of an extract as a batch landed tonight; returns its number."""

    def make(extract: str, rows: Iterable[Mapping[str, Any]], **terms: Any) -> int:
        terms = {"as_of": NIGHT, "data_date": NIGHT} | terms
        with connection, connection.cursor() as cursor:
            return staged_rows.stage(cursor, sources.extract(extract), rows, **terms)

    return make


@pytest.fixture
def judge(connection: psycopg2.extensions.connection, sources: Sources, bidui_home: Path) -> Judge:
    """Validate batches; returns the decision about the first."""

    def run(*batch_ids: int, as_of: dt.date = NIGHT) -> Decision:
        with connection:
            decisions = validate(connection, sources, batch_ids, as_of)
        return next(decision for decision in decisions if decision.batch_id == batch_ids[0])

    return run


@pytest.fixture
def rows_of(connection: psycopg2.extensions.connection) -> Callable[..., list[tuple[Any, ...]]]:
    """Ask the warehouse."""

    def ask(query: str, *values: Any) -> list[tuple[Any, ...]]:
        with connection, connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()

    return ask
