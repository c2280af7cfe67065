"""Worklists go out per village and come back the way people edit them."""

from __future__ import annotations

import csv
import datetime as dt
import errno
import getpass
import os
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import psycopg2.extensions
import pytest
import xlwt
from openpyxl.worksheet.worksheet import Worksheet
from typer.testing import CliRunner

from bidui.connector import sha256_of
from bidui.contract import load_sources
from bidui.platform import steps
from bidui.problem import ProblemError
from bidui.warehouse.connection import connect
from bidui.warehouse.migrate import refresh_outward
from bidui.warehouse.query import query
from bidui.workbook import refused_list
from bidui.workbook.answer_form import chinese_part
from bidui.worklist import take_back, write_cycle
from bidui.worklist.places import refused_folder, returned_folder, taken_folder, worklist_folder

NIGHT = dt.date(2026, 10, 16)
COUNTY, TOWN = "990101000000", "990101101000"
LIU, SHI = "990101101001", "990101101002"
DANGEROUS = '=HYPERLINK("http://x","点我")'

RULES = """
insert into reference.rule (rule_id, rule_version, digest, definition, title_zh, title_en, family, grain, severity,
    departments, owner, remedy, source, source_type)
values
    ('MED-01', '1', 'd', '{"remedy": {"zh": "核实参保情况", "en": "verify cover"}}', '应保未保', 'not insured', 'medical',
     'person', 'critical', '{registry,health_insurance}', 'health_insurance', 'r', 's', 'seed'),
    ('MED-02', '1', 'd', '{"remedy": {"zh": "核实资助", "en": "verify subsidy"}}', '应资助未资助', 'no subsidy', 'medical',
     'settlement', 'high', '{registry,health_insurance}', 'health_insurance', 'r', 's', 'seed')
"""

FINDING = """
insert into mart_finding.finding (finding_id, rule_id, rule_version, severity, subject_kind, subject_key, object_key,
    household_key, household_no, county_code, town_code, village_code, evidence, value_hash, state, is_baseline,
    cause_finding_id, first_seen, opened_on, from_night, to_night)
values (%(finding_id)s, %(rule_id)s, '1', %(severity)s, 'person', %(person)s, %(object_key)s, %(household)s, %(household)s,
    %(county)s, %(town)s, %(village)s, %(evidence)s, %(value_hash)s, %(state)s, %(is_baseline)s, %(cause)s, %(night)s,
    %(night)s, %(night)s, 'infinity')
"""

EVIDENCE = """{
    "values": {"registry": {"has_resident_insurance": true, "age": 45}, "hi_roll": {"status": "暂停参保"}},
    "rows": {"registry": {"batch_id": 1, "row_no": 7}, "hi_roll": {"batch_id": 2, "row_no": 123}},
    "personal": {"hi_roll__person_name": "%s"}
}"""


@pytest.fixture(scope="module")
def connection(warehouse: str) -> Iterator[psycopg2.extensions.connection]:
    """Two villages: a household with a cause and its effect, one that the first night had, one closed, one nowhere."""
    connection = connect(warehouse)
    refresh_outward()
    with connection, connection.cursor() as cursor:
        cursor.execute(query("bench_worklist_marts"))
        cursor.execute(RULES)
        cursor.execute(
            "insert into reference.division (division_code, division_level, name) values (%s, 'county', '云岭县'),"
            " (%s, 'town', '石桥镇'), (%s, 'village', '柳树村'), (%s, 'village', '石坡村')", (COUNTY, TOWN, LIU, SHI),
        )
        cursor.execute(
            "insert into ledger.batch (department, extract, as_of, data_date, received_at, source_name, sha256,"
            " contract_version, rows_read, rows_landed, rows_accepted, status) values"
            " ('registry', 'registry_person', %(n)s, %(n)s, %(n)s, '名册.xlsx', 'a', '1', 1, 1, 1, 'accepted'),"
            " ('health_insurance', 'hi_roll', %(n)s, %(n)s, %(n)s, '参保.csv', 'b', '1', 1, 1, 1, 'accepted')", {"n": NIGHT},
        )
        people = {"A1": "欧阳明月", "A2": DANGEROUS, "B1": "+86 诸葛", "C1": "-王五", "D1": "@赵六"}
        for key, name in people.items():
            cursor.execute("insert into mart_summary.person values (%s, %s, %s, %s, 'infinity')",
                           (key, name, f"9901011990010100{key[1]}X", NIGHT))
            cursor.execute("insert into mart_summary.household values (%s, %s, %s, null, %s, 'infinity') on conflict do nothing",
                           (f"H{key[0]}", f"000{key[0]}1", "欧阳大山", NIGHT))
        here: dict[str, Any] = {
            "rule_id": "MED-01", "severity": "critical", "object_key": "", "household": "HA", "county": COUNTY, "town": TOWN,
            "village": LIU, "evidence": EVIDENCE % DANGEROUS.replace('"', '\\"'), "state": "open", "is_baseline": False,
            "cause": None, "night": NIGHT,
        }
        # The effect sorts before its cause by severity; the form turns that round.
        for finding in (
            {"finding_id": "f1", "person": "A1", "severity": "warn"},
            {"finding_id": "f2", "person": "A2", "rule_id": "MED-02", "object_key": "2026-09", "cause": "f1"},
            {"finding_id": "f3", "person": "B1", "household": "HB", "village": SHI},
            {"finding_id": "f4", "person": "C1", "household": "HC", "village": SHI},
            {"finding_id": "f5", "person": "D1", "household": "HD", "village": SHI},
            {"finding_id": "f6", "person": "D1", "household": "HD", "village": SHI, "is_baseline": True},
            {"finding_id": "f7", "person": "D1", "household": "HD", "village": SHI, "state": "closed"},
            {"finding_id": "f8", "person": "X9", "household": None, "village": None, "town": None},
        ):
            cursor.execute(FINDING, here | finding | {"value_hash": f"v{finding['finding_id']}"})
        cursor.execute("update ledger.published_night set as_of = %s", (NIGHT,))
    yield connection
    connection.close()


@pytest.fixture
def lists(connection: psycopg2.extensions.connection, tmp_path: Path) -> Path:
    with connection:
        return write_cycle(connection, load_sources(), NIGHT, tmp_path / "out", by="张三").folder


def village(lists: Path, name: str) -> Path:
    return lists / "石桥镇" / f"{name}_疑点清单_{NIGHT}.xlsx"


def ask(connection: psycopg2.extensions.connection, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection, connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def header_row(sheet: Worksheet) -> int:
    return next(row[0].row for row in sheet.iter_rows() if str(row[0].value).startswith("序号"))


def columns(sheet: Worksheet) -> dict[str, int]:
    return {chinese_part(str(cell.value)): cell.column for cell in sheet[header_row(sheet)] if cell.value}


def rows(path: Path) -> list[dict[str, Any]]:
    sheet = openpyxl.load_workbook(path).active
    names = columns(sheet)
    return [
        {name: sheet.cell(row, column).value for name, column in names.items()}
        for row in range(header_row(sheet) + 1, sheet.max_row + 1)
    ]


def answer(path: Path, finding_id: str, **cells: Any) -> Path:
    """Fill in the row of a finding as a person would in Excel."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    names = columns(sheet)
    (row,) = [r for r in range(1, sheet.max_row + 1) if sheet.cell(r, names["疑点编号"]).value == finding_id]
    for name, value in cells.items():
        sheet.cell(row, names[name]).value = value
    book.save(path)
    return path


CHECKED = {"核实人": "李四", "核实方式": "入户查看", "核实日期": dt.datetime(2026, 10, 16)}  # noqa: DTZ001


def back(connection: psycopg2.extensions.connection, tmp_path: Path, *files: Path) -> list[Any]:
    with connection:
        return take_back(connection, files, tmp_path / "refused", by="王五", today=NIGHT)


def codes(taken: Any) -> list[list[str]]:
    return [[problem.code for problem in problems] for _, problems in taken.refused]


# -- out


def test_a_village_reads_causes_first_with_both_sides_and_where_they_stand(lists: Path) -> None:
    first, second = rows(village(lists, "柳树村"))
    assert first["序号"] == 1 and first["户编号"] == "000A1" and first["户主"] == "欧阳大山"
    assert (first["姓名"], first["证件号码"]) == ("欧阳明月", "99010119900101001X")
    assert first["名册记载"] == "年龄（周岁）：45\n参加城乡居民基本医疗保险：是"
    assert "参保状态：暂停参保" in first["部门记载"]
    assert "《名册.xlsx》第 7 行" in first["依据位置"] and "《参保.csv》第 123 行" in first["依据位置"]
    assert first["核实与处理"] == "核实参保情况" and first["疑点"] == "应保未保" and first["级别"] == "关注"
    # The effect hangs under its cause, although it is graver, and says which month it is about.
    assert second["疑点"] == "└ 应资助未资助（2026年9月）" and second["疑点编号"] == "f2"
    assert all(first[name] is None for name in ("核实结果", "哪方有误", "核实人", "核实方式", "核实日期", "说明"))


def test_what_the_first_night_had_stays_back_until_asked_for(connection: Any, lists: Path, tmp_path: Path) -> None:
    assert [row["疑点编号"] for row in rows(village(lists, "石坡村"))] == ["f3", "f4", "f5"]
    with connection:
        cycle = write_cycle(connection, load_sources(), NIGHT, tmp_path / "all", by="张三", with_baseline=True)
    assert (cycle.findings, cycle.files) == (7, 3)
    names = {str(path.relative_to(cycle.folder)) for path in cycle.folder.rglob("*.xlsx")}
    assert names == {
        "目录.xlsx", f"石桥镇/柳树村_疑点清单_{NIGHT}-all.xlsx", f"石桥镇/石坡村_疑点清单_{NIGHT}-all.xlsx",
        f"未定位/未定位（村未定）_疑点清单_{NIGHT}-all.xlsx",
    }  # fmt: skip
    index = [[cell.value for cell in row] for row in openpyxl.load_workbook(cycle.folder / "目录.xlsx").active]
    assert [row[:2] + row[3:5] for row in index[2:]] == [
        ["石桥镇", "柳树村", 2, 1], ["石桥镇", "石坡村", 4, 4], ["未定位", "未定位（村未定）", 1, 1],
    ]  # fmt: skip


def test_only_answers_can_be_edited_and_only_the_platform_reads_the_folder(lists: Path) -> None:
    path = village(lists, "柳树村")
    sheet = openpyxl.load_workbook(path).active
    names, row = columns(sheet), header_row(sheet) + 1
    assert sheet.protection.sheet
    unlocked = {name for name, column in names.items() if not sheet.cell(row, column).protection.locked}
    assert unlocked == {"核实结果", "哪方有误", "核实人", "核实方式", "核实日期", "说明"}
    choices = {str(v.formula1).strip('"') for v in sheet.data_validations.dataValidation}
    assert {"属实,不属实,待补正", "登记有误,部门有误,双方有误,均无误"} <= choices
    assert sheet.cell(row, names["证件号码"]).number_format == "@"
    assert sheet.column_dimensions[openpyxl.utils.get_column_letter(names["疑点编号"])].hidden
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (lists, path.parent)} == {0o700}


def test_nothing_from_a_file_acts_in_a_list(lists: Path) -> None:
    for path in lists.rglob("*.xlsx"):
        with zipfile.ZipFile(path) as archive:
            sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
            assert all("<f>" not in text and "<hyperlink" not in text for text in sheets)
    assert rows(village(lists, "柳树村"))[1]["姓名"] == DANGEROUS
    assert [row["姓名"] for row in rows(village(lists, "石坡村"))] == ["+86 诸葛", "-王五", "@赵六"]


def test_the_export_is_on_record_and_the_same_night_gives_the_same_bytes(connection: Any, lists: Path, tmp_path: Path) -> None:
    with connection:
        again = write_cycle(connection, load_sources(), NIGHT, tmp_path / "again", by="李四").folder
    for path in lists.rglob("*.xlsx"):
        assert path.read_bytes() == (again / path.relative_to(lists)).read_bytes()
    kept = ask(connection, "select kind, name, as_of, exported_by, place, files, rows, is_masked from ledger.export order by export_id desc limit 1")
    assert kept == [("worklist", "2026-10-16", NIGHT, "李四", str(again), 3, 6, False)]


def test_a_night_that_is_not_published_is_refused(connection: Any, tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="尚未发布"):
        write_cycle(connection, load_sources(), NIGHT + dt.timedelta(days=1), tmp_path, by="张三")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_the_lists_of_before(connection: Any, lists: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path: path.read_bytes() for path in lists.rglob("*.xlsx")}
    import bidui.worklist.cycle as cycle

    written = cycle._write

    def full(path: Path, *rest: Any) -> Any:
        if "石坡村" in path.name:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return written(path, *rest)

    monkeypatch.setattr(cycle, "_write", full)
    with pytest.raises(ProblemError) as raised, connection:
        write_cycle(connection, load_sources(), NIGHT, tmp_path / "out", by="张三")
    assert raised.value.problems[0].found == "No space left on device"
    assert {path: path.read_bytes() for path in lists.rglob("*.xlsx")} == before
    assert [path.name for path in (tmp_path / "out").iterdir()] == [lists.name]


@pytest.mark.parametrize("how", ["open", "filled in", "laid beside"])
def test_a_list_that_somebody_works_on_is_not_written_over(connection: Any, lists: Path, tmp_path: Path, how: str) -> None:
    path = village(lists, "柳树村")
    if how == "open":
        (path.parent / f"~${path.name}").touch()
    elif how == "laid beside":  # it would go with the folder
        path = path.rename(path.with_name("张三已核实.xlsx"))
        path.with_name(f"~${path.name}").touch()
        answer(path, "f1", 核实结果="属实")
    else:
        answer(path, "f1", 核实结果="属实")
    before = path.read_bytes()
    with pytest.raises(ProblemError) as raised, connection:
        write_cycle(connection, load_sources(), NIGHT, tmp_path / "out", by="张三")
    codes = {"open": "export.open_elsewhere", "filled in": "export.edited", "laid beside": "worklist.not_ours"}
    assert [problem.code for problem in raised.value.problems] == [codes[how]]
    assert "张三" not in str(raised.value)  # it ends in a task's log, and people name files by people
    assert path.read_bytes() == before


# -- and back


def rearranged(path: Path) -> Path:
    """What people do: sort, delete rows, insert columns and blanks, hide, widen, write notes, keep blanks around words."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    sheet.protection.disable()
    top = header_row(sheet)
    body = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=top + 1)]
    sheet.delete_rows(top + 1, len(body))
    kept = [row for row in reversed(body) if row[-4] != "f4"]
    for row in [[None] * len(body[0]), *kept, [None] * len(body[0])]:
        sheet.append(row)
    sheet.insert_cols(4)
    sheet.cell(top, 4).value = "组长意见"
    sheet.column_dimensions["B"].width = 60
    sheet.row_dimensions[top + 2].hidden = True
    sheet.insert_rows(1)
    book.create_sheet("草稿").append(["随手记"])
    book.save(path)
    answer(path, "f3", 核实结果=" 属实 ", 哪方有误="登记有误", 核实人=" 李四", 核实方式="入户查看", 核实日期="2026年10月16日")
    return answer(path, "f5", 核实结果="不属实", 哪方有误="部门有误 ", 核实人="李四", 核实日期="2026.10.16", 说明="已在外地参保")


def as_xlsx(path: Path) -> Path:
    return path


def as_xls(path: Path) -> Path:
    """Saved by WPS in the old format, first sheet alone."""
    sheet = openpyxl.load_workbook(path).active
    book = xlwt.Workbook(encoding="utf-8")
    old = book.add_sheet("疑点清单")
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is not None:
                old.write(cell.row - 1, cell.column - 1, cell.value)
    target = path.with_suffix(".xls")
    book.save(str(target))
    return target


def as_csv(path: Path) -> Path:
    """Saved as text in the machine's own encoding."""
    target = path.with_suffix(".csv")
    with target.open("w", encoding="gb18030", newline="") as stream:
        writer = csv.writer(stream)
        for row in openpyxl.load_workbook(path).active.iter_rows(values_only=True):
            writer.writerow(["" if value is None else value for value in row])
    return target


@pytest.mark.parametrize("saved", [as_xlsx, as_xls, as_csv])
def test_answers_are_found_however_the_list_was_edited(
    connection: Any, lists: Path, tmp_path: Path, saved: Callable[[Path], Path]
) -> None:
    file = saved(rearranged(village(lists, "石坡村")))
    (taken,) = back(connection, tmp_path, file)
    assert taken.refused == [] and len(taken.lines) == 2
    assert taken.recorded + taken.known == 2  # what the first of the three has recorded, the others know
    answers = ask(
        connection,
        "select finding_id, verdict, wrong_side, reason, field_check, answered_by, answered_on, value_hash from ledger.answer"
        " where finding_id in ('f3', 'f5') order by 1",
    )
    assert [row[:4] for row in answers] == [("f3", "confirmed", "registry", None), ("f5", "false_positive", "department", "已在外地参保")]
    assert answers[0][4:] == ("李四 入户查看", "李四", NIGHT, "vf3")
    assert answers[1][4:] == (None, "李四", NIGHT, "vf5")  # no way of checking: half a record is none
    (again,) = back(connection, tmp_path, file)
    assert (again.recorded, again.known, again.refused) == (0, 2, [])
    assert len(ask(connection, "select from ledger.answer where finding_id in ('f3', 'f5')")) == 2


def test_two_lists_pasted_into_one_file_are_both_read(connection: Any, lists: Path, tmp_path: Path) -> None:
    path = answer(village(lists, "石坡村"), "f3", 核实结果="也许")
    other = answer(village(lists, "柳树村"), "f1", 核实结果="属实？")
    book = openpyxl.load_workbook(path)
    pasted = openpyxl.load_workbook(other).active
    for row in pasted.iter_rows(values_only=True):  # with its titles and its header
        book.active.append([None, *row])
    book.save(path)
    (taken,) = back(connection, tmp_path, path)
    assert [line["疑点编号"] for line in taken.lines] == ["f3", "f1"]
    assert [one[0] for one in codes(taken)] == ["outcome.verdict_unknown"] * 2


def test_a_row_that_is_copied_twice_is_one_answer(connection: Any, lists: Path, tmp_path: Path) -> None:
    path = answer(village(lists, "石坡村"), "f5", 核实结果="不属实", 说明="重复", **CHECKED)
    book = openpyxl.load_workbook(path)
    (row,) = [row for row in book.active.iter_rows(values_only=True) if "f5" in row]
    book.active.append(row)
    book.save(path)
    (taken,) = back(connection, tmp_path, path)
    assert (taken.recorded, taken.known, taken.refused) == (1, 1, [])


def test_rows_that_cannot_stand_go_back_as_a_list_and_the_rest_go_in(connection: Any, lists: Path, tmp_path: Path) -> None:
    path = village(lists, "石坡村")
    answer(path, "f3", 核实结果="属实", 核实人="李四", 核实日期="2026-10-16")  # no way of checking
    answer(path, "f4", 核实结果="也许", **CHECKED)
    answer(path, "f5", 核实结果="待补正", **CHECKED)
    other = village(lists, "柳树村")
    answer(other, "f1", 核实结果="不属实", 哪方有误="双方有误", **CHECKED, 取值摘要="v-old")  # an edited key
    answer(other, "f2", 核实结果="不属实", **CHECKED)  # neither a wrong side nor a note
    first, second = back(connection, tmp_path, path, other)
    assert codes(first) == [["outcome.field_check_missing"], ["outcome.verdict_unknown"]]
    assert codes(second) == [["form.key_edited"], ["outcome.reason_missing"]]
    assert (first.recorded + first.known, len(first.lines)) == (1, 3)
    assert ask(connection, "select verdict from ledger.answer where finding_id = 'f5' order by outcome_id desc limit 1") == [("unclear",)]
    table = [[cell.value for cell in row] for row in openpyxl.load_workbook(first.refused_list).active]
    assert "填写 3 行" in table[1][0] and "退回 2 行" in table[1][0]
    back_row = table[3]
    assert (back_row[2], back_row[4]) == ("+86 诸葛", "属实")
    assert "实地核查" in back_row[5] and back_row[6] and "field check" in back_row[7]
    numbers = {row["疑点编号"]: number for number, row in enumerate(rows(path), start=header_row(openpyxl.load_workbook(path).active) + 1)}
    assert back_row[1] == numbers["f3"]
    kept = ask(
        connection,
        "select file_name, taken_by, rows_answered, rows_refused, refused_list from ledger.returned_file"
        " order by returned_id desc limit 2",
    )
    assert kept[1] == (path.name, "王五", 3, 2, str(first.refused_list))


def test_answers_sorted_away_from_their_keys_go_back(connection: Any, lists: Path, tmp_path: Path) -> None:
    """Somebody sorts the columns in sight; the hidden ones stay where they were."""
    path = answer(answer(village(lists, "石坡村"), "f3", 核实结果="属实", **CHECKED), "f4", 核实结果="不属实", 说明="x", **CHECKED)
    book = openpyxl.load_workbook(path)
    sheet = book.active
    top, hidden = header_row(sheet), columns(sheet)["疑点编号"]
    seen = [[cell.value for cell in row[: hidden - 1]] for row in sheet.iter_rows(min_row=top + 1)]
    for line, cells in enumerate(reversed(seen), start=top + 1):
        for column, value in enumerate(cells, start=1):
            sheet.cell(line, column).value = value
    book.save(path)
    (taken,) = back(connection, tmp_path, path)
    # The row in the middle is where it was.
    assert (codes(taken), taken.recorded + taken.known) == ([["form.row_moved"]], 1)


def test_a_renamed_column_is_told_beside_what_seems_missing(connection: Any, lists: Path, tmp_path: Path) -> None:
    path = answer(village(lists, "石坡村"), "f3", 核实结果="属实", **CHECKED)
    book = openpyxl.load_workbook(path)
    sheet = book.active
    sheet.cell(header_row(sheet), columns(sheet)["核实人"]).value = "核实人签字"
    book.save(path)
    (taken,) = back(connection, tmp_path, path)
    assert codes(taken) == [["outcome.answerer_missing", "outcome.field_check_missing", "form.column_gone"]]


def test_a_list_that_comes_back_late_undoes_nothing(connection: Any, lists: Path, tmp_path: Path) -> None:
    """Cycle by cycle the same finding is asked for; the older list comes back after the newer one."""
    newer = answer(village(lists, "石坡村"), "f4", 核实结果="不属实", 说明="已核", **CHECKED)
    older = Path(shutil.copy(newer, tmp_path / "older.xlsx"))
    answer(older, "f4", 核实结果="不属实", 说明="初核", 核实日期="10月15日")
    opened = "update mart_finding.finding set opened_on = %s where finding_id = 'f4' returning 1"
    ask(connection, opened, NIGHT - dt.timedelta(days=3))
    try:
        back(connection, tmp_path, newer)
        (taken,) = back(connection, tmp_path, older)
    finally:
        ask(connection, opened, NIGHT)
    assert codes(taken) == [["outcome.answered_since"]]


def test_an_answer_to_values_that_have_changed_since_is_stale(connection: Any, lists: Path, tmp_path: Path) -> None:
    path = answer(village(lists, "石坡村"), "f4", 核实结果="属实", **CHECKED)
    ask_nothing = "update mart_finding.finding set value_hash = %s where finding_id = 'f4' returning 1"
    ask(connection, ask_nothing, "changed")
    try:
        (taken,) = back(connection, tmp_path, path)
    finally:
        ask(connection, ask_nothing, "vf4")
    assert codes(taken) == [["outcome.values_changed"]]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("名单.csv", "姓名,电话\n甲,1\n", "worklist.unknown_file"),
        ("清单.csv", "核实结果,疑点编号\n属实,f1\n", "form.no_column"),
        ("空.xlsx", "", "file.empty"),
    ],
)
def test_a_file_that_is_no_worklist_is_refused_in_words(
    connection: Any, lists: Path, tmp_path: Path, name: str, content: str, code: str
) -> None:
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")
    good = answer(village(lists, "石坡村"), "f3", 核实结果="待补正", **CHECKED)
    before = ask(connection, "select count(*) from ledger.answer")
    with pytest.raises(ProblemError) as raised:
        back(connection, tmp_path, good, file)
    assert [(problem.code, problem.file) for problem in raised.value.problems] == [(code, name)]
    assert ask(connection, "select count(*) from ledger.answer") == before


def test_the_commands(connection: Any, tmp_path: Path) -> None:
    from bidui.cli.worklist import app

    run = CliRunner().invoke
    done = run(app, ["worklists", "--as-of", str(NIGHT), "--out", str(tmp_path / "o")])
    assert (done.exit_code, "6 条疑点" in done.output) == (0, True)
    assert ask(connection, "select exported_by from ledger.export order by export_id desc limit 1") == [(getpass.getuser(),)]
    path = village(tmp_path / "o" / f"疑点清单_{NIGHT}", "石坡村")
    answer(path, "f4", 核实结果="待补正", **CHECKED)
    done = run(app, ["outcomes", str(path), "--refused", str(tmp_path / "r"), "--by", "王五"])
    assert (done.exit_code, "登记 1" in done.output) == (0, True)
    answer(path, "f5", 核实结果="也许")
    done = run(app, ["outcomes", str(path), "--refused", str(tmp_path / "r")])
    assert (done.exit_code, "退回 1" in done.output, "_退回.xlsx" in done.output) == (1, True, True)


def test_publish_writes_the_lists_and_the_folder_takes_them_back(connection: Any, bidui_home: Path) -> None:
    assert steps.worklists(NIGHT.isoformat()) == {"files": 3, "findings": 6}
    sent = village(worklist_folder() / f"疑点清单_{NIGHT}", "石坡村")
    filled = Path(shutil.copy(sent, returned_folder() / "石坡村 回.xlsx"))
    answer(filled, "f3", 核实结果="不属实", 哪方有误="部门有误", **CHECKED)
    muddled = returned_folder() / "乱.csv"
    muddled.write_text("a,b\n1,2\n", encoding="utf-8")
    in_a_moment = filled.stat().st_mtime + 60  # whatever the first call has to import
    for file in (filled, muddled):
        os.utime(file, (in_a_moment, in_a_moment))
    assert steps.take_returned()["files"] == 0  # may still be copied
    an_hour_ago = filled.stat().st_mtime - 3600
    for file in (filled, muddled):
        os.utime(file, (an_hour_ago, an_hour_ago))
    nested = returned_folder() / "石桥镇"
    nested.mkdir()
    (open_elsewhere := nested / "石坡村.xlsx").write_bytes(filled.read_bytes())
    (nested / "~$石坡村.xlsx").touch()
    os.utime(open_elsewhere, (an_hour_ago, an_hour_ago))
    long_name = Path(shutil.copy(muddled, returned_folder() / f"{'柳' * 83}.csv"))
    os.utime(long_name, (an_hour_ago, an_hour_ago))
    assert steps.take_returned() == {"files": 3, "recorded": 1, "refused": 0}
    assert open_elsewhere.exists() and not long_name.exists()
    (nested / "~$石坡村.xlsx").unlink()
    assert steps.take_returned() == {"files": 1, "recorded": 0, "refused": 0}
    nested.rmdir()
    (stuck := returned_folder() / "王五.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    os.utime(stuck, (an_hour_ago, an_hour_ago))
    (is_open := refused_folder() / f"~${refused_list.name_of(stuck, sha256_of(stuck))}").touch()
    with pytest.raises(ProblemError, match=r"export\.open_elsewhere \(1\)") as raised:
        steps.take_returned()
    assert "王五" not in str(raised.value)  # it is logged
    is_open.unlink()
    stuck.unlink()
    assert ask(connection, "select verdict from ledger.answer where finding_id = 'f3' order by outcome_id desc limit 1") == [("false_positive",)]
    assert [path.name for path in returned_folder().iterdir()] == ["taken"]
    kept = {path.name.split("_", 2)[2] for path in taken_folder().iterdir()}
    assert kept == {"石坡村 回.xlsx", "乱.csv", "石坡村.xlsx", f"{'柳' * 65}.csv"}
    (told,) = list(refused_folder().glob("乱*"))
    assert "这不是下发的核实清单" in str([cell.value for row in openpyxl.load_workbook(told).active for cell in row])
    shutil.rmtree(worklist_folder())
    shutil.rmtree(returned_folder())
