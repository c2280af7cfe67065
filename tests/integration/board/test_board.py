"""The board is read with the engineer's login, also before there is anything to show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2.extensions
import pytest

from bidui.board import app, content
from bidui.contract import load_sources
from bidui.home import sources_dir
from bidui.warehouse.connection import connect
from bidui.warehouse.migrate import refresh_outward
from bidui.warehouse.roles import connection_url, ensure_roles

NIGHT = dt.date(2026, 10, 16)


@pytest.fixture(scope="module")
def connection(warehouse: str) -> Iterator[psycopg2.extensions.connection]:
    with closing(connect(warehouse)) as owner:
        with owner:
            ensure_roles(owner)
        refresh_outward()
        yield owner


def test_an_empty_warehouse_is_said_to_be_empty(connection: psycopg2.extensions.connection) -> None:
    page = app.board().body.decode()
    assert "尚无已发布之夜" in page
    assert page.count("缺失 missing") == len(load_sources(sources_dir()).extracts)


def test_a_held_file_and_a_failed_night_are_on_the_page(
    connection: psycopg2.extensions.connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "insert into ledger.batch (department, extract, as_of, data_date, received_at, source_name, sha256, contract_version,"
            " rows_read, rows_skipped, rows_landed, rows_accepted, rows_quarantined, control_totals, status, reason)"
            " values ('housing', 'renovation', %(n)s, %(n)s, %(n)s, '<b>危改</b>.xls', 's1', '1', 9, 2, 7, 0, 7, '{}', 'held', '列缺失')",
            {"n": NIGHT},
        )
        cursor.execute(
            "insert into ledger.run (as_of, kind, status, reason) values (%(n)s, 'night', 'failed', 'comparison'),"
            " (%(n)s, 'replay', 'published', null)",
            {"n": NIGHT},
        )
    monkeypatch.setenv("BIDUI_DROP", str(tmp_path))
    (tmp_path / "civil").mkdir()
    (tmp_path / "civil" / "低保<b>.xls").touch()
    with closing(connect(connection_url(app.LOGIN))) as engineer:
        told = content.collect(engineer, load_sources(sources_dir()), NIGHT)
    assert [(row["status"], row["reason"]) for row in told["nights"]] == [("failed", "comparison")]
    assert [row["source_name"] for row in told["held"]] == ["<b>危改</b>.xls"]
    page = app.board().body.decode()
    assert "暂存待核 held" in page
    assert "失败 failed" in page
    assert "无人读取 nobody reads it" in page and "civil" in page
    assert "住房和城乡建设局 <code>housing</code>" in page
    assert "&lt;b&gt;危改" in page  # a file's name is text, never markup
    assert "<b>危改" not in page


def test_a_warehouse_that_does_not_answer_is_a_clear_word(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(app, "connection_url", lambda login: f"postgresql://{login}:secret@127.0.0.1:1/none")
    answer = app.board()
    assert answer.status_code == 503
    assert "数据仓库暂时无法读取" in answer.body.decode()
    assert "secret" not in answer.body.decode()
