"""Workbooks: what came from a file stays text, locks and drop-downs hold, nothing half-written is ever seen."""

from __future__ import annotations

import datetime as dt
import gc
import resource
import stat
import sys
import threading
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bidui.problem import ProblemError
from bidui.workbook import Column, all_or_none, export_folder, open_book, safe_sheet

NIGHT = dt.date(2026, 10, 16)
DAY = dt.datetime(2020, 1, 2)  # noqa: DTZ001  a workbook's times carry no zone


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def write(
    path: Path, rows: list[list[object]], columns: list[Column], *, is_small: bool = False, **options: object
) -> openpyxl.Workbook:
    with open_book(path, created=NIGHT, title="试", is_small=is_small) as book:
        sheet = book.sheet("试", columns, **options)
        for row in rows:
            sheet.row(row)
    return openpyxl.load_workbook(path)


@pytest.mark.parametrize("is_small", [True, False])
def test_every_kind_of_cell_arrives_as_what_it_is(tmp_path: Path, is_small: bool) -> None:
    row = ["341234199001011234", "=1+1", "http://a.b", "0012", 12, Decimal("1.5"), DAY.date(), True, None]
    columns = [Column(str(i)) for i in range(9)]
    sheet = write(tmp_path / "a.xlsx", [row], columns, is_small=is_small, titles=["题一", "题二"])["试"]
    assert sheet["A1"].value == "题一" and sheet["A3"].value == "0"
    cells = [cell.value for cell in sheet[4]]
    assert cells == ["341234199001011234", "=1+1", "http://a.b", "0012", 12, 1.5, DAY, "是", None]
    assert [cell.data_type for cell in sheet[4]][:4] == ["s"] * 4
    assert {cell.number_format for cell in sheet[4][:4]} == {"@"}
    assert sheet["C4"].hyperlink is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40), is_small=st.booleans())
def test_no_text_becomes_a_formula_a_link_or_a_broken_file(tmp_path: Path, text: str, is_small: bool) -> None:
    cell = write(tmp_path / "a.xlsx", [["=" + text]], [Column("列")], is_small=is_small)["试"]["A2"]
    assert cell.data_type == "s" and cell.hyperlink is None
    assert cell.value.startswith("=")


def test_days_are_days_and_row_numbers_carry_no_commas(tmp_path: Path) -> None:
    columns = [Column("日期", editable=True, holds="date"), Column("行号", holds="ordinal"), Column("数"), Column("重")]
    sheet = write(tmp_path / "a.xlsx", [[None, 12345, 12345, 1.25]], columns, protected=True, frozen=2)["试"]
    assert [cell.number_format for cell in sheet[2]] == ["yyyy-mm-dd", "0", "#,##0", "#,##0.00"]
    (validation,) = sheet.data_validations.dataValidation
    assert (str(validation.sqref), validation.type, validation.operator) == ("A2", "date", "greaterThanOrEqual")
    # Sorting a locked sheet would move the open cells alone, each answer to another row.
    assert sheet.protection.sort and sheet.freeze_panes == "C2"


def test_protected_sheets_leave_only_the_answers_open(tmp_path: Path) -> None:
    columns = [Column("键", hidden=True), Column("结论", editable=True, choices=("属实", "不属实"))]
    sheet = write(tmp_path / "a.xlsx", [["k1", None], ["k2", None]], columns, protected=True)["试"]
    assert sheet.protection.sheet and sheet.protection.password
    assert sheet["A2"].protection.locked and not sheet["B2"].protection.locked
    assert sheet.column_dimensions["A"].hidden
    (validation,) = sheet.data_validations.dataValidation
    assert str(validation.sqref) == "B2:B3" and validation.formula1 == '"属实,不属实"'


def test_a_full_sheet_goes_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safe_sheet, "ROWS_OF_A_SHEET", 3)
    book = write(tmp_path / "a.xlsx", [[i] for i in range(5)], [Column("数")])
    assert book.sheetnames == ["试", "试 (2)", "试 (3)"]
    assert [cell.value for sheet in book for cell in sheet["A"]] == ["数", 0, 1, "数", 2, 3, "数", 4]


def test_rows_are_as_high_as_their_wrapped_text(tmp_path: Path) -> None:
    rows: list[list[object]] = [["短"], ["柳" * 20], ["a" * 20], ["一\n二\n三"], ["长" * 4000], [12]]
    sheet = write(tmp_path / "a.xlsx", rows, [Column("列", width=10)])["试"]
    lines = [None if (height := sheet.row_dimensions[line].height) is None else round((height - 2) / safe_sheet.LINE_HEIGHT) for line in range(2, 8)]
    assert lines == [None, 4, 2, 3, 28, None]


def test_a_file_that_is_open_elsewhere_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "清单.xlsx"
    path.write_bytes(b"old")
    for lock in ("~$清单.xlsx", ".~清单.xlsx", ".~lock.清单.xlsx#"):
        (tmp_path / lock).touch()
        with pytest.raises(ProblemError) as raised, open_book(path, created=NIGHT, title="试"):
            pytest.fail("nothing may be written")
        assert raised.value.problems[0].code == "export.open_elsewhere" and lock in raised.value.problems[0].fix_zh
        (tmp_path / lock).unlink()
    assert path.read_bytes() == b"old"


def test_a_row_of_another_width_and_too_many_choices_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        write(tmp_path / "a.xlsx", [["x"]], [Column("a"), Column("b")])
    with pytest.raises(ValueError, match="choices"):
        Column("a", choices=tuple("选项" * 10 for _ in range(20)))


def test_files_that_belong_together_appear_together(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with all_or_none(out) as beside:
        for name in ("a", "b"):
            write(beside / f"{name}.xlsx", [["x"]], [Column("列")])
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert sorted(before) == ["a.xlsx", "b.xlsx"]
    (out / "~$b.xlsx").touch()
    with pytest.raises(ProblemError) as raised, all_or_none(out) as beside:
        for name in ("a", "b"):
            write(beside / f"{name}.xlsx", [["y"]], [Column("列")])
    assert raised.value.problems[0].code == "export.open_elsewhere"
    (out / "~$b.xlsx").unlink()
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_two_that_write_to_one_folder_take_turns(tmp_path: Path) -> None:
    """They would write under the same names beside it, and move what the other has written by half."""

    def write_another() -> None:
        with all_or_none(tmp_path / "out") as beside:
            (beside / "b").write_text("second")

    second = threading.Thread(target=write_another, daemon=True)
    with all_or_none(tmp_path / "out") as beside:
        (beside / "a").write_text("first")
        second.start()
        second.join(0.2)
        assert second.is_alive() and [path.name for path in beside.iterdir()] == ["a"]
    second.join()
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a", "b"]


def test_the_same_rows_give_the_same_bytes_and_only_the_owner_reads_them(tmp_path: Path, home: Path) -> None:
    for name in ("a", "b"):
        write(tmp_path / f"{name}.xlsx", [["x"]], [Column("列")])
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert stat.S_IMODE((tmp_path / "a.xlsx").stat().st_mode) == 0o600
    assert stat.S_IMODE(export_folder("proposals", "2026-10-16").stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "exports").stat().st_mode) == 0o700


def test_a_failure_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    with pytest.raises(RuntimeError), open_book(path, created=NIGHT, title="试") as book:
        book.sheet("试", [Column("列")]).row(["x"])
        raise RuntimeError
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir() if entry.suffix == ".part"] == []


@pytest.mark.parametrize("is_small", [True, False])
def test_a_disk_that_fills_up_is_told_once_and_by_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, is_small: bool
) -> None:
    """No traceback either when the library's archive is collected, half-written as it is."""
    unraisable: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    request.addfinalizer(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard)))
    rows = [[f"{number} {'柳' * 90}" for number in range(20)] for _ in range(50)]
    with pytest.raises(ProblemError) as raised:
        # Of a large book the rows go through temporary files first; the limit comes when the archive is written.
        with open_book(path, created=NIGHT, title="试", is_small=is_small) as book:
            sheet = book.sheet("试", [Column(str(i)) for i in range(20)])
            for row in rows:
                sheet.row(row)
            resource.setrlimit(resource.RLIMIT_FSIZE, (3_000, hard))
        pytest.fail("the disk is full")
    (problem,) = raised.value.problems
    del raised, book, sheet
    gc.collect()
    assert problem.code == "export.not_written" and problem.found
    assert (path.read_bytes(), [entry.name for entry in tmp_path.iterdir() if entry.suffix == ".part"]) == (b"old", [])
    assert unraisable == []


def test_a_place_that_cannot_be_written_is_told_in_both_languages(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be")
    with pytest.raises(ProblemError) as raised, open_book(tmp_path / "taken" / "a.xlsx", created=NIGHT, title="试"):
        pass
    (problem,) = raised.value.problems
    assert problem.code == "export.not_written" and problem.file == "a.xlsx"
    assert "原文件未动" in problem.zh and "untouched" in problem.en
