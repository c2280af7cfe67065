"""Exports: with a login's own rights, provable, the same bytes for the same night, nothing that acts in a spreadsheet."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import errno
import hashlib
import json
import os
import stat
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg2.extensions
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from bidui.export import csv_file, export, parquet_file
from bidui.problem import ProblemError
from bidui.warehouse.connection import connect
from bidui.warehouse.migrate import refresh_outward
from bidui.warehouse.roles import ensure_roles

NIGHT, BEFORE = dt.date(2026, 10, 16), dt.date(2026, 10, 15)
NAMES = ['=cmd|"/c calc"!A1', "+1", "-2", "@SUM(A1)", "\t=1", "＝1", "危改.csv", 'a,"b"\nc', "1=1"]


@pytest.fixture(scope="module")
def connection(warehouse: str) -> Iterator[psycopg2.extensions.connection]:
    """Nine batches with names as bad as can be, divisions, and two published nights of a small view."""
    connection = connect(warehouse)
    with connection:
        ensure_roles(connection)
    refresh_outward()
    with connection, connection.cursor() as cursor:
        for number, name in enumerate(NAMES, start=1):
            cursor.execute(
                "insert into ledger.batch (department, extract, as_of, data_date, received_at, source_name, sha256,"
                " contract_version, rows_read, rows_landed, rows_accepted, control_totals, status)"
                " values ('housing', 'renovation', %s, %s, '2026-10-16 08:00+08', %s, %s, '1', %s, %s, %s, %s, 'accepted')",
                (NIGHT, NIGHT, name, f"s{number}", number, number, number, json.dumps({"金额": "-1"})),
            )
        cursor.execute("insert into reference.division (division_code, division_level, name) values ('990101000000', 'county', '云岭县')")
        cursor.execute(
            "create table mart_summary.reading (from_night date, to_night date, division_code text, rate numeric);"
            "insert into mart_summary.reading values (%(b)s, %(n)s, '990101000000', 0.1234567891234), "
            "(%(n)s, 'infinity', '990101000000', 123456789.05);"
            "select ledger.make_outward('published', 'coverage', array['mart_summary.reading'],"
            " 'select {night} as as_of, division_code::text, ''insured''::text as indicator, rate::numeric from mart_summary.reading"
            "  where from_night <= {night} and {night} < to_night');"
            "insert into ledger.run (as_of, kind, status, fingerprint) values (%(b)s, 'night', 'published', 'fp1'),"
            " (%(n)s, 'night', 'published', 'fp2');"
            "update ledger.published_night set as_of = %(n)s, run_id = (select max(run_id) from ledger.run)",
            {"b": BEFORE, "n": NIGHT},
        )
        cursor.execute("grant select on mart_summary.reading to bidui_view_owner")
    with connection:
        ensure_roles(connection)
    refresh_outward()
    yield connection
    connection.close()


def read_csv(path: Path) -> list[dict[str, str]]:
    content = path.read_bytes()
    assert content.startswith(codecs.BOM_UTF8)
    return list(csv.DictReader(content.decode("utf-8-sig").splitlines(keepends=True)))


def test_csv_opens_in_a_spreadsheet_and_nothing_in_it_acts(connection: Any, tmp_path: Path) -> None:
    done = export("ledger.batch", tmp_path / "批次.csv", "csv", by="张三", role="auditor")
    rows = read_csv(done.path)
    assert done.rows == len(rows) == len(NAMES)
    assert [row["source_name"] for row in rows] == [*(f"'{name}" for name in NAMES[:6]), *NAMES[6:]]
    assert [row["rows_read"] for row in rows] == [str(number) for number in range(1, 10)]
    assert stat.S_IMODE(done.path.stat().st_mode) == 0o600


def test_parquet_holds_everything_as_it_is(connection: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_file, "ROWS_OF_A_GROUP", 4)
    done = export("ledger.batch", tmp_path / "b.parquet", "parquet", by="张三", role="auditor")
    table = pq.read_table(done.path)
    assert table.column("source_name").to_pylist() == NAMES
    assert table.column("received_at").to_pylist()[0] == dt.datetime(2026, 10, 16, tzinfo=dt.UTC)
    assert (table.schema.field("rows_read").type, table.schema.field("data_date").type) == ("int64", "date32[day]")
    assert table.column("control_totals").to_pylist()[0] == '{"金额": "-1"}'
    assert pq.ParquetFile(done.path).num_row_groups == 3


def test_money_and_shares_stay_exact_and_an_earlier_night_can_be_had(connection: Any, tmp_path: Path) -> None:
    now = export("published.coverage", tmp_path / "now.parquet", "parquet", by="张三")
    assert pq.read_table(now.path).column("rate").to_pylist() == [Decimal("123456789.0500000000")]
    earlier = export("coverage", tmp_path / "earlier.csv", "csv", by="张三", night=BEFORE)
    assert [(row["as_of"], row["rate"]) for row in read_csv(earlier.path)] == [("2026-10-15", "0.1234567891234")]
    assert (now.as_of, earlier.as_of) == (NIGHT, BEFORE)
    assert json.loads(earlier.sidecar.read_text("utf-8"))["fingerprint"] == "fp1"


def test_a_validity_without_end_is_read_by_every_tool(connection: Any, tmp_path: Path) -> None:
    export("published.division", tmp_path / "d.parquet", "parquet", by="张三")
    (division,) = pq.read_table(tmp_path / "d.parquet").to_pylist()
    assert division["name"] == "云岭县" and division["valid_to"] in (None, dt.date.max)
    export("published.division", tmp_path / "d.csv", "csv", by="张三")
    assert "infinity" not in (tmp_path / "d.csv").read_text("utf-8-sig")


def test_the_sidecar_proves_the_file_and_the_record_says_who(connection: Any, tmp_path: Path) -> None:
    done = export("published.coverage", tmp_path / "c.csv", "csv", by="李四")
    proof = json.loads(done.sidecar.read_text("utf-8"))
    assert done.sidecar.name == "c.csv.meta.json"
    assert proof["sha256"] == hashlib.sha256(done.path.read_bytes()).hexdigest()
    assert (proof["as_of"], proof["fingerprint"], proof["rows"], proof["login"]) == ("2026-10-16", "fp2", 1, "bidui_bi_login")
    assert proof["is_masked"] is True
    assert [(column["name"], column["type"]) for column in proof["columns"]][:2] == [("as_of", "date"), ("division_code", "text")]
    assert all("·" in column["meaning"] for column in proof["columns"])
    again = export("published.coverage", tmp_path / "again.csv", "csv", by="李四")
    assert (again.sha256, again.sidecar.read_text("utf-8")) == (done.sha256, done.sidecar.read_text("utf-8"))
    with connection, connection.cursor() as cursor:
        cursor.execute("select kind, name, as_of, exported_by, login, rows, sha256 from ledger.export order by export_id desc limit 1")
        assert cursor.fetchall() == [("table", "published.coverage", NIGHT, "李四", "bidui_bi_login", 1, done.sha256)]


@pytest.mark.parametrize(
    ("table", "options", "code"),
    [
        ("publish.coverage", {}, "export.table"),
        ("profile", {}, "export.table"),
        ("ledger.batch", {"role": "bi"}, "export.right"),
        ("audit.finding", {}, "export.right"),  # no night has made it here
        ("ledger.batch", {"night": BEFORE}, "export.as_of"),
        ("published.coverage", {"night": dt.date(2020, 1, 1)}, "night.not_published"),
        ("ledger.batch", {"role": "chief"}, "role_unknown"),
    ],
)
def test_what_cannot_be_exported_is_refused_in_words(
    connection: Any, tmp_path: Path, table: str, options: dict[str, Any], code: str
) -> None:
    with pytest.raises(ProblemError) as raised:
        export(table, tmp_path / "x.csv", "csv", by="张三", **options)
    assert raised.value.problems[0].code == code and raised.value.problems[0].zh and raised.value.problems[0].en
    assert list(tmp_path.iterdir()) == []


def test_an_engineer_gets_the_columns_that_name_nobody(connection: Any, tmp_path: Path) -> None:
    export("ledger.outcome", tmp_path / "o.csv", "csv", by="张三", role="engineer")
    header = (tmp_path / "o.csv").read_text("utf-8-sig").strip().split(",")
    assert "finding_id" in header and not {"field_check", "reason", "answered_by"} & set(header)
    assert export("ledger.outcome", tmp_path / "a.csv", "csv", by="张三", role="auditor").is_masked is False


def test_a_full_disk_leaves_nothing_half_written(connection: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "c.csv"
    path.write_text("old")

    def full(connection: Any, relation: Any, beside: Path) -> int:
        beside.write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setitem(__import__("bidui.export.table", fromlist=["FORMATS"]).FORMATS, "csv", full)
    with pytest.raises(ProblemError, match="No space left on device"):
        export("published.coverage", path, "csv", by="张三")
    assert [entry.name for entry in tmp_path.iterdir()] == ["c.csv"] and path.read_text() == "old"


@pytest.mark.parametrize("unwritten", ["bidui.export.table._write_sidecar", "bidui.handed_out.record"])
def test_a_table_that_is_not_on_record_is_gone(
    connection: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unwritten: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(unwritten, fail)
    with pytest.raises(RuntimeError):
        export("ledger.batch", tmp_path / "a.csv", "csv", by="x")
    assert list(tmp_path.iterdir()) == []


def test_a_reading_beyond_the_logins_limit_is_told(connection: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = csv_file.write

    def slow(reading: Any, relation: Any, beside: Path) -> int:
        with reading.cursor() as cursor:
            cursor.execute("set statement_timeout = 1; select pg_sleep(1)")
        return write(reading, relation, beside)

    monkeypatch.setitem(__import__("bidui.export.table", fromlist=["FORMATS"]).FORMATS, "csv", slow)
    with pytest.raises(ProblemError, match="时限"):
        export("published.coverage", tmp_path / "c.csv", "csv", by="张三")
    assert list(tmp_path.iterdir()) == []


def test_the_command(connection: Any, tmp_path: Path) -> None:
    from bidui.cli.export import app

    done = CliRunner().invoke(app, ["published.coverage", "--format", "parquet", "--out", str(tmp_path / "c.parquet"), "--by", "张三"])
    assert (done.exit_code, "1 行 rows" in done.output) == (0, True)
    assert pq.read_table(tmp_path / "c.parquet").num_rows == 1
