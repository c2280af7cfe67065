"""A home that comes from another machine, or that PostgreSQL does not start in."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg2
import pytest

from bidui.problem import ProblemError
from bidui.warehouse import embedded


@pytest.fixture(scope="module")
def elsewhere(another_home: Path) -> Path:
    another_home.mkdir(mode=0o711)
    return another_home


def test_a_home_of_another_user_is_taken_over_and_a_broken_one_is_told(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIDUI_HOME", str(elsewhere))
    try:
        url = embedded.start()
        with psycopg2.connect(url) as connection, connection.cursor() as cursor:
            cursor.execute("create table kept as select 7 as seven")
        connection.close()
        embedded.stop()
        if os.geteuid() == 0:
            # as `tar -x` leaves them on a machine that gave the number to somebody else
            for path in (elsewhere / "postgres").rglob("*"):
                os.chown(path, 0, 0)
        with psycopg2.connect(embedded.start()) as connection, connection.cursor() as cursor:
            cursor.execute("select seven from kept")
            assert cursor.fetchone() == (7,)
        connection.close()
        embedded.stop()
        with (embedded.data_dir() / "postgresql.conf").open("a", encoding="utf-8") as stream:
            stream.write("no_such_setting = on\n")
        with pytest.raises(ProblemError) as raised:
            embedded.start()
        (problem,) = raised.value.problems
        assert (problem.code, problem.file) == ("warehouse.not_started", str(elsewhere / "postgres" / "start.log"))
    finally:
        embedded.stop()
