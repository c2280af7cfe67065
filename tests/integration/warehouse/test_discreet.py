"""What the server says of a row that is wrong reaches no exception, no log and no artefact."""

from __future__ import annotations

import io
import traceback
from collections.abc import Callable
from typing import Any

import psycopg2
import pytest
import sqlalchemy

from bidui.home import folder
from bidui.warehouse import dbt
from bidui.warehouse.connection import connect, engine

PERSON = "99010119900101123X"


def _twice(cursor: Any) -> None:
    cursor.execute("create temporary table t (id_no text primary key)")
    cursor.execute("insert into t values (%s), (%s)", (PERSON, PERSON))


def _copied(cursor: Any) -> None:
    cursor.execute("create temporary table t (n int)")
    cursor.copy_expert("copy t from stdin", io.StringIO(f"1\n{PERSON}\n"))


def _not_null(cursor: Any) -> None:
    cursor.execute("create temporary table t (id_no text, n int not null)")
    cursor.execute("insert into t values (%s, null)", (PERSON,))


WRONG: dict[str, Callable[[Any], None]] = {
    "unique": _twice,
    "copy": _copied,
    "not null": _not_null,
    "integer": lambda cursor: cursor.execute("select %s::int", (PERSON,)),
    "date": lambda cursor: cursor.execute("select %s::date", (PERSON,)),
    "json": lambda cursor: cursor.execute("select %s::jsonb", (f'{{"{PERSON}',)),
    "quoted": lambda cursor: cursor.execute("select %s::int", (f'a"b {PERSON}',)),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_an_exception_quotes_no_value(warehouse: str, wrong: str) -> None:
    connection = connect()
    with pytest.raises(psycopg2.Error) as error, connection.cursor() as cursor:
        WRONG[wrong](cursor)
    told = "".join(traceback.format_exception(error.value))
    assert PERSON not in told and PERSON[:17] not in told
    assert error.value.pgcode in told  # whoever looks for the cause still has the kind of error
    connection.close()


def test_a_cursor_of_the_server_quotes_none_while_it_is_read(warehouse: str) -> None:
    connection = connect()
    with pytest.raises(psycopg2.Error) as error, connection.cursor(name="c") as cursor:
        cursor.execute("select v::int from (values ('1'), (%s)) as t (v)", (PERSON,))
        cursor.fetchmany(10)
    assert PERSON not in str(error.value)
    connection.close()


def test_sqlalchemy_quotes_none(warehouse: str) -> None:
    with pytest.raises(sqlalchemy.exc.DBAPIError) as error, engine().connect() as connection:
        connection.execute(sqlalchemy.text("select cast(:person as int)"), {"person": PERSON})
    assert PERSON not in "".join(traceback.format_exception(error.value))


def test_dbt_quotes_none(warehouse: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither in its error nor in anything it writes or prints."""
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("create table reference.told (id_no text)")
        cursor.execute("insert into reference.told values (%s)", (PERSON,))
    with pytest.raises(dbt.DbtError) as error:
        dbt.run("show", "--write-json", "--inline", "select id_no::int as n from reference.told", target="discreet")
    assert 'value "…" is out of range' in str(error.value)
    written = [path.read_bytes() for path in folder("dbt", "discreet").rglob("*") if path.is_file()]
    assert written and not any(PERSON.encode() in content for content in written)
    assert PERSON not in "".join(capfd.readouterr()) + str(error.value)
