"""`bidui inspect` tells beforehand what landing would do, and exits with 1 when it would hold the file."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from typer.testing import CliRunner

from bidui.cli.source import app
from bidui.contract import load_sources
from bidui.inspection import inspect
from bidui.problem import ProblemError

SOURCES = load_sources()
NIGHT = date(2026, 10, 20)
RUN = CliRunner()

ROLL = "人员编号,身份证号,姓名,性别,险种类型,参保年度,参保状态,缴费日期,个人缴费金额,财政资助金额,是否参加大病保险,乡镇,村,新列\n"
ROWS = (
    "P1,99010119900101123X,甲,男,居民,2026,正常参保,2026-01-02,380,,是,青石镇,青石村,\n"
    "P2,3.41E+17,乙,女,居民,2026,正常参保,2026-01-02,\"1,380\",190,是,青石镇,青石村,\n"
    ",990101199001011238,丙,女,居民,2026,正常参保,,,,否,青石镇,青石村,\n"
    "P4,999999199001011234,丁,女,居民,2026,正常参保,,,,否,青石镇,青石村,\n"
    "P5,990101199001011206,戊,女,居民,2026,正常参保,,,,否,青石镇,青石村,\n"
    "P6,990101199001011214,戊,女,居民,2026,正常参保,,,,否,青石镇,青石村,\n"
    "P7,990101199001011222,戊,女,居民,2026,正常参保,,,,否,青石镇,青石村,\n"
    "P8,990101199001011230,戊,女,居民,2026,正常参保,,,,否,青石镇,青石村,\n"
)


@pytest.fixture
def roll(tmp_path: Path) -> Path:
    path = tmp_path / "导出 (3).txt"
    path.write_bytes((ROLL + ROWS).encode("gb18030"))
    return path


def test_the_extract_is_told_by_its_header(roll: Path) -> None:
    found = inspect(roll, SOURCES, as_of=NIGHT)
    assert found.extract is not None
    assert (found.extract.key, found.guessed, found.container) == ("hi_roll", True, "csv")
    (table,) = found.tables
    assert table.header.unknown == ((13, "新列"),)
    assert [match.via for match in table.header.matched].count("alias") == 3
    assert table.reading is not None
    assert (table.reading.rows_read, table.reading.rows_landed) == (9, 8)
    assert not found.would_be_held


def test_numbers_damaged_beyond_the_gate_hold_the_file(tmp_path: Path) -> None:
    """The rows would land, and the night would hold them all: the clerk is told before, not after."""
    line = "P{n},{id_no},甲,男,居民,2026,正常参保,2026-01-02,380,,是,青石镇,青石村,\n"
    rows = [line.format(n=n, id_no="3.41E+17" if n < 5 else "990101199001011206") for n in range(50)]
    path = tmp_path / "名册.csv"
    path.write_text(ROLL + "".join(rows), encoding="gb18030")
    found = inspect(path, SOURCES, as_of=NIGHT)
    assert found.would_be_held
    assert [(problem.code, problem.column) for problem in found.problems if problem.severity == "hold"] == [
        ("gate.mangled_share", "证件号码")
    ]
    path.write_text(ROLL + "".join(rows[1:]), encoding="gb18030")
    assert not inspect(path, SOURCES, as_of=NIGHT).would_be_held, "four rows are slips"


def test_the_gates_are_the_suites_own(tmp_path: Path) -> None:
    """A blank scheme holds the roll, a blank relation never holds the registry: the suites say so, not the header."""
    roll = tmp_path / "名册.csv"
    row = "P{n},990101199001011206,甲,男,{kind},2026,正常参保,2026-01-02,380,,是,青石镇,青石村,\n"
    roll.write_text(ROLL + "".join(row.format(n=n, kind="" if n < 6 else "居民") for n in range(50)), encoding="utf-8")
    held = [problem for problem in inspect(roll, SOURCES, as_of=NIGHT).problems if problem.severity == "hold"]
    assert [(problem.code, problem.column) for problem in held if problem.column] == [("gate.blank_share", "险种类型")]
    registry = SOURCES.extract("registry_person")
    names = ["county_name", "town_name", "village_name", "household_no", "person_no", "person_name", "id_no", "relation_to_head"]
    header = ",".join(f'"{registry.by_name[name].header}"' for name in names)
    line = "甲县,青石镇,青石村,{household},9{n:05d},甲,990101199001011206,\n"
    listed = tmp_path / "名册二.csv"
    listed.write_text(header + "\n" + "".join(line.format(n=n, household=n) for n in range(40)), encoding="utf-8")
    assert not inspect(listed, SOURCES, "registry_person", NIGHT).would_be_held
    listed.write_text(header + "\n" + "".join(line.format(n=n, household="3.4E+17") for n in range(40)), encoding="utf-8")
    codes = {problem.code for problem in inspect(listed, SOURCES, "registry_person", NIGHT).problems}
    assert {"gate.mangled_share", "gate.unusable"} <= codes


@pytest.mark.parametrize("extract", SOURCES.extracts.values(), ids=lambda extract: extract.key)
@pytest.mark.parametrize("kind", ["csv", "xlsx", "zip"])
def test_every_extract_is_told_by_its_header(tmp_path: Path, extract: object, kind: str) -> None:
    headers = [column.header for column in extract.columns]  # type: ignore[attr-defined]
    path = tmp_path / f"（自定义） (22).{kind}"
    text = "\t".join(headers) + "\n" + "\t".join("甲" for _ in headers) + "\n"
    if kind == "csv":
        path.write_text(text, encoding="gb18030")
    elif kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("x.csv", text.encode("gb18030"))
    else:
        book = xlsxwriter.Workbook(str(path))
        sheet = book.add_worksheet()
        sheet.write(0, 0, "标题")
        sheet.write_row(2, 0, headers)
        sheet.write_row(3, 0, ["甲"] * len(headers))
        book.close()
    found = inspect(path, SOURCES, as_of=NIGHT)
    assert found.extract is extract
    # The one row has no ID number in it.
    assert {problem.code for problem in found.problems if problem.severity == "hold"} <= {"gate.unusable"}


def test_trouble_in_rows_is_counted_and_placed(roll: Path) -> None:
    (table,) = inspect(roll, SOURCES, as_of=NIGHT).tables
    assert {(t.column, t.what_en[:20], t.count, tuple(t.rows)) for t in table.troubles} == {
        ("证件号码", "check character of t", 2, (2, 4)),
        ("证件号码", "a spreadsheet turned", 1, (3,)),
        ("证件号码", "ID number is a place", 1, (5,)),
        ("人员编号", "a required value is ", 1, (4,)),
    }


def test_the_command_tells_and_goes_well(roll: Path) -> None:
    result = RUN.invoke(app, ["inspect", str(roll), "--as-of", "2026-10-20"], env={"COLUMNS": "160"})
    assert result.exit_code == 0, result.output
    for words in (
        "hi_roll", "health_insurance/hi_roll/", "GB18030", "别名 · alias", "约定外 · not in the contract", "数据日期 · data date",
        "读取 · read 9 = 入库 · landed 8 + 跳过 · skipped 1", "1,760.00 元 · yuan", "可以入库 · this file would land",
        "a spreadsheet turned the ID number",
    ):  # fmt: skip
        assert words in result.output
    for value in ("99010119900101", "3.41E", "甲", "P1"):
        assert value not in result.output


def test_a_file_that_would_be_held_ends_with_1(roll: Path) -> None:
    roll.write_bytes((ROLL.replace("身份证号", "居民号") + ROWS).encode("gb18030"))
    result = RUN.invoke(app, ["inspect", str(roll)], env={"COLUMNS": "160"})
    assert result.exit_code == 1
    assert "缺少必需的表头" in result.output
    assert "a required header is missing" in result.output
    assert "会被暂存，不会入库 · this file would be held" in result.output
    assert "缺少 · missing" in result.output  # the match table is shown all the same


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "文件是空的"),
        (b"%PDF", "PDF"),
        ("甲,乙\n1,2\n".encode(), "认不出是哪个数据项"),
        ((ROLL).encode(), "只有表头"),
        ((ROLL + ROWS + '"\n').encode(), "引号没有闭合"),
        ((ROLL + ROWS).encode() + b"P5,\xff\xfe\n", "编码不对"),
    ],
)
def test_bad_files_are_told(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    result = RUN.invoke(app, ["inspect", str(tmp_path / "a.csv")], env={"COLUMNS": "160"})
    assert result.exit_code == 1, result.output
    assert words in result.output


def test_named_as_another_extract(roll: Path) -> None:
    found = inspect(roll, SOURCES, "dibao", NIGHT)
    assert found.would_be_held
    assert {problem.column for problem in found.problems if problem.code == "header.missing"} == {"县(市、区、旗)"}


def test_a_future_date_is_told(roll: Path) -> None:
    late = roll.rename(roll.with_name("名单20261031.txt"))
    (problem, *_) = [p for p in inspect(late, SOURCES, as_of=NIGHT).problems if p.severity == "hold"]
    assert problem.code == "date.future"
    assert not inspect(late, SOURCES, as_of=date(2026, 10, 31)).would_be_held


def test_no_such_file_or_extract(roll: Path) -> None:
    with pytest.raises(ProblemError, match="there is no such file"):
        inspect(roll.with_name("none.csv"), SOURCES)
    with pytest.raises(ProblemError, match="did you mean hi_roll"):
        inspect(roll, SOURCES, "hi_rol")


def test_contracts_are_checked(tmp_path: Path) -> None:
    good = RUN.invoke(app, ["contract", "check"])
    assert good.exit_code == 0, good.output
    assert "21 extracts, 325 columns, no problem" in good.output
    (tmp_path / "a.yml").write_text("version: 1\ndepartement: x\n", encoding="utf-8")
    bad = RUN.invoke(app, ["contract", "check", str(tmp_path)])
    assert bad.exit_code == 1
    assert "did you mean department?" in bad.output
