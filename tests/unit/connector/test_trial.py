"""A pull tried out before any night: a real database, no platform, nothing left behind."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from pathlib import Path

import pytest
from tests.integration.connector.conftest import CONTRACT

from bidui.connector import pull_once
from bidui.contract import Sources, load_sources
from bidui.inspection import inspect
from bidui.problem import ProblemError

NIGHT = dt.date(2026, 10, 16)
ORIGIN = "{kind: sql, table: insured, columns: {id_no: zjhm, person_name: xm, premium: je}}"


def sources(folder: Path, origin: str) -> Sources:
    (folder / "medical_bureau.yml").write_text(
        CONTRACT.replace("ORIGIN", origin).replace("CONTENT", "full"), encoding="utf-8"
    )
    return load_sources(folder)


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    return folder


def test_what_a_server_gives_is_read_as_it_would_land(
    contracts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bidui_home: Path
) -> None:
    with sqlite3.connect(tmp_path / "yb.db") as database:
        database.execute("create table insured (zjhm text, xm text, je text)")
        database.execute("insert into insured values ('990101199001011234', '甲', '380.00'), (null, '乙', 'x')")
    monkeypatch.setenv(
        "AIRFLOW_CONN_BIDUI_MEDICAL_BUREAU",
        json.dumps({"conn_type": "generic", "schema": str(tmp_path / "yb.db"), "extra": {"driver": "sqlite"}}),
    )
    known = sources(contracts, ORIGIN)
    out = tmp_path / "out"
    out.mkdir()
    path = pull_once(known.extract("insured"), NIGHT, out)
    found = inspect(path, known, "insured", NIGHT)
    (table,) = found.tables
    assert table.reading is not None
    assert table.reading.rows_landed == 2
    assert table.data_date is not None and table.data_date.day == NIGHT
    assert not list(bidui_home.glob("pulled/medical_bureau/*/*"))


def test_what_is_dropped_is_not_asked_for(contracts: Path, tmp_path: Path) -> None:
    with pytest.raises(ProblemError) as raised:
        pull_once(sources(contracts, "{kind: drop_folder}").extract("insured"), NIGHT, tmp_path)
    assert raised.value.problems[0].code == "pull.not_pulled"
