"""Sheets: which of them are the extract, and rows numbered as the spreadsheet numbers them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import xlwt

from bidui.contract import Extract
from bidui.landing.reading import Reading
from bidui.landing.selection import HeaderError, Selection, select
from bidui.problem import Problem, ProblemError

HEADER = ["行政村", "户主姓名", "户主身份证号", "保障人口", "月保障金额(元)"]
ROW = ["青石村", "甲", "990101199001011234", 2, 700.5]


def workbook(path: Path, sheets: dict[str, list[list[Any]]], hidden: tuple[str, ...] = (), left: int = 0) -> Path:
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if cell is not None:
                    sheet.write(r, c + left, cell)
        if name in hidden:
            sheet.hide()
    book.close()
    return path


def selected(path: Path, extract: Extract) -> Selection:
    return select(path, path.name, extract, path.parent)


def rows_of(selection: Selection, extract: Extract, table: int = 0) -> dict[int, dict[str, str]]:
    chosen = selection.tables[table]
    return dict(Reading(extract, chosen.part, chosen.header).rows())


def held(path: Path, extract: Extract) -> tuple[Problem, ...]:
    with pytest.raises(ProblemError) as caught:
        selection = selected(path, extract)
        for table in selection.tables:
            for _ in Reading(extract, table.part, table.header).chunks():
                pass
    return caught.value.problems


def test_cells_are_what_a_person_sees(tmp_path: Path, extract: Extract) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        {"S": [["台账"], [], HEADER, ["青石村", dt.date(2026, 9, 1), 990101199001011234, 2, 0.1 + 0.2]]},
    )
    rows = rows_of(selected(path, extract), extract)
    assert rows == {
        4: {"village_name": "青石村", "head_name": "2026-09-01", "id_no": "9.90101199001011E+17", "persons": "2", "amount": "0.3"}
    }


def test_rows_are_numbered_as_in_the_sheet_even_below_and_beside_blanks(tmp_path: Path, extract: Extract) -> None:
    path = workbook(tmp_path / "a.xlsx", {"S": [[], [], [], HEADER, ROW, [], ROW]}, left=2)
    selection = selected(path, extract)
    assert list(rows_of(selection, extract)) == [5, 7]
    table = selection.tables[0]
    assert table.header.row == 4
    assert table.part.letter(table.header.matched[0].position) == "C"


def test_old_workbooks_with_merged_groups(tmp_path: Path, extract: Extract) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("名单")
    sheet.write_merge(0, 0, 0, 4, "青石县2026年9月低保")
    for column, text in ((0, "行政村"), (3, "保障人口"), (4, "月保障金额")):
        sheet.write_merge(1, 2, column, column, text)
    sheet.write_merge(1, 1, 1, 2, "户主")
    sheet.write(2, 1, "姓名")
    sheet.write(2, 2, "身份证号")
    for column, cell in enumerate(ROW):
        sheet.write(3, column, cell)
    sheet.write(4, 0, "合计")
    sheet.write(4, 4, 700.5)
    book.save(str(tmp_path / "旧.xls"))
    selection = selected(tmp_path / "旧.xls", extract)
    assert selection.container == "xls"
    (table,) = selection.tables
    assert table.titles[0] == "青石县2026年9月低保"
    assert rows_of(selection, extract) == {
        4: {"village_name": "青石村", "head_name": "甲", "id_no": "990101199001011234", "persons": "2", "amount": "700.5"}
    }


def test_empty_sheets_are_nothing(tmp_path: Path, extract: Extract) -> None:
    path = workbook(tmp_path / "a.xlsx", {"Sheet1": [HEADER, ROW], "Sheet2": [], "Sheet3": [["  "]]})
    (table,) = selected(path, extract).tables
    assert (table.part.sheet, table.part.source_name) == ("Sheet1", "a.xlsx")


def test_sheets_with_one_header_are_parts_of_one_delivery(tmp_path: Path, extract: Extract) -> None:
    path = workbook(tmp_path / "a.xlsx", {"一": [HEADER, ROW], "二": [["续"], HEADER, ROW, ROW]})
    selection = selected(path, extract)
    assert [table.part.source_name for table in selection.tables] == ["a.xlsx#一", "a.xlsx#二"]
    assert list(rows_of(selection, extract, 1)) == [3, 4]


def test_a_sheet_that_is_something_else_holds_the_file(tmp_path: Path, extract: Extract) -> None:
    path = workbook(tmp_path / "a.xlsx", {"数据": [HEADER, ROW], "说明": [["填表说明"]], "字典": [["1", "男"]]})
    problems = held(path, extract)
    assert [(p.code, p.sheet) for p in problems] == [("sheet.other", "说明"), ("sheet.other", "字典")]
    assert "删除这张表" in problems[0].zh
    assert "remove this sheet" in problems[0].en


def test_a_hidden_list_of_a_form_is_left_out_and_told(tmp_path: Path, extract: Extract) -> None:
    path = workbook(tmp_path / "a.xlsx", {"数据": [HEADER, ROW], "字典": [["男"]]}, hidden=("字典",))
    selection = selected(path, extract)
    assert len(selection.tables) == 1
    assert [(p.code, p.severity, p.sheet) for p in selection.problems] == [("sheet.hidden_other", "info", "字典")]


def test_hidden_data_hold_the_file(tmp_path: Path, extract: Extract) -> None:
    path = workbook(tmp_path / "a.xlsx", {"新": [HEADER, ROW], "旧": [HEADER, ROW]}, hidden=("旧",))
    (problem,) = held(path, extract)
    assert (problem.code, problem.sheet) == ("sheet.hidden", "旧")


def test_notes_beside_the_table_do_not_hold_it(tmp_path: Path, extract: Extract) -> None:
    path = workbook(tmp_path / "a.xlsx", {"S": [HEADER, [*ROW, None, "见备注"]]})
    table = selected(path, extract).tables[0]
    reading = Reading(extract, table.part, table.header)
    list(reading.chunks())
    assert reading.rows_landed == 1
    assert [(p.code, p.severity, p.column) for p in reading.problems] == [("header.unnamed", "warn", "G")]


def test_a_merged_header_over_two_columns_of_data_holds_the_file(tmp_path: Path, extract: Extract) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet()
    for column, text in ((0, "行政村"), (3, "户主身份证号"), (4, "保障人口")):
        sheet.write(0, column, text)
    sheet.merge_range(0, 1, 0, 2, "户主姓名")
    sheet.write_row(1, 0, ["青石村", "甲", "乙", "990101199001011234", 2])
    book.close()
    (problem, *_) = held(tmp_path / "a.xlsx", extract)
    assert (problem.code, problem.row, problem.column) == ("header.merged", 1, "C")
    assert "取消合并" in problem.zh
    assert "unmerge" in problem.en


def test_a_merged_header_that_hides_a_required_one(tmp_path: Path, extract: Extract) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet()
    sheet.write(0, 0, "行政村")
    sheet.merge_range(0, 1, 0, 2, "户主姓名")
    sheet.write(0, 3, "保障人口")
    sheet.write_row(1, 0, ["青石村", "甲", "990101199001011234", 2])
    book.close()
    with pytest.raises(HeaderError) as caught:
        selected(tmp_path / "a.xlsx", extract)
    problem = caught.value.problems[0]
    assert (problem.code, problem.column) == ("header.missing", "户主身份证号")
    assert "合并单元格" in problem.zh
    assert "merged cells" in problem.en


def test_a_workbook_that_breaks_off(tmp_path: Path, extract: Extract) -> None:
    content = workbook(tmp_path / "a.xlsx", {"S": [HEADER, ROW]}).read_bytes()
    (tmp_path / "b.xlsx").write_bytes(content[: len(content) // 2])
    assert held(tmp_path / "b.xlsx", extract)[0].code == "file.damaged"


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.9, 0.995])
def test_an_old_workbook_that_breaks_off(tmp_path: Path, extract: Extract, keep: float) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    for r in range(300):
        for c, cell in enumerate(HEADER if r == 0 else [f"村{r}", *ROW[1:]]):
            sheet.write(r, c, cell)
    book.save(str(tmp_path / "a.xls"))
    content = (tmp_path / "a.xls").read_bytes()
    (tmp_path / "b.xls").write_bytes(content[: int(len(content) * keep)])
    problem = held(tmp_path / "b.xls", extract)[0]
    assert problem.code == "file.damaged"
    assert "重新导出" in problem.zh


def test_an_old_workbook_behind_a_password(tmp_path: Path, extract: Extract, monkeypatch: pytest.MonkeyPatch) -> None:
    filepass = b"\x2f\x00\x36\x00\x01\x00\x01\x00\x01\x00" + bytes(48)  # BIFF record FILEPASS: RC4
    plain = xlwt.Workbook._Workbook__bof_rec  # type: ignore[attr-defined]
    monkeypatch.setattr(xlwt.Workbook, "_Workbook__bof_rec", lambda self: plain(self) + filepass)
    book = xlwt.Workbook()
    book.add_sheet("S").write(0, 0, "行政村")
    book.save(str(tmp_path / "a.xls"))
    problem = held(tmp_path / "a.xls", extract)[0]
    assert problem.code == "file.encrypted"


def test_a_wide_sheet_is_not_the_extract(tmp_path: Path, extract: Extract) -> None:
    path = workbook(tmp_path / "a.xlsx", {"S": [HEADER + [f"列{i}" for i in range(300)], ROW]})
    problem = held(path, extract)[0]
    assert (problem.code, problem.found) == ("header.too_wide", "305")
    assert "256" in problem.zh


def test_an_empty_workbook_is_empty(tmp_path: Path, extract: Extract) -> None:
    assert held(workbook(tmp_path / "a.xlsx", {"S": []}), extract)[0].code == "file.empty"
