"""What each kind of database is asked, as its own dialect writes it: no server of that kind is needed to see it."""

from __future__ import annotations

import datetime as dt
import importlib

import pytest
import sqlalchemy as sa

from bidui.connector.mark import Mark
from bidui.connector.memory import Reached
from bidui.connector.sql import statement_of
from bidui.contract import SqlOrigin
from bidui.contract.origin import Watermark

NIGHT = dt.date(2026, 10, 16)
DIALECTS = ("postgresql", "mysql", "oracle", "mssql")
COLUMNS = {"id_no": "AAC002", "person_name": "姓名(全)", "premium": "金额%"}


def compiled(dialect: str, origin: SqlOrigin, mark: Mark | None = None) -> str:
    statement, _ = statement_of(origin, NIGHT, mark)
    made = importlib.import_module(f"sqlalchemy.dialects.{dialect}").dialect()
    return " ".join(str(statement.compile(dialect=made)).split())  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("dialect", "quoted"),
    [("postgresql", '"姓名(全)"'), ("mysql", "`姓名(全)`"), ("oracle", '"姓名(全)"'), ("mssql", "[姓名(全)]")],
)
def test_names_are_quoted_and_rows_are_never_limited(dialect: str, quoted: str) -> None:
    text = compiled(dialect, SqlOrigin(connection="c", columns=COLUMNS, table="YB.AC01"))
    assert quoted in text
    assert "YB" in text
    assert not {"LIMIT", "TOP", "FETCH", "ROWNUM", "OFFSET"} & set(text.upper().split())


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_watermark_is_bound_and_takes_the_rows_at_it(dialect: str) -> None:
    origin = SqlOrigin(
        connection="c", columns=COLUMNS, table="KC21", watermark=Watermark("AAE036", "timestamp", "2026-01-01 00:00:00", 3600)
    )
    mark = Mark(origin, NIGHT, Reached(1, "2026-10-15 08:00:00", b""))
    statement, bound = statement_of(origin, NIGHT, mark)
    assert isinstance(statement, sa.Select)
    assert bound == {"watermark": dt.datetime.fromisoformat("2026-10-15 07:00:00")}
    text = compiled(dialect, origin, mark)
    assert ">=" in text
    assert "is null" in text.lower()
    assert "2026" not in text


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_query_keeps_its_words_and_binds_the_night(dialect: str) -> None:
    query = "select aac002 as zjhm from ac01 where aae001 = :as_of and aae036 < '08:30:00'"
    text = compiled(dialect, SqlOrigin(connection="c", columns={"id_no": "zjhm"}, query=query))
    assert "'08:30:00'" in text
    assert "2026" not in text
