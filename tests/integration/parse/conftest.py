"""Asking the parse functions of a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg2.extensions
import pytest
from psycopg2 import sql

Parse = Callable[..., Any]


@pytest.fixture(scope="module")
def connection(warehouse: str) -> Iterator[psycopg2.extensions.connection]:
    from bidui.warehouse.connection import connect

    connection = connect(warehouse)
    connection.autocommit = True
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def parse(connection: psycopg2.extensions.connection) -> Parse:
    """`parse("to_date", "2020.1.1")` is what parse.to_date answers, dates as text."""

    def ask(function: str, *values: Any) -> Any:
        slots = sql.SQL(", ").join([sql.Placeholder()] * len(values))
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("select parse.{}({})").format(sql.Identifier(function), slots), values)
            answer = cursor.fetchone()
        assert answer is not None
        return answer[0].isoformat() if hasattr(answer[0], "isoformat") else answer[0]

    return ask
