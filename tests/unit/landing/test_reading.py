"""Rows: every one is counted, numbered as a person sees it, and comes out as it went in."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bidui.contract import Extract
from bidui.landing.reading import Reading
from bidui.landing.selection import select
from bidui.problem import Problem, ProblemError

HEADER = "行政村,户主姓名,户主身份证号,保障人口,月保障金额(元)"


def read(path: Path, extract: Extract) -> tuple[Reading, dict[int, list[str]]]:
    """The file as COPY would receive it: row number → cells."""
    (table,) = select(path, path.name, extract, path.parent).tables
    reading = Reading(extract, table.part, table.header)
    rows = {}
    for chunk in reading.chunks():
        lines = chunk.data.decode(reading.copy.codec).split("\n")[:-1]
        assert len(lines) == chunk.rows
        for position, line in enumerate(lines):
            cells = _unescaped(line, reading.copy.delimiter)
            number = int(cells.pop(0)) if chunk.first_row is None else chunk.first_row + position
            rows[number] = cells
    assert reading.rows_read == reading.rows_landed + reading.rows_skipped
    assert reading.rows_landed == len(rows)
    return reading, rows


def _unescaped(line: str, delimiter: str) -> list[str]:
    """COPY's text format, read the way the server reads it."""
    cells, cell, escaped = [], "", False
    for character in line:
        if escaped:
            cell += {"n": "\n", "r": "\r", "t": "\t"}.get(character, character)
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == delimiter:
            cells.append(cell)
            cell = ""
        else:
            cell += character
    return [*cells, cell]


def file(tmp_path: Path, text: str, encoding: str = "utf-8", name: str = "名单.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def held(path: Path, extract: Extract) -> Problem:
    with pytest.raises(ProblemError) as caught:
        read(path, extract)
    return caught.value.problems[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_titles_headers_blanks_and_footers_are_counted(
    tmp_path: Path, extract: Extract, encoding: str, newline: str
) -> None:
    lines = [
        "青石县低保名单,,,,",
        "",
        HEADER,
        "青石村,甲,990101199001011234,2,700",
        ",,,,",
        "大河村,乙,990101199001011235,1,350.50",
        HEADER,
        " 合  计 ,,,3,1050.50",
        "制表人：丙 审核人：丁,,,,",
        "\u3000,,,,",
    ]
    reading, rows = read(file(tmp_path, newline.join(lines) + newline, encoding), extract)
    assert reading.skipped == {"title": 1, "blank": 3, "header": 2, "footer": 2}
    assert rows == {
        4: ["青石村", "甲", "990101199001011234", "2", "700"],
        6: ["大河村", "乙", "990101199001011235", "1", "350.50"],
    }
    assert reading.totals["amount"].total == Decimal("1050.50")
    assert reading.totals["amount"].count == 2


def test_a_page_header_is_skipped_though_it_is_written_otherwise(tmp_path: Path, extract: Extract) -> None:
    """Two header rows on the first page, one on the next, with another width of bracket."""
    lines = [
        "行政村,户主姓名,户主身份证号,保障情况,",
        ",,,保障人口,月保障金额(元)",
        "青石村,甲,990101199001011234,2,700",
        "行政村,户主 姓名,户主身份证号,保障人口,月保障金额（元）",
        "大河村,乙,990101199001011235,1,350.50",
    ]
    reading, rows = read(file(tmp_path, "\n".join(lines) + "\n"), extract)
    assert reading.skipped == {"header": 3}
    assert list(rows) == [3, 5]


def test_a_village_called_like_a_footer_is_data(tmp_path: Path, extract: Extract) -> None:
    text = f"{HEADER}\n说明村,甲,990101199001011234,2,700\n说明,,,,\n"
    reading, rows = read(file(tmp_path, text), extract)
    assert list(rows) == [2]
    assert reading.skipped["footer"] == 1


def test_a_row_that_begins_like_a_footer_lacks_what_data_must_have(tmp_path: Path, extract: Extract) -> None:
    text = f"{HEADER}\n合计金额,,,2,700\n说明村,甲,,2,700\n审核人村,乙,990101199001011235,1,3\n"
    reading, rows = read(file(tmp_path, text), extract)
    assert list(rows) == [4]
    assert reading.skipped["footer"] == 2


def test_a_footer_under_the_required_columns_is_no_data(tmp_path: Path, extract: Extract) -> None:
    """Where the required columns come first, a totals row and the signatures fill every one of them."""
    data = "青石村,甲,990101199001011234,2,700"
    text = f"{HEADER}\n{data}\n合 计,1,1,2,700\n制表人：丙,审核人：丁,2026年10月,,\n审核人村,乙,990101199001011235,1,3\n"
    reading, rows = read(file(tmp_path, text), extract)
    assert list(rows) == [2, 5]
    assert reading.skipped["footer"] == 2


def test_order_of_the_file_is_kept_and_unknown_columns_are_left_out(tmp_path: Path, extract: Extract) -> None:
    text = "电话,月保障金额,证件号码,村\n138,7,990101199001011234,青石村\n139,,990101199001011235,大河村\n"
    reading, rows = read(file(tmp_path, text), extract)
    assert reading.names == ("amount", "id_no", "village_name")
    assert rows == {2: ["7", "990101199001011234", "青石村"], 3: ["", "990101199001011235", "大河村"]}


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found_by_the_header(tmp_path: Path, extract: Extract, delimiter: str) -> None:
    text = f"{HEADER}\n青石村,甲|乙,990101199001011234,2,700\n".replace(",", delimiter).replace("甲|乙", "甲乙")
    reading, rows = read(file(tmp_path, text, "gb18030", "a.txt"), extract)
    assert reading.part.delimiter == delimiter
    assert rows[2][0] == "青石村"


def test_a_field_of_several_lines_is_one_row(tmp_path: Path, extract: Extract) -> None:
    text = f'{HEADER}\n"青石\n村",甲,990101199001011234,2,700\n大河村,"乙,""二""",990101199001011235,1,3\n'
    _, rows = read(file(tmp_path, text), extract)
    assert rows[2][0] == "青石\n村"
    assert rows[3][1] == '乙,"二"'


def test_numbers_guarded_for_excel_are_what_a_person_sees(tmp_path: Path, extract: Extract) -> None:
    text = f'{HEADER}\n青石村,甲,="990101199001011234",2,7\n青石村,乙,"=""990101199001011235""",2,7\n'
    _, rows = read(file(tmp_path, text), extract)
    assert [cells[2] for cells in rows.values()] == ["990101199001011234", "990101199001011235"]


def test_backslashes_and_odd_characters_come_through(tmp_path: Path, extract: Extract) -> None:
    text = f"{HEADER}\n青石村\\n,甲\x1f乙\t,990101199001011234,2,\\\n"
    _, rows = read(file(tmp_path, text), extract)
    assert rows[2] == ["青石村\\n", "甲\x1f乙\t", "990101199001011234", "2", "\\"]


def test_a_character_whose_second_byte_is_a_backslash(tmp_path: Path, extract: Extract) -> None:
    # 誠 is B8 5C …: in GB18030 some second bytes look like ASCII
    name = next(chr(c) for c in range(0x4E00, 0x9FFF) if chr(c).encode("gb18030")[1:] == b"\\")
    _, rows = read(file(tmp_path, f"{HEADER}\n青石村,{name},990101199001011234,2,7\n", "gb18030"), extract)
    assert rows[2][1] == name


@pytest.mark.parametrize(("short", "told"), [(10, "2、3、4、5、6、7、8、9、10、11）"), (11, "2、3、4、5、6、7、8、9、10、11 …）")])
def test_the_first_rows_with_a_flaw_are_named(tmp_path: Path, extract: Extract, short: int, told: str) -> None:
    text = "\n".join([HEADER, *["青石村,甲,990101199001011234"] * short, "青石村,乙,990101199001011235,1,3", ""])
    reading, _ = read(file(tmp_path, text), extract)
    (problem,) = reading.problems
    assert problem.what_zh == f"字段比表头少，共 {short} 行（{told}，缺少的按空白处理"


def test_short_rows_land_and_are_told(tmp_path: Path, extract: Extract) -> None:
    reading, rows = read(file(tmp_path, f"{HEADER}\n青石村,甲,990101199001011234\n大河村,乙,1,2,3\n"), extract)
    assert rows[2] == ["青石村", "甲", "990101199001011234", "", ""]
    (problem,) = reading.problems
    assert (problem.code, problem.severity, problem.row) == ("row.too_few_fields", "warn", 2)


def test_a_surplus_of_blank_fields_is_nothing(tmp_path: Path, extract: Extract) -> None:
    reading, rows = read(file(tmp_path, f"{HEADER}\n青石村,甲,990101199001011234,2,7,, ,\n"), extract)
    assert rows[2][4] == "7"
    assert reading.problems == []


def test_shifted_columns_hold_the_file(tmp_path: Path, extract: Extract) -> None:
    problem = held(file(tmp_path, f"{HEADER}\n青石村,甲,1,2,7\n大河村,一组,乙,1,2,7\n"), extract)
    assert (problem.code, problem.row) == ("row.too_many_fields", 3)
    assert "5 个字段" in problem.zh
    assert "double quotes" in problem.en


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (3, '大河村,"乙,990101199001011235,1,3'),
        (3, '大河村,乙"二",990101199001011235,1,3'),
        (3, '大河村,"乙"二,990101199001011235,1,3'),
        (3, '"大河村'),
    ],
)
def test_a_stray_quote_holds_the_file_and_names_its_row(tmp_path: Path, extract: Extract, row: int, line: str) -> None:
    more = "\n".join(f'上坪村,丙,99010119900101{i:04d},1,"3"' for i in range(200))
    problem = held(file(tmp_path, f"{HEADER}\n青石村,甲,1,2,7\n{line}\n{more}\n"), extract)
    assert (problem.code, problem.row) == ("text.quote", row)
    assert "引号" in problem.zh
    assert "stray quote" in problem.en


def test_a_nul_holds_the_file(tmp_path: Path, extract: Extract) -> None:
    problem = held(file(tmp_path, f"{HEADER}\n青石村,甲,1,2,7\n大河村,\0乙,1,2,7\n"), extract)
    assert (problem.code, problem.row) == ("text.nul", 3)


def test_a_file_that_breaks_off_in_its_last_row_is_held(tmp_path: Path, extract: Extract) -> None:
    problem = held(file(tmp_path, f"{HEADER}\n青石村,甲,1,2,7\n大河村,乙,99"), extract)
    assert (problem.code, problem.row) == ("file.truncated", 3)


def test_a_last_row_without_line_break_is_fine(tmp_path: Path, extract: Extract) -> None:
    _, rows = read(file(tmp_path, f"{HEADER}\n青石村,甲,1,2,7"), extract)
    assert list(rows) == [2]


def test_rows_are_numbered_on_through_blocks(tmp_path: Path, extract: Extract) -> None:
    """Plain blocks pass undecoded, others are taken apart: numbers and totals go on through both."""
    lines = [f"青石村,甲{i % 7},99010119900101{i % 10000:04d},2,{i % 50}.5" for i in range(30_000)]
    lines[12_345] = '青石村,"甲",990101199001010000,2,1'
    lines[20_000] = ",,,,"
    reading, rows = read(file(tmp_path, "\n".join([HEADER, *lines]) + "\n", "gb18030"), extract)
    assert reading.rows_landed == 29_999
    assert 20_002 not in rows
    assert rows[12_347][4] == "1"
    assert rows[30_001] == lines[-1].split(",")
    expected = sum(Decimal(line.split(",")[4]) for line in lines if line != ",,,,")
    assert reading.totals["amount"].total == expected


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_plain_blocks_read_as_rows_read_one_by_one(tmp_path: Path, extract: Extract, encoding: str) -> None:
    """Amounts with a unit, names of odd bytes, lone and double line breaks: the quick way takes them as the careful one."""
    lines = [f"青石村,李誠{i},99010119900101{i % 10000:04d},{i % 3},{i % 50}.5元" for i in range(20_000)]
    lines[15_000] = "青石村,丁,990101199001010000,2"
    quick = file(tmp_path, "\r".join([HEADER, *lines]) + "\r", encoding)
    reading, rows = read(quick, extract)
    careful = file(tmp_path, "\r\n".join([HEADER, *(line.replace("青石村", '"青石村"', 1) for line in lines)]), encoding, "b.csv")
    other, same = read(careful, extract)
    assert any(chunk.first_row is not None for chunk in Reading(extract, reading.part, reading.header).chunks())
    assert all(chunk.first_row is None for chunk in Reading(extract, other.part, other.header).chunks())
    assert rows == same
    assert reading.totals["amount"] == other.totals["amount"]
    assert reading.totals["amount"].count == 19_999


def test_columns_that_only_balance_are_not_plain(tmp_path: Path, extract: Extract) -> None:
    """A field too many in one row and one too few in the next: the sum of delimiters is right, no row is."""
    lines = [f"青石村,甲,99010119900101{i:04d},2,7" for i in range(9000)]
    lines[8000:8002] = ["青石村,甲,乙,990101199001010000,2,7", "大河村,990101199001010000,2,7"]
    problem = held(file(tmp_path, "\n".join([HEADER, *lines]) + "\n"), extract)
    assert (problem.code, problem.row) == ("row.too_many_fields", 8002)


CELLS = st.text(alphabet=st.characters(codec="gb18030", exclude_characters="\0\r"), max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS, CELLS), max_size=12), encoding=st.sampled_from(["utf-8", "gb18030"]))
@example(rows=[("a", "\\N", "\\.", "", "")], encoding="utf-8")
def test_whatever_csv_writes_comes_back(
    tmp_path: Path, extract: Extract, rows: list[tuple[str, ...]], encoding: str
) -> None:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(HEADER.split(","))
    writer.writerows([(f"村{row[0]}", *row[1:2], "1", *row[3:]) for row in rows])
    _, got = read(file(tmp_path, stream.getvalue(), encoding), extract)
    assert [cells[0] for cells in got.values()] == [f"村{row[0]}" for row in rows]
    assert [cells[3:] for cells in got.values()] == [list(row[3:]) for row in rows]
