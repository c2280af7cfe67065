"""Errors of the server without the values they quote.

PostgreSQL tells a client which row was wrong (`DETAIL: Key (id_no)=(…) already exists`, `CONTEXT: COPY …, line 3, column
id_no: "…"`, `invalid input syntax for type integer: "…"`). An exception ends in task logs, in dbt's artefacts and in
terminals, so what it says of a row is taken out of it where it is born: at the cursor.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg2
import psycopg2.extensions

# From the first quote to the last: a value is quoted as it is, also one with a quote in it.
_QUOTED = re.compile(r'".*"', re.DOTALL)

# Data exceptions (SQLSTATE class 22) quote the value that could not be read; the other classes quote names of objects.
_DATA_EXCEPTION = "22"


def without_values(error: psycopg2.Error) -> str:
    """What the server said, without its details and without the value that a data exception quotes."""
    said = error.diag.message_primary
    if said is None:  # not of the server: a broken connection, a wrong use of the library
        return str(error)
    if (error.pgcode or "").startswith(_DATA_EXCEPTION):
        said = _QUOTED.sub('"…"', said)
    hint = error.diag.message_hint
    return f"{said} ({error.pgcode})" + (f"\nHINT: {hint}" if hint else "")


def _discreet(method: Callable[..., Any]) -> Callable[..., Any]:
    def call(self: psycopg2.extensions.cursor, *arguments: Any, **options: Any) -> Any:
        try:
            return method(self, *arguments, **options)
        except psycopg2.Error as error:
            error.args = (without_values(error),)
            raise

    return call


class DiscreetCursor(psycopg2.extensions.cursor):
    """A cursor whose errors quote nothing of a row."""

    execute = _discreet(psycopg2.extensions.cursor.execute)
    executemany = _discreet(psycopg2.extensions.cursor.executemany)
    copy_expert = _discreet(psycopg2.extensions.cursor.copy_expert)
    # A cursor of the server computes while it is read.
    fetchone = _discreet(psycopg2.extensions.cursor.fetchone)
    fetchmany = _discreet(psycopg2.extensions.cursor.fetchmany)
    fetchall = _discreet(psycopg2.extensions.cursor.fetchall)


@contextmanager
def everywhere() -> Iterator[None]:
    """In the block every psycopg2 connection has discreet cursors, also those of a library that gives no choice (dbt)."""
    connect = psycopg2.connect

    def connect_discreetly(*arguments: Any, **options: Any) -> psycopg2.extensions.connection:
        return connect(*arguments, **({"cursor_factory": DiscreetCursor} | options))

    with patch.object(psycopg2, "connect", connect_discreetly):
        yield
