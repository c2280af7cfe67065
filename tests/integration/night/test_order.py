"""A rebuild puts nights in over whatever stands: no night is frozen or published meanwhile, none is under way before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import psycopg2.extensions
import pytest

from bidui.night.order import no_night_meanwhile, refuse_to_overtake
from bidui.problem import ProblemError
from bidui.warehouse.connection import connect

NIGHT = dt.date(2026, 10, 16)


@pytest.fixture
def connection(warehouse: str) -> Iterator[psycopg2.extensions.connection]:
    connection = connect()
    yield connection
    connection.close()


def run(connection: psycopg2.extensions.connection, night: dt.date, status: str, kind: str = "night") -> None:
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "insert into ledger.run (as_of, kind, status, inputs) values (%s, %s, %s, '{}')", (night, kind, status)
        )


def test_a_night_waits_for_a_rebuild_and_a_rebuild_for_a_night(connection: psycopg2.extensions.connection) -> None:
    with no_night_meanwhile():
        with connection, connection.cursor() as cursor, pytest.raises(ProblemError, match="being rebuilt"):
            refuse_to_overtake(cursor, NIGHT, "night")
        with connection, connection.cursor() as cursor:
            refuse_to_overtake(cursor, NIGHT, "rebuild")
        with pytest.raises(ProblemError, match="under way"), no_night_meanwhile():
            pass
    with connection, connection.cursor() as cursor:
        refuse_to_overtake(cursor, NIGHT, "night")
        with pytest.raises(ProblemError, match="under way"), no_night_meanwhile():
            pass


def test_a_night_that_waits_to_be_published_is_not_swept_away(connection: psycopg2.extensions.connection) -> None:
    run(connection, NIGHT, "published")
    with connection, connection.cursor() as cursor:
        cursor.execute("update ledger.published_night set as_of = %s", (NIGHT,))
    # Never published, and overtaken since: it can be no more.
    run(connection, NIGHT - dt.timedelta(days=1), "reconciled")
    run(connection, NIGHT + dt.timedelta(days=1), "running", "replay")
    with no_night_meanwhile():
        pass
    run(connection, NIGHT + dt.timedelta(days=1), "reconciled")
    with pytest.raises(ProblemError, match="2026-10-17"), no_night_meanwhile():
        pass
