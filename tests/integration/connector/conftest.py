"""A department whose contract names a server, that server, and a night that fetches and lands."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import yaml
from sqlalchemy import make_url
from tests.integration.connector.servers import DatabaseServer, Line, mariadb_server

from bidui.connector import LedgerMemory
from bidui.platform import intake
from bidui.warehouse import embedded

NIGHT = dt.date(2026, 10, 16)

CONTRACT = """\
version: 1
department: medical_bureau
title: {zh: 医保局, en: Medical bureau}
extracts:
  insured:
    title: {zh: 参保人员, en: Insured persons}
    contract_version: "1.0"
    grain: 一行一人。One row per person.
    basis: inferred
    origin: ORIGIN
    file: {formats: [csv], encodings: [UTF-8, GB18030], title_rows: 0, header_rows: 1}
    delivery: {content: CONTENT, cadence: daily, arrives_within_days: 1, max_age_days: 7, data_date: [title, file_name, modified]}
    persons: [{role: self, id: id_no, name: person_name}]
    keys: [id_no]
    control_totals: [premium]
    gates: {max_row_drop: 0.2, max_blank_share: 0.005, max_mangled_share: 0.05}
    drift: {new_column: ignore, missing_optional: accept}
    unregistered: {keep: [id_no], why: 只为判定是否在册}
    columns:
      - {name: id_no, header: 证件号码, type: text, required: true, aliases: [身份证号], personal: true}
      - {name: person_name, header: 姓名, type: text, required: true, personal: true}
      - {name: premium, header: 个人缴费, type: "decimal(10,2)"}
      - {name: insured_on, header: 参保日期, type: date}
"""

PEOPLE = [("990101199001011234", "甲"), ("990101199001011235", "乙,丙"), ("990101199001011236", "丁")]
SECRET = "s3cret-of-the-department"


@dataclass
class Office:
    """The county's side: a contract with one remote extract, its Airflow connection, nights, and the ledger."""

    warehouse: str
    work: Path
    monkeypatch: pytest.MonkeyPatch

    def contract(self, origin: dict[str, Any], content: str = "full") -> None:
        """Write the contract with this origin."""
        shown = yaml.safe_dump({"connection": "bidui_medical"} | origin, default_flow_style=True, width=10_000, allow_unicode=True)
        text = CONTRACT.replace("ORIGIN", shown.strip()).replace("CONTENT", content)
        (self.work / "sources" / "medical_bureau.yml").write_text(text, encoding="utf-8")

    def connect(self, **fields: Any) -> None:
        """The Airflow connection `bidui_medical`, as its environment variable."""
        self.monkeypatch.setenv("AIRFLOW_CONN_BIDUI_MEDICAL", json.dumps(fields))

    def fetch(self, as_of: dt.date = NIGHT) -> dict[str, int]:
        """The task `fetch`, without Airflow around it."""
        return intake.fetch(as_of, "medical_bureau", self.work / "drop")

    def land(self, as_of: dt.date = NIGHT) -> dict[str, int]:
        """The task `land`."""
        return intake.land(as_of, "medical_bureau")

    def night(self, as_of: dt.date = NIGHT) -> dict[str, int]:
        """Fetch and land."""
        self.fetch(as_of)
        return self.land(as_of)

    def decide(self, status: str) -> None:
        """What validation would say of the batches that wait."""
        self.ask(
            "update ledger.batch set status = %s,"
            " rows_accepted = case when %s = 'held' then 0 else rows_landed end where status = 'landed' returning 1",
            status, status,
        )  # fmt: skip

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a query on the warehouse."""
        with psycopg2.connect(self.warehouse) as connection, connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()

    def raw(self) -> list[tuple[Any, ...]]:
        """What landed, in order."""
        return self.ask("select id_no, person_name, premium, insured_on from raw.insured order by batch_id, row_no")

    def statuses(self) -> list[str]:
        """Status of every batch."""
        return [row[0] for row in self.ask("select status from ledger.batch order by batch_id")]

    def pulled_files(self) -> list[str]:
        """What lies where pulls wait, finished or not."""
        folder = Path(os.environ["BIDUI_HOME"]) / "pulled"
        return sorted(path.name for path in folder.rglob("*") if path.is_file())

    def pulled_bytes(self) -> int:
        """How much of them there is."""
        folder = Path(os.environ["BIDUI_HOME"]) / "pulled"
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

    def memory(self) -> LedgerMemory:
        """What the ledger remembers."""
        return LedgerMemory(psycopg2.connect(self.warehouse))


@pytest.fixture(scope="session")
def server_room() -> Iterator[Path]:
    """A folder that servers running as other users can reach."""
    path = Path(tempfile.mkdtemp(prefix="bidui-servers-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@contextmanager
def another_home(path: Path) -> Iterator[None]:
    """The embedded server of another home, for as long as the block lasts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BIDUI_HOME", str(path))
        yield


@pytest.fixture(scope="session")
def second_postgres(server_room: Path) -> Iterator[DatabaseServer]:
    """Another PostgreSQL cluster than the warehouse's."""
    home = server_room / "postgres_home"
    with another_home(home):
        url = embedded.start()

    def execute(statement: str) -> None:
        with psycopg2.connect(url) as connection, connection.cursor() as cursor:
            cursor.execute(statement)

    parts = make_url(url)
    yield DatabaseServer(int(parts.port or 0), str(parts.username), str(parts.password), str(parts.database), execute)
    with another_home(home):
        embedded.stop()


@pytest.fixture(scope="session")
def second_mariadb(server_room: Path) -> Iterator[DatabaseServer]:
    """A MariaDB server with an empty database `yibao`."""
    with mariadb_server(server_room) as server:
        yield server


def connect(office: Office, database: tuple[str, DatabaseServer], **other: Any) -> None:
    kind, server = database
    office.connect(
        **{
            "conn_type": kind, "host": "127.0.0.1", "port": server.port, "login": server.login,
            "password": server.password, "schema": server.database,
        }
        | other
    )  # fmt: skip


@pytest.fixture
def office(warehouse: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bidui_home: Path) -> Iterator[Office]:
    (tmp_path / "sources").mkdir()
    (tmp_path / "drop").mkdir()
    monkeypatch.setenv("BIDUI_SOURCES", str(tmp_path / "sources"))
    yield Office(warehouse, tmp_path, monkeypatch)
    shutil.rmtree(bidui_home / "pulled", ignore_errors=True)
    shutil.rmtree(bidui_home / "intake", ignore_errors=True)
    with psycopg2.connect(warehouse) as connection, connection.cursor() as cursor:
        cursor.execute("truncate ledger.batch, ledger.pull cascade; drop table if exists raw.insured")


@pytest.fixture
def line() -> Iterator[Callable[[int], Line]]:
    """Lines to servers that can be cut."""
    lines: list[Line] = []

    def to(port: int) -> Line:
        lines.append(Line(port))
        return lines[-1]

    yield to
    for one in lines:
        one.close()


def csv_list(rows: int = 3) -> bytes:
    """A list as a department would send it, of as many people as wanted."""
    people = [f"99010119900101{number:04d},甲{number},380.00,2026-01-0{number % 9 + 1}" for number in range(rows)]
    return "\n".join(["证件号码,姓名,个人缴费,参保日期", *people, ""]).encode()
