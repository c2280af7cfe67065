"""How far a workbook's sheets reach, told before the reader asks for memory up to their last cell."""

from __future__ import annotations

import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from bidui.landing.spread import check_spread
from bidui.problem import ProblemError

ODS = """<?xml version="1.0"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
  xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet>{sheets}</office:spreadsheet></office:body></office:document-content>"""
FILLED = '<table:table-cell office:value-type="string" table:number-columns-repeated="{}"><text:p>x</text:p></table:table-cell>'
EMPTY = '<table:table-cell table:number-columns-repeated="{}"/>'
ROW = '<table:table-row table:number-rows-repeated="{}">{}</table:table-row>'
MOST = 5_000_000


def xlsx(path: Path, cells: list[tuple[str, str]], change: Callable[[str], str] = str) -> Path:
    """A workbook with these cells, whose sheet is changed as another writer would have written it."""
    made = path.with_suffix(".made")
    with xlsxwriter.Workbook(str(made)) as book:
        sheet = book.add_worksheet()
        for place, text in cells:
            sheet.write(place, text)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, change(content.decode()) if name.startswith("xl/worksheets/") else content)
    return path


def ods(path: Path, *sheets: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        tables = "".join(f'<table:table table:name="s{at}">{sheet}</table:table>' for at, sheet in enumerate(sheets))
        archive.writestr("content.xml", ODS.format(sheets=tables))
    return path


def refused(path: Path, kind: str) -> tuple[str, str | None]:
    with pytest.raises(ProblemError) as raised:
        check_spread(path, path.name, kind, MOST)
    (problem,) = raised.value.problems
    return problem.code, problem.found


@pytest.mark.parametrize(
    "change",
    [
        str,
        # As writers do that stream, and do not know how far they will come.
        lambda sheet: sheet.replace('<dimension ref="A1:XFD1048576"/>', '<dimension ref="A1"/>'),
        lambda sheet: sheet.replace('<dimension ref="A1:XFD1048576"/>', "").replace('"', "'"),
        lambda sheet: sheet.replace("<c r=", "<x:c s='1' r=").replace("</c>", "</x:c>").replace("<row", "\n<x:row"),
    ],
    ids=["said", "said to be A1", "not said", "prefixed"],
)
def test_a_far_cell_is_found_whatever_the_sheet_says(tmp_path: Path, change: Callable[[str], str]) -> None:
    path = xlsx(tmp_path / "a.xlsx", [("A1", "编号"), ("XFD1048576", "x")], change)
    assert refused(path, "xlsx") == ("file.spread", "A1:XFD1048576")


def test_a_long_list_and_formatted_rows_below_it_are_no_far_cells(tmp_path: Path) -> None:
    path = xlsx(
        tmp_path / "a.xlsx", [(f"A{row}", "x") for row in range(1, 30_000)],
        lambda sheet: sheet.replace("</sheetData>", '<row r="1048576" ht="15" customHeight="1"/></sheetData>'),
    )  # fmt: skip
    check_spread(path, path.name, "xlsx", MOST)


def test_where_blocks_meet_nothing_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = xlsx(tmp_path / "a.xlsx", [("A1", "编号"), ("XFD7", "x"), ("A999999", "x")])
    for size in range(1030, 1100):
        monkeypatch.setattr("bidui.landing.spread._BLOCK", size)
        assert refused(path, "xlsx") == ("file.spread", "A1:XFD999999")


@pytest.mark.parametrize(
    ("sheet", "found"),
    [
        (ROW.format(1_048_576, FILLED.format(16_384)), "A1:XFD1048576"),
        (ROW.format(1_048_575, EMPTY.format(16_384)) + ROW.format(1, EMPTY.format(16_383) + FILLED.format(1)), "A1:XFD1048576"),
        (ROW.format(1, FILLED.format(16_384)) + ROW.format(9_999, FILLED.format(1)), "A1:XFD10000"),
    ],
    ids=["repeated", "alone at the far end", "wide above, long below"],
)
def test_what_an_ods_repeats_counts_as_often(tmp_path: Path, sheet: str, found: str) -> None:
    assert refused(ods(tmp_path / "a.ods", ROW.format(1, FILLED.format(1)), sheet), "ods") == ("file.spread", found)


def test_the_blank_rest_of_an_ods_is_nothing(tmp_path: Path) -> None:
    """As every suite writes it: blank cells up to the edges, on each of several sheets of another shape."""
    rest = EMPTY.format(16_000)
    long = ROW.format(1, FILLED.format(20) + rest) + ROW.format(90_000, FILLED.format(3) + rest) + ROW.format(900_000, rest)
    wide = ROW.format(1, FILLED.format(16_384)) + ROW.format(1_048_575, rest)
    check_spread(ods(tmp_path / "a.ods", long, wide), "a.ods", "ods", MOST)


@pytest.mark.parametrize("content", ["<office", "", None])
def test_an_ods_that_is_none_is_damaged(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        if content is not None:
            archive.writestr("content.xml", content)
    assert refused(path, "ods")[0] == "file.damaged"


@pytest.mark.parametrize("name", ["a.xlsx", "a.ods"])
def test_what_is_refused_would_have_killed_the_reader(tmp_path: Path, name: str) -> None:
    """Else the checks above would guard against nothing: when the reader has learnt to refuse, they can go."""
    path = tmp_path / name
    if name.endswith("ods"):
        ods(path, ROW.format(100_000, FILLED.format(900)))
    else:
        xlsx(path, [("A1", "x"), ("XFD1048576", "x")])
    read = "import sys, python_calamine as c; c.load_workbook(sys.argv[1]).get_sheet_by_index(0)"
    room = 2 << 30
    done = subprocess.run(
        [sys.executable, "-c", read, str(path)], capture_output=True, text=True, timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (room, room)),
    )  # fmt: skip
    assert done.returncode < 0, done.stderr[-300:]
    assert "memory allocation" in done.stderr
