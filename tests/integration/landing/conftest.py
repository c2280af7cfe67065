"""A small department that exists in no shipped contract, a warehouse, and a drop folder to put files into."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.extensions
import pytest

from bidui.connector import DropFolder
from bidui.contract import Extract, load_sources
from bidui.landing import LandedBatch, land_all

NIGHT = date(2026, 10, 20)

CONTRACT = """\
version: 1
department: human_resources
title: {zh: 人社局, en: Human resources}
extracts:
  public_post:
    title: {zh: 公益性岗位, en: Public posts}
    contract_version: "1.0"
    grain: 一行一人。One row per person.
    basis: inferred
    origin: {kind: drop_folder}
    file: {formats: [csv, xlsx, xls, zip], encodings: [UTF-8, GB18030], title_rows: 0, header_rows: 1}
    delivery: {content: full, cadence: monthly, arrives_within_days: 5, max_age_days: 62, data_date: [title, file_name, modified]}
    persons: [{role: self, id: id_no, name: person_name}]
    keys: [id_no]
    control_totals: [wage]
    gates: {max_row_drop: 0.2, max_blank_share: 0.005, max_mangled_share: 0.05}
    drift: {new_column: ignore, missing_optional: accept}
    unregistered: {keep: [id_no], why: 只为判定是否在册}
    columns:
      - {name: id_no, header: 证件号码, type: text, required: true, aliases: [身份证号], personal: true}
      - {name: person_name, header: 姓名, type: text, required: true, personal: true}
      - {name: post, header: 岗位, type: text}
      - {name: wage, header: 月工资, type: "decimal(10,2)"}
"""


@pytest.fixture
def contract_file(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    path = folder / "human_resources.yml"
    path.write_text(CONTRACT, encoding="utf-8")
    return path


@pytest.fixture
def extract(contract_file: Path) -> Extract:
    return load_sources(contract_file.parent).extract("public_post")


@pytest.fixture
def connection(warehouse: str) -> Iterator[psycopg2.extensions.connection]:
    """A connection to a ledger without batches."""
    connection = psycopg2.connect(warehouse)
    with connection, connection.cursor() as cursor:
        cursor.execute("truncate ledger.batch cascade")
        cursor.execute("drop table if exists raw.public_post")
    yield connection
    connection.close()


class Office:
    """Somebody who drops files and looks what became of them."""

    def __init__(self, connection: psycopg2.extensions.connection, drop: Path, extract: Extract) -> None:
        self.connection = connection
        self.drop = drop
        self.extract = extract
        self.folder = drop / extract.department / extract.key
        self.folder.mkdir(parents=True)

    def put(self, name: str, content: bytes | str | Callable[[Path], Any], day: int = 18) -> Path:
        """Drop a file, last written on a day of October 2026."""
        path = self.folder / name
        if callable(content):
            content(path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        when = datetime(2026, 10, day, 4, tzinfo=UTC).timestamp()
        os.utime(path, (when, when))
        return path

    def night(self, as_of: date = NIGHT) -> list[LandedBatch]:
        """Land everything that lies there."""
        return land_all(self.connection, self.extract, DropFolder(self.drop).deliveries([self.extract]), as_of)

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()

    def batches(self) -> list[tuple[Any, ...]]:
        """(source_name, status) of every batch in the ledger."""
        return self.ask("select source_name, status from ledger.batch order by batch_id")


@pytest.fixture
def office(connection: psycopg2.extensions.connection, tmp_path: Path, extract: Extract) -> Office:
    return Office(connection, tmp_path / "drop", extract)
