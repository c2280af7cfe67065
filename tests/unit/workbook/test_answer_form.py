"""Forms that come back: choices and days as people type them, rows that are no longer the rows that were sent."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlwt

from bidui.problem import Problem, ProblemError
from bidui.workbook import AnswerForm
from bidui.workbook.answer_form import choice, with_year
from bidui.workbook.answer_rows import Answered, answered_rows

FORM = AnswerForm(
    verdict="结果", others=("核实人", "说明"), keys=("编号", "摘要"), seal="校验", shown=("姓名", "号码"), optional=frozenset({"号码"})
)
HEADER = ["姓名\nName", "号码\nNumber", "村", "结果\nVerdict", "核实人", "说明", "编号", "摘要", "校验"]
STRANGER = Problem(code="stranger", what_zh="不是", what_en="none")
TODAY = dt.date(2026, 11, 26)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path / "home"))


CHOICES = {"属实": "confirmed", "不属实": "false_positive", "待补正": "unclear"}


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("属实", "confirmed"), (" 属 实 ", "confirmed"), ("属实 confirmed", "confirmed"), ("“不属实”", "false_positive"),
        ("不属实。", "false_positive"), ("待补正\n", "unclear"), ("confirmed", "confirmed"), ("", ""), ("也许", "也许"), ("不属", "不属"),
        ("不属实 false positive", "false_positive"), ("属实！", "confirmed"), ("False Positive", "false_positive"),
        ("ｃｏｎｆｉｒｍｅｄ", "confirmed"), ("false_positive", "false_positive"), ("　不属实；", "false_positive"),
        # A doubt, two choices, a remark or a tick is none: the row goes back and nobody is judged by half a word.
        ("属实？", "属实？"), ("属实/不属实", "属实/不属实"), ("属实，但已搬走", "属实，但已搬走"), ("属实（待核）", "属实（待核）"),
        ("不属实（已核）", "不属实（已核）"), ("属实√", "属实√"), ("√", "√"), ("是", "是"), ("not confirmed", "not confirmed"),
    ],
)  # fmt: skip
def test_a_verdict_is_known_however_it_is_typed(typed: str, verdict: str) -> None:
    assert choice(typed, CHOICES) == verdict


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("10月16日", "2026-10-16"), (" 10 月 16 号", "2026-10-16"), ("１０月１６日", "2026-10-16"), ("10/16", "2026-10-16"),
        ("10-16", "2026-10-16"), ("10.16", "2026-10-16"), ("11月26日", "2026-11-26"), ("11月27日", "2025-11-27"), ("2月29日", "2月29日"),
        # 10.3 may have been 10.30; with a year, or as a serial, the warehouse reads it.
        ("10.3", "10.3"), ("13.20", "13.20"), ("26.10.16", "26.10.16"), ("2026年10月16日", "2026年10月16日"), ("46311", "46311"), ("", ""),
    ],
)  # fmt: skip
def test_a_day_without_its_year_is_the_last_such_day(typed: str, day: str) -> None:
    assert with_year(typed, TODAY) == day


def row(name: str | None, number: str | None, key: str, *answers: str) -> list[str | None]:
    verdict, by, note = (*answers, "", "", "")[:3]
    return [name, number, "柳树村", verdict, by, note, key, f"v{key}", FORM.sealed((key, f"v{key}"), (name, number))]


def sent() -> list[list[str | None]]:
    """The rows as they went out, sealed with the home's secret."""
    return [row("甲一", "110101", "a1", "属实"), row("乙二", "220202X", "b2", "属实"), row(None, None, "c3", "属实"), row("丁", "4", "d4")]


def book(path: Path, *sheets: list[list[str | None]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for rows in sheets:
        sheet = made.create_sheet()
        for cells in rows:
            sheet.append(cells)
    made.save(path)
    return path


def read(path: Path) -> Answered:
    return answered_rows(path, FORM, STRANGER)


def flaws(answered: Answered) -> list[str | None]:
    return [one.flaw.code if one.flaw else None for one in answered.rows]


def test_rows_that_are_as_they_were_sent_are_taken_with_their_numbers(tmp_path: Path) -> None:
    answered = read(book(tmp_path / "a.xlsx", [["题目"], HEADER, *sent()]))
    assert [(one.number, one["编号"], one["结果"]) for one in answered.rows] == [(3, "a1", "属实"), (4, "b2", "属实"), (5, "c3", "属实")]
    assert (flaws(answered), answered.open) == ([None] * 3, 1)


def test_answers_sorted_away_from_their_keys_judge_nobody(tmp_path: Path) -> None:
    """Only the columns in sight were sorted: every answer stands beside the keys of somebody else."""
    seen, hidden = [cells[:6] for cells in sent()], [cells[6:] for cells in sent()]
    answered = read(book(tmp_path / "a.xlsx", [HEADER, *(a + b for a, b in zip(reversed(seen), hidden, strict=True))]))
    assert flaws(answered) == ["form.row_moved"] * 3
    assert answered.rows[0].flaw and answered.rows[0].flaw.row == answered.rows[0].number == 3


def test_blanks_width_and_case_do_not_make_a_row_another(tmp_path: Path) -> None:
    changed = [["　甲　一 ", "１１０１０１", *sent()[0][2:]], ["乙二\n", " 220202x", *sent()[1][2:]]]
    assert flaws(read(book(tmp_path / "a.xlsx", [HEADER, *changed]))) == [None, None]


def test_numbers_taken_out_or_rewritten_by_a_spreadsheet_leave_the_name_to_tell(tmp_path: Path) -> None:
    without = [[cell for at, cell in enumerate(cells) if at != 1] for cells in (HEADER, sent()[0])]
    assert flaws(read(book(tmp_path / "a.xlsx", without))) == [None]
    shown = [["甲一", "1.10101E+17", *sent()[0][2:]], ["乙二", "1.10101E+17", *sent()[0][2:]], ["甲一", "110102", *sent()[0][2:]]]
    assert flaws(read(book(tmp_path / "b.xlsx", [HEADER, *shown]))) == [None, "form.row_moved", "form.row_moved"]


@pytest.mark.parametrize("column", [6, 7, 8])
def test_edited_keys_are_told(tmp_path: Path, column: int) -> None:
    edited = list(sent()[0])
    edited[column] = sent()[1][column]
    assert flaws(read(book(tmp_path / "a.xlsx", [HEADER, edited]))) == ["form.key_edited"]
    edited[column] = ""
    assert flaws(read(book(tmp_path / "b.xlsx", [HEADER, edited]))) == ["form.key_edited"]


def test_a_cell_merged_over_rows_answers_each_of_them(tmp_path: Path) -> None:
    blank = [cells[:3] + ["", "", ""] + cells[6:] for cells in sent()]
    path = book(tmp_path / "a.xlsx", [HEADER, sent()[0], *blank[1:3]])
    made = openpyxl.load_workbook(path)
    made.active.merge_cells("D2:D4")
    made.save(path)
    old = xlwt.Workbook()
    sheet = old.add_sheet("清单")
    for at, cells in enumerate([HEADER, sent()[0], *blank[1:3]]):
        for column, cell in enumerate(cells):
            if column != 3 or at == 0:
                sheet.write(at, column, cell)
    sheet.write_merge(1, 3, 3, 3, "属实")
    old.save(str(tmp_path / "a.xls"))
    for file in (path, tmp_path / "a.xls"):
        answered = read(file)
        assert [(one["编号"], one["结果"]) for one in answered.rows] == [("a1", "属实"), ("b2", "属实"), ("c3", "属实")]
        assert flaws(answered) == [None] * 3


def test_an_open_document_is_read(tmp_path: Path) -> None:
    """As LibreOffice saves it; cells alone, which is all that is read."""
    lines = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{(cell or "").replace(chr(10), "</text:p><text:p>")}</text:p>'
            "</table:table-cell>"
            for cell in cells
        )
        + "</table:table-row>"
        for cells in (HEADER, *sent())
    )
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr(
            "content.xml",
            '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
            ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
            ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
            f'<table:table table:name="清单">{lines}</table:table></office:spreadsheet></office:body></office:document-content>',
        )
    answered = read(tmp_path / "a.ods")
    assert (len(answered.rows), flaws(answered), answered.rows[0].sheet) == (3, [None] * 3, "清单")


def test_a_sheet_that_cannot_be_told_goes_back_row_by_row_beside_one_that_can(tmp_path: Path) -> None:
    visible = [cells[:6] for cells in (HEADER, *sent())]
    doubled = [[*HEADER, "结果"], [*sent()[0], "不属实"]]
    summary = [["村", "结果", "份数"], ["柳树村", "属实", "2"]]
    answered = read(book(tmp_path / "a.xlsx", summary, [HEADER, sent()[0]], visible, doubled))
    assert [(one.sheet, code) for one, code in zip(answered.rows, flaws(answered), strict=True)] == [
        ("Sheet1", None), *[("Sheet2", "form.no_column")] * 3, ("Sheet3", "form.column_twice"),
    ]  # fmt: skip
    assert answered.rows[1].flaw and answered.rows[1].flaw.column == "编号、摘要、校验"


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["村", "结果", "份数"], ["柳树村", "属实", "2"]], "stranger"),
        ([HEADER[:6], ["甲一", "110101", "柳树村", "属实"]], "form.no_column"),
        ([["甲一", "110101", "柳树村", "属实"]], "stranger"),  # the header is gone
        ([["复核结果" if cell == HEADER[3] else cell for cell in HEADER]], "form.no_column"),
    ],
)
def test_a_file_that_answers_nothing_is_refused(tmp_path: Path, rows: list[list[str | None]], code: str) -> None:
    with pytest.raises(ProblemError) as raised:
        read(book(tmp_path / "a.xlsx", rows))
    assert [problem.code for problem in raised.value.problems] == [code]


def test_a_stray_cell_at_the_far_end_is_told_before_anybody_reads_up_to_it(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [HEADER, *sent()])
    made = openpyxl.load_workbook(path)
    made.active.cell(1_048_576, 16_000).value = "x"
    made.save(path)
    with pytest.raises(ProblemError) as raised:
        read(path)
    assert [(problem.code, problem.found) for problem in raised.value.problems] == [("file.spread", "A1:WQJ1048576")]


def test_a_sheet_of_another_kind_that_reaches_too_far_is_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bidui.workbook.tables.MOST_CELLS", 1_000)
    old = xlwt.Workbook()
    sheet = old.add_sheet("清单")
    sheet.write(0, 0, "编号")
    sheet.write(99, 27, "x")
    old.save(str(tmp_path / "a.xls"))
    with pytest.raises(ProblemError) as raised:
        read(tmp_path / "a.xls")
    assert [(problem.code, problem.found) for problem in raised.value.problems] == [("file.spread", "A1:AB100")]
