"""Retention drops partitions that no night needs, and never one in force; waiting for one's turn reads the ledger."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2.extensions
import pytest

from bidui import handed_out
from bidui.landing.store import stored
from bidui.platform import service, turn, upkeep
from bidui.validation.project import docs_dir, results_dir
from bidui.warehouse import embedded
from bidui.warehouse.connection import connect

TODAY = dt.date(2026, 10, 16)
LONG_AGO = TODAY - dt.timedelta(days=900)
LATELY = TODAY - dt.timedelta(days=10)


@pytest.fixture
def connection(warehouse: str) -> Iterator[psycopg2.extensions.connection]:
    session = connect(warehouse)
    session.autocommit = True
    with session.cursor() as cursor:
        cursor.execute("truncate ledger.batch, ledger.run restart identity cascade")
        for schema in ("raw", "staging"):
            cursor.execute(f"drop table if exists {schema}.roll cascade")
            cursor.execute(
                f"create table {schema}.roll (batch_id bigint, row_no bigint, a text) partition by list (batch_id)"
            )
    yield session
    session.close()


def add_batch(
    connection: psycopg2.extensions.connection, as_of: dt.date, status: str, used: dt.date | None = None,
    sha256: str = "h",
) -> int:  # fmt: skip
    """A batch with its two partitions, landed at `as_of`, last used by the night `used`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into ledger.batch (department, extract, as_of, data_date, received_at, source_name, sha256,"
            " contract_version, status) values ('d', 'roll', %s, %s, now(), 'f', %s, '1', %s) returning batch_id",
            (as_of, as_of, sha256, status),
        )
        row = cursor.fetchone()
        assert row is not None
        batch_id = int(row[0])
        for schema in ("raw", "staging"):
            cursor.execute(f"create table {schema}.roll__b{batch_id} partition of {schema}.roll for values in ({batch_id})")
        if used is not None:
            cursor.execute(
                "insert into ledger.night_batch values (%s, 'd', 'roll', %s, %s, %s, true, false)",
                (used, batch_id, as_of, as_of.replace(day=1)),
            )
    return batch_id


def partitions(connection: psycopg2.extensions.connection) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(upkeep.PARTITIONS)
        return {f"{schema}.{table}" for schema, table in cursor.fetchall()}


def test_only_what_no_night_needs_is_dropped(connection: psycopg2.extensions.connection) -> None:
    unused = add_batch(connection, LONG_AGO, "superseded", used=LONG_AGO)
    kept = [
        add_batch(connection, LONG_AGO, "superseded", used=LATELY),  # a replay of that night reads it
        add_batch(connection, LONG_AGO, "held"),  # somebody may still release it
        add_batch(connection, LATELY, "duplicate"),
        add_batch(connection, LONG_AGO + dt.timedelta(days=1), "accepted", used=LONG_AGO),  # newest accepted: in force
    ]
    counts = upkeep.expire(TODAY)
    assert counts["partitions"] == 2
    assert partitions(connection) == {f"{schema}.roll__b{number}" for schema in ("raw", "staging") for number in kept}
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from ledger.batch where batch_id = %s", (unused,))
        assert cursor.fetchone() == (1,)


def test_a_partition_without_a_batch_is_told_and_kept(
    connection: psycopg2.extensions.connection, caplog: pytest.LogCaptureFixture
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("create table raw.roll__b99 partition of raw.roll for values in (99)")
    assert upkeep.expire(TODAY)["orphans"] == 1
    assert "raw.roll__b99" in caplog.text
    assert "raw.roll__b99" in partitions(connection)


def test_tidying_gives_partitioned_tables_statistics(connection: psycopg2.extensions.connection) -> None:
    batch_id = add_batch(connection, LATELY, "accepted")
    with connection.cursor() as cursor:
        cursor.execute("insert into staging.roll select %s, n, 'x' from generate_series(1, 500) as n", (batch_id,))
        upkeep.tidy()
        cursor.execute("select reltuples from pg_class where oid = 'staging.roll'::regclass")
        assert cursor.fetchone() == (500,)


class FakeAirflow:
    def __init__(self, runs: list[dict[str, Any]]) -> None:
        self._runs = runs

    def runs(self, as_of: dt.date) -> list[dict[str, Any]]:
        return self._runs

    def close(self) -> None:
        pass


def has_turn(monkeypatch: pytest.MonkeyPatch, ingest_state: str) -> str:
    runs = [
        {"dag_id": "ingest_a", "dag_run_id": "r", "state": ingest_state},
        {"dag_id": "reconcile", "dag_run_id": "me", "state": "running"},
    ]
    monkeypatch.setattr(service, "airflow", lambda: FakeAirflow(runs))
    return turn.waiting_for(TODAY)


@pytest.mark.parametrize(("state", "waits"), [("running", True), ("queued", True), ("failed", False), ("success", False)])
def test_a_night_waits_for_its_own_ingest_runs(
    connection: psycopg2.extensions.connection, monkeypatch: pytest.MonkeyPatch, state: str, waits: bool
) -> None:
    assert bool(has_turn(monkeypatch, state)) is waits


@pytest.mark.parametrize(
    ("as_of", "status", "waits"),
    [
        (TODAY - dt.timedelta(days=1), "running", True),
        (TODAY - dt.timedelta(days=1), "reconciled", True),
        (TODAY - dt.timedelta(days=1), "published", False),
        (TODAY - dt.timedelta(days=1), "failed", False),
        (TODAY, "running", False),  # its own earlier try
        (TODAY + dt.timedelta(days=1), "reconciled", False),
    ],
)
def test_a_night_does_not_overtake_an_earlier_one_that_is_not_published(
    connection: psycopg2.extensions.connection,
    monkeypatch: pytest.MonkeyPatch,
    as_of: dt.date,
    status: str,
    waits: bool,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("insert into ledger.run (as_of, kind, status) values (%s, 'night', %s)", (as_of, status))
    assert bool(has_turn(monkeypatch, "success")) is waits


def lay(path: Path, written: dt.date, content: bytes = b"x") -> Path:
    """A file that was last written on a day."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    noon = dt.datetime.combine(written, dt.time(12)).timestamp()
    os.utime(path, (noon, noon))
    return path


def lay_stored(content: bytes, written: dt.date) -> tuple[str, Path]:
    """Delivered bytes in the store: their SHA-256 and their file."""
    sha256 = hashlib.sha256(content).hexdigest()
    return sha256, lay(stored(sha256), written, content)


def test_delivered_bytes_go_with_the_last_batch_that_names_them(connection: psycopg2.extensions.connection) -> None:
    (gone, gone_file), (shared, shared_file), (held, held_file), (in_force, in_force_file) = (
        lay_stored(name, LONG_AGO) for name in (b"gone", b"shared", b"held", b"in force")
    )
    _, landing_now = lay_stored(b"not in the ledger yet", TODAY)
    _, never_landed = lay_stored(b"of no batch", LONG_AGO)
    add_batch(connection, LONG_AGO, "superseded", used=LONG_AGO, sha256=gone)
    add_batch(connection, LONG_AGO, "superseded", used=LONG_AGO, sha256=shared)
    add_batch(connection, LATELY, "duplicate", sha256=shared)
    add_batch(connection, LONG_AGO, "held", sha256=held)
    add_batch(connection, LONG_AGO, "accepted", used=LONG_AGO, sha256=in_force)

    assert upkeep.expire(TODAY)["stored"] == 2
    there = [path.exists() for path in (gone_file, never_landed, shared_file, held_file, in_force_file, landing_now)]
    assert there == [False, False, True, True, True, True]
    assert upkeep.expire(TODAY)["stored"] == 0


def test_every_place_of_the_home_loses_what_is_old_and_nothing_else(
    connection: psycopg2.extensions.connection, bidui_home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    add_batch(connection, LATELY, "accepted", sha256=hashlib.sha256(b"landed").hexdigest())
    pulled, tasks = bidui_home / "pulled" / "d" / "roll", bidui_home / "airflow" / "logs" / "tasks" / "dag_id=x"
    results, pages = results_dir(), docs_dir()
    old = {
        "intake": lay(bidui_home / "intake" / LONG_AGO.isoformat() / "d.json", LONG_AGO),
        "pulled": lay(pulled / "roll_1.csv", LONG_AGO, b"landed"),
        "pulled, half": lay(pulled / "roll_2.csv.part", LONG_AGO, b"half"),
        "receipts": lay(bidui_home / "return" / "d" / "回执_1.xlsx", LONG_AGO),
        "worklists": lay(bidui_home / "returned" / "taken" / "村.xlsx", LONG_AGO),
        "result": lay(results / "roll" / LONG_AGO.isoformat() / "t" / "b.json", LONG_AGO),
        "page": lay(pages / "validations" / "roll" / LONG_AGO.isoformat() / "t" / "b.html", LONG_AGO),
        "night's page": lay(pages / "nights" / f"{LONG_AGO}.html", LONG_AGO),
        "log_folders": lay(tasks / "run_id=1" / "task.log", LONG_AGO),
        "server_logs": lay(embedded.data_dir() / "log" / f"postgresql-{LONG_AGO}.log", LONG_AGO),
    }
    kept = [
        lay(bidui_home / "intake" / LATELY.isoformat() / "d.json", LATELY),
        lay(pulled / "roll_3.csv", LATELY, b"landed"),
        lay(pulled / "roll_4.csv", LONG_AGO, b"never landed"),
        lay(bidui_home / "return" / "d" / "回执_2.xlsx", LATELY),
        lay(bidui_home / "returned" / "waiting.xlsx", LONG_AGO),
        lay(results / "roll" / LATELY.isoformat() / "t" / "b.json", LATELY),
        lay(pages / "nights" / f"{LATELY}.html", LATELY),
        lay(pages / "nights" / f"{LONG_AGO + dt.timedelta(days=1)}.html", LONG_AGO),  # rendered anew, without results
        lay(tasks / "run_id=2" / "task.log", LATELY),
        embedded.log_files()[-1],
    ]
    counts = upkeep.expire(TODAY)
    assert [name for name, path in old.items() if path.exists()] == []
    assert [path for path in kept if not path.exists()] == []
    assert {name: counts[name] for name in ("intake", "pulled", "never_landed", "receipts", "docs", "logs_turned")} == {
        "intake": 1, "pulled": 2, "never_landed": 1, "receipts": 1, "docs": 3, "logs_turned": 0,
    }  # fmt: skip
    assert "roll_4" not in caplog.text
    for path in kept[:-1]:  # the home is the session's: a file in `returned` would be taken in by another test
        path.unlink()


def test_files_handed_out_go_when_their_time_is_over(connection: psycopg2.extensions.connection, tmp_path: Path) -> None:
    """Wherever they were written to; one that somebody has changed stays, and its export is named."""
    folder = tmp_path / "lists"
    (folder / "town").mkdir(parents=True)
    files = [folder / "town" / "a.xlsx", folder / "town" / "b.xlsx", tmp_path / "review.xlsx", tmp_path / "young.xlsx"]
    for file in files:
        file.write_text(file.name)
    handed_out.record(connection, "worklist", "c", TODAY, folder, files[:2], 2, by="张三")
    handed_out.record(connection, "review", "audit.link_review", TODAY, files[2], files[2:3], 1, by="张三")
    with connection.cursor() as cursor:
        cursor.execute("update ledger.export set exported_at = %s", (LONG_AGO,))
    handed_out.record(connection, "table", "audit.person", TODAY, files[3], files[3:], 1, by="张三")
    files[1].write_text("filled in")

    first = handed_out.expire(connection, TODAY, 180)
    assert (first.removed, len(first.changed)) == (2, 1)
    assert [file.exists() for file in files] == [False, True, False, True]

    files[1].unlink()  # whoever filled it in has taken it back
    assert handed_out.expire(connection, TODAY, 180) == handed_out.Expired(0, ())
    assert not folder.exists()
    with connection.cursor() as cursor:
        cursor.execute("select kind, removed_on from ledger.export order by export_id")
        assert cursor.fetchall() == [("worklist", TODAY), ("review", TODAY), ("table", None)]
