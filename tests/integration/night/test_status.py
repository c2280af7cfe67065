"""`bidui status`: lists in several parts count whole; a held file waits until something has really replaced it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2.extensions
import pytest
from rich.console import Console

from bidui.contract import load_sources
from bidui.home import sources_dir
from bidui.night import status
from bidui.warehouse import outward
from bidui.warehouse.connection import connect

OCTOBER, NOVEMBER = dt.date(2026, 10, 10), dt.date(2026, 11, 10)


@pytest.fixture(scope="module")
def connection(warehouse: str) -> Iterator[psycopg2.extensions.connection]:
    with closing(connect(warehouse)) as made:
        with made, made.cursor() as cursor:
            outward.load_extracts(made, load_sources(sources_dir()))
            cursor.execute("update reference.extract set content = 'delta' where extract = 'hi_settlement'")
            for extract, data_date, state, rows in (
                ("hi_roll", OCTOBER, "accepted", 100),
                ("hi_roll", NOVEMBER, "accepted", 60),
                ("hi_roll", NOVEMBER, "accepted", 50),
                ("dibao", OCTOBER, "held", 0),  # settled by the newer list below
                ("dibao", NOVEMBER, "accepted", 10),
                ("tekun", NOVEMBER, "held", 0),  # an older list that came later settles nothing
                ("tekun", OCTOBER, "accepted", 10),
                ("hi_settlement", OCTOBER, "held", 0),  # payments of October are not in November's
                ("hi_settlement", NOVEMBER, "accepted", 10),
                ("yulu", OCTOBER, "held", 0),  # settled by its own correction
                ("yulu", OCTOBER, "accepted", 10),
            ):
                cursor.execute(
                    "insert into ledger.batch (department, extract, as_of, data_date, received_at, source_name, sha256,"
                    " contract_version, rows_read, rows_landed, rows_accepted, status)"
                    " select e.department, e.extract, %(night)s, %(date)s, now(), 'f', 's', '1', %(rows)s, %(rows)s, %(rows)s, %(state)s"
                    " from reference.extract as e where e.extract = %(extract)s",
                    {"night": NOVEMBER, "date": data_date, "rows": rows, "state": state, "extract": extract},
                )
        yield made


def test_a_list_in_parts_counts_whole(connection: psycopg2.extensions.connection) -> None:
    told = status.collect(connection, load_sources(sources_dir()), NOVEMBER)
    [roll] = [row for row in told["extracts"] if row["extract"] == "hi_roll"]
    assert (roll["data_date"], roll["rows"], roll["state"]) == (NOVEMBER.isoformat(), 110, "in_force")


def test_a_held_file_waits_until_something_brings_its_rows(connection: psycopg2.extensions.connection) -> None:
    told = status.collect(connection, load_sources(sources_dir()), NOVEMBER)
    assert [row["extract"] for row in told["held"]] == ["tekun", "hi_settlement"]
    with connection.cursor() as cursor:
        cursor.execute("select subject from ledger.alert_condition(%s) where kind = 'held' order by 1", (NOVEMBER,))
        assert [row[0] for row in cursor.fetchall()] == ["hi_settlement", "tekun"]


def test_a_file_in_no_extracts_folder_is_named(
    connection: psycopg2.extensions.connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "civil" / "dibao").mkdir(parents=True)
    (tmp_path / "civil" / "dibao" / "低保[新].xlsx").touch()
    monkeypatch.setenv("BIDUI_DROP", str(tmp_path))
    (tmp_path / "health_insurance" / "hi_rol").mkdir(parents=True)
    told = status.collect(connection, load_sources(sources_dir()), NOVEMBER)
    assert [problem["file"] for problem in told["overlooked"]] == ["civil", "health_insurance/hi_rol"]
    assert "hi_roll" in told["overlooked"][1]["en"]
    screen = Console(record=True, width=200)
    status.show(told, screen)
    assert "文件 civil：放在了没有人读取的位置" in screen.export_text()


def test_a_held_file_is_named_as_it_is_called(connection: psycopg2.extensions.connection) -> None:
    screen = Console(record=True, width=200)
    told = status.collect(connection, load_sources(sources_dir()), NOVEMBER)
    status.show({**told, "held": [{**told["held"][0], "source_name": "特困[bold].xlsx", "reason": "暂存"}]}, screen)
    assert "特困[bold].xlsx: 暂存" in screen.export_text()
