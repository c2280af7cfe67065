"""What a clerk is told: the answer, counts that add up, each failed row by its number, and nothing that is not theirs."""

from __future__ import annotations

import datetime as dt
import errno
import os
import re
import shutil
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import psycopg2.extensions
import pytest

from bidui.connector import DropFolder
from bidui.contract import load_sources
from bidui.home import return_dir
from bidui.landing import land_all
from bidui.platform import intake, upkeep
from bidui.problem import ProblemError
from bidui.receipt import make_due
from bidui.validation.decide import record
from bidui.warehouse.connection import connect

NIGHT = dt.date(2026, 10, 16)
HEADER = "县,乡镇,行政村,户主姓名,身份证号,补助资金,=HYPERLINK(1)"
NAME, NUMBER = "欧阳明月", "990101199001010011"
GOOD = f"云岭县,石桥镇,柳树村,{NAME},{NUMBER},1207.53,x"
TABLE = ["危房改造农户档案 2026年9月", "", HEADER, GOOD, GOOD.replace(NUMBER, ""), GOOD, "合计,,,,,3622.59,"]


class County:
    """Departments that drop files, a gate that decides, and the folders where answers are found."""

    def __init__(self, connection: psycopg2.extensions.connection, drop: Path) -> None:
        self.connection, self.drop = connection, drop
        self.sources = load_sources()

    def land(self, extract_key: str, name: str, lines: list[str]) -> list[int]:
        """Drop a CSV and land it; returns its batches."""
        extract = self.sources.extract(extract_key)
        folder = self.drop / extract.department / extract_key
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        path.write_text("\n".join(lines), encoding="utf-8")
        when = dt.datetime(2026, 10, 15, 4, tzinfo=dt.UTC).timestamp()
        os.utime(path, (when, when))
        landed = land_all(self.connection, extract, DropFolder(self.drop).deliveries([extract]), NIGHT)
        return [batch.batch_id for batch in landed if batch.is_new]

    def accept(self, batch_id: int, *failed: tuple[int, str, str, str]) -> None:
        """Decide as the gate does: `failed` rows (row, expectation, column, reason) are set apart."""
        with self.connection, self.connection.cursor() as cursor:
            for row_no, expectation, column, reason in failed:
                cursor.execute(
                    "insert into ledger.quarantined_row (batch_id, row_no, expectation, column_name, reason)"
                    " values (%s, %s, %s, %s, %s)", (batch_id, row_no, expectation, column, reason),
                )
            rows = len({row_no for row_no, *_ in failed})
            cursor.execute(
                "update ledger.batch set rows_quarantined = %s, rows_accepted = rows_landed - %s where batch_id = %s",
                (rows, rows, batch_id),
            )
            record(cursor, batch_id, "accept", "accepted", "gate", "各项门槛均通过 · all gates passed")

    def receipts(self, department: str = "housing") -> list[Path]:
        """Send what is due."""
        return [Path(place) for place in make_due(self.connection, self.sources.department(department))]


@pytest.fixture
def county(warehouse: str, bidui_home: Path, tmp_path: Path) -> Iterator[County]:
    connection = connect(warehouse)
    with connection, connection.cursor() as cursor:
        cursor.execute("truncate ledger.batch cascade")
    yield County(connection, tmp_path / "drop")
    connection.close()
    shutil.rmtree(bidui_home / "return", ignore_errors=True)


BLANK = (5, "id_no_blank", "id_no", "“户主身份证号”为空，无法与名册对应；请补填 · id_no is blank, the person cannot be found; fill it in")


def table(path: Path, sheet: str) -> list[list[Any]]:
    """Cells of a sheet, titles and header included."""
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(path)[sheet]]


def items(path: Path) -> dict[str, str]:
    """The first sheet: item → what is said in Chinese."""
    return {str(row[0]): str(row[1]) for row in table(path, "回执 Receipt")}


def everything(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return "\n".join(archive.read(name).decode("utf-8") for name in archive.namelist())


def test_an_accepted_file_is_counted_and_its_failed_row_named(county: County) -> None:
    (batch,) = county.land("renovation", "危改 9月.csv", TABLE)
    county.accept(batch, BLANK)
    (path,) = county.receipts()
    assert path.parent == return_dir("housing") and path.name == f"回执_2026-10-16_批次{batch}_危改 9月.xlsx"
    said = items(path)
    assert said["结论 Answer"] == "已接受；有 1 行未通过"
    assert "未通过的行" in said["请您处理 What to do"]
    assert said["文件 File"] == "危改 9月.csv" and said["数据日期 Data date"].startswith("2026-09-30")
    read, skipped, landed = map(int, re.findall(r"\d+", said["读到行数 Rows read"]))
    of_landed, accepted, quarantined = map(int, re.findall(r"\d+", said["数据行 Data rows"]))
    assert (read, skipped, landed) == (7, 4, 3) and read == skipped + landed
    assert (of_landed, accepted, quarantined) == (3, 2, 1) and landed == of_landed == accepted + quarantined
    assert said["其中略过 Skipped"] == "4：标题行 1，表头行 1，空行 1，表尾行 1"
    assert table(path, "未通过的行 Failed rows")[2] == [
        5, "E 列“身份证号”", "“户主身份证号”为空，无法与名册对应", "请补填",
        "id_no is blank, the person cannot be found; fill it in",
    ]  # fmt: skip
    in_force = {row[0]: row[1:] for row in table(path, "现在生效 In force")[2:]}
    mine = in_force["农村危房改造农户档案 · Unsafe-house renovation files"]
    assert mine == ["生效 in force", dt.datetime(2026, 9, 30), 2, "危改 9月.csv"]  # noqa: DTZ001
    assert len(in_force) == 3 and "没有名单" in in_force["不动产登记 · Real-estate register"][0]


def test_nobody_and_no_other_department_is_in_it_and_nothing_acts(county: County) -> None:
    (batch,) = county.land("renovation", "=cmd 危改.csv", TABLE)
    county.accept(batch, BLANK)
    (other,) = county.land("dibao", "低保 张局长.csv", [HEADER, GOOD])
    assert other
    (path,) = county.receipts()
    content = everything(path)
    for foreign in (NAME, NUMBER, "柳树村", "1207", "低保", "civil_affairs"):
        assert foreign not in content, foreign
    assert "HYPERLINK(1)" in content  # their own header is told, as text
    assert "<f>" not in content and "<hyperlink" not in content
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_held_file_is_told_why_and_what_to_mend(county: County) -> None:
    county.land("renovation", "危改.csv", [HEADER.replace("身份证号", "证号码X"), GOOD])
    (path,) = county.receipts()
    said = items(path)
    assert said["结论 Answer"] == "暂存，未生效"
    assert "户主身份证号" in said["原因 Reason"] and "请" in said["原因 Reason"]
    problems = table(path, "文件与表头 File and header")
    assert problems[2][0] == "须改正 · must be mended"
    assert "required header is missing" in problems[2][2]
    assert "未通过的行 Failed rows" not in openpyxl.load_workbook(path).sheetnames


def test_a_duplicate_is_told_that_nothing_changed(county: County) -> None:
    (first,) = county.land("renovation", "a.csv", TABLE)
    county.accept(first)
    county.land("renovation", "b.csv", TABLE)
    said = [items(path) for path in county.receipts()]
    assert [one["结论 Answer"] for one in said] == ["已接受", "重复报送，未作更改"]
    assert f"批次 {first}" in said[1]["原因 Reason"]


def test_what_was_told_is_not_told_again_until_it_changes(county: County) -> None:
    (batch,) = county.land("renovation", "危改.csv", TABLE)
    assert county.receipts() == []  # nothing is decided yet
    county.accept(batch)
    (path,) = county.receipts()
    path.unlink()  # the clerk has taken it
    assert county.receipts() == []
    with county.connection, county.connection.cursor() as cursor:
        record(cursor, batch, "withdraw", "withdrawn", "王科长", "报错了文件")
    assert county.receipts() == [path]
    said = items(path)
    assert said["结论 Answer"] == "已撤回，不再生效" and said["经办说明 Note"] == "报错了文件"
    assert "王科长" not in everything(path)


def test_what_cannot_be_delivered_stays_due_and_leaves_nothing_behind(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    (batch,) = county.land("renovation", "危改.csv", TABLE)
    county.accept(batch)

    def full(source: Path, target: Path) -> None:
        Path(target).write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", full)
        with pytest.raises(ProblemError) as raised:
            county.receipts()
        assert (raised.value.problems[0].code, raised.value.problems[0].found) == (
            "export.not_written", "No space left on device",
        )  # fmt: skip
        # The night is reported all the same, and the upkeep says what is wrong.
        from bidui.platform import steps

        assert steps.report(NIGHT.isoformat(), "housing")["renovation"] == "accepted"
        with pytest.raises(ProblemError):
            upkeep.send_receipts()
    assert list(return_dir("housing").iterdir()) == []
    assert intake.send_receipts("housing") == 1


def test_a_receipt_that_somebody_has_open_is_not_replaced_under_their_hands(county: County) -> None:
    (batch,) = county.land("renovation", "危改.csv", TABLE)
    county.accept(batch)
    (path,) = county.receipts()
    before = path.read_bytes()
    lock = path.with_name(f"~${path.name}")
    lock.touch()
    with county.connection, county.connection.cursor() as cursor:
        record(cursor, batch, "withdraw", "withdrawn", "王科长", "报错了文件")
    with pytest.raises(ProblemError, match="正在别处打开") as raised:
        county.receipts()
    # In the task's log it is found by its batch; what the sender called the file may be somebody's name.
    assert f"~$回执_{NIGHT}_批次{batch}_…" in str(raised.value)
    assert "危改" not in str(raised.value)
    assert path.read_bytes() == before
    lock.unlink()
    assert county.receipts() == [path] and path.read_bytes() != before


def test_the_contract_names_another_folder(county: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = tmp_path / "sources"
    shutil.copytree("include/sources", sources)
    theirs = tmp_path / "share"
    path = sources / "housing.yml"
    path.write_text(path.read_text("utf-8").replace("extracts:", f"receipt: {{kind: folder, folder: {theirs}}}\nextracts:", 1), "utf-8")
    monkeypatch.setenv("BIDUI_SOURCES", str(sources))
    county.sources = load_sources()
    (batch,) = county.land("renovation", "危改.csv", TABLE)
    county.accept(batch)
    with pytest.raises(ProblemError, match=r"receipt\.folder"):  # a share that is not mounted is not made
        county.receipts()
    theirs.mkdir()
    assert [found.parent for found in county.receipts()] == [theirs]
