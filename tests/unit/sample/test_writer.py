import hashlib
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from bidui.sample.writer import open_sheet

ROWS = [["甲", 1, date(2026, 3, 4)], ["乙", 2.5, "2026.3.5"], ["", None, "丙"]]


def write(path: Path, container: str) -> int:
    sheet = open_sheet(path, container, "GB18030", 3, "名册")
    sheet.merge(1, 1, 0, 2, "标题")
    sheet.merge(2, 2, 0, 1, "组")
    sheet.merge(2, 3, 2, 2, "日期")
    sheet.merge(3, 3, 0, 0, "姓名")
    sheet.merge(3, 3, 1, 1, "数")
    sheet.write([])
    assert sheet.line == 4
    sheet.write(ROWS)
    line = sheet.line
    sheet.close()
    return line


@pytest.mark.parametrize("container", ["csv", "xlsx", "xls", "zip"])
def test_the_same_rows_give_the_same_bytes(tmp_path: Path, container: str) -> None:
    digests = set()
    for attempt in ("one", "two"):
        path = tmp_path / attempt / f"名册.{container}"
        assert write(path, container) == 7
        digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
        assert [p.name for p in path.parent.iterdir()] == [path.name], "nothing is left beside the file"
    assert len(digests) == 1


@pytest.mark.parametrize("container", ["xlsx", "xls"])
def test_a_reader_sees_the_rows_in_their_place(tmp_path: Path, container: str) -> None:
    path = tmp_path / f"名册.{container}"
    write(path, container)
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert rows[0][0] == "标题"
    assert rows[1] == ["组", "", "日期"]
    assert rows[2] == ["姓名", "数", ""]
    assert rows[3] == ["甲", 1.0, date(2026, 3, 4)]
    assert rows[5][2] == "丙"


def test_merged_headers_are_really_merged(tmp_path: Path) -> None:
    path = tmp_path / "名册.xlsx"
    write(path, "xlsx")
    sheet = openpyxl.load_workbook(path).active
    assert {str(area) for area in sheet.merged_cells.ranges} == {"A1:C1", "A2:B2", "C2:C3"}


def test_csv_is_in_its_encoding_and_quotes_what_needs_it(tmp_path: Path) -> None:
    path = tmp_path / "名册.csv"
    sheet = open_sheet(path, "csv", "GB18030", 2, "")
    sheet.write([["𠮷䶮", "1,234.50"]])
    sheet.close()
    assert path.read_bytes().decode("gb18030") == '𠮷䶮,"1,234.50"\r\n'


def test_a_zip_holds_one_workbook_with_a_fixed_time(tmp_path: Path) -> None:
    path = tmp_path / "归档.zip"
    write(path, "zip")
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["归档.xlsx"]
        assert archive.infolist()[0].date_time == (2020, 1, 1, 0, 0, 0)


def test_an_unknown_container_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such container"):
        open_sheet(tmp_path / "x.ods", "ods", "UTF-8", 1, "")
