"""Visit sheets read back from the workbook: every household whole, what it has and lacks, nothing a login may not see."""

from __future__ import annotations

import datetime as dt
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from typer.testing import CliRunner

from bidui.contract import load_sources
from bidui.problem import ProblemError
from bidui.visit import sheets, write_visits
from bidui.warehouse import people
from hand_made_facts import COUNTY, NIGHT, TOWN, VILLAGE, HandMadeFacts, login

OTHER_VILLAGE = "990101101002"


@pytest.fixture(scope="module")
def county(warehouse: str) -> Iterator[HandMadeFacts]:
    """Three households: one with everything to tell, one with nothing, one in another village."""
    made = HandMadeFacts(warehouse)
    for code, level, name in ((COUNTY, "county", "云岭县"), (TOWN, "town", "澄岚镇"), (VILLAGE, "village", "青石村")):
        made.run("insert into reference.division (division_code, division_level, name) values (%s, %s, %s)", code, level, name)
    made.household("7", household_key="7", household_no="007", head_person_key="P1", head_name="=赵大山", members=3, household_type="脱贫户",
                   cause_1="因病", unsafe_house__is_unsafe=True, unsafe_house__is_graded=True, appraisal__house_grade="D")
    in_seven = {"household_key": "7", "household_no": "007"}
    made.person("P1", **in_seven, person_no="0P1", person_name="=赵大山", sex="男", birth_date="1960-10-17", says_insured=True,
                basic_insurance__is_insured=True)
    made.person("P2", **in_seven, person_name="钱小水", sex="女", birth_date="2010-10-16", relation_to_head="之孙女", is_head=False,
                says_insured=True, basic_insurance__is_insured=False)
    made.person("P3", **in_seven, person_name="孙亡人", relation_to_head="配偶", is_head=False, is_living=False,
                birth_date="1950-01-01")
    made.household("8", household_key="8", household_no="8", head_name="李四")
    made.person("P4", household_key="8", household_no="8", person_name="李四", says_insured=True, basic_insurance__state="no_batch")
    made.household("9", household_key="9", household_no="9", head_name="周五", village_code=OTHER_VILLAGE)
    made.person("P5", household_key="9", household_no="9", person_name="周五", village_code=OTHER_VILLAGE)
    for finding, state in (("f1", "open"), ("f2", "confirmed")):
        made.finding(finding, subject_key="P2", household_key="7", household_no="007", state=state, value_hash="v",
                     evidence={"values": {"registry": {"has_resident_insurance": True}}, "personal": {"person_name": "钱小水"}})
    made.finding("f3", subject_kind="household", subject_key="7", household_key="7", household_no="007", state="confirmed")
    made.build()
    made.publish()
    made.run("insert into ledger.run (as_of, kind, started_at, status) values (%s, 'night', now(), 'published')", NIGHT)
    yield made
    made.close()


@pytest.fixture(scope="module")
def masked(county: HandMadeFacts) -> Iterator[str]:
    """The URL of an auditor without the right to names."""
    with county.connection:
        people.grant(county.connection, "t_visitor", "auditor", counties=[COUNTY], by="李主任", reason="走访")
        url = people.connection_url(county.connection, "t_visitor")
    yield url
    county.run("drop role t_visitor")


def lines(sheet: Worksheet) -> list[list[str]]:
    return [[str(cell) for cell in row if cell] for row in sheet.iter_rows(values_only=True)]


def test_a_village_s_households_stand_each_on_its_own_page(county: HandMadeFacts, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = write_visits(people.auditor_url(None), load_sources(), NIGHT, out, by="张三", village=VILLAGE)
    (path,) = out.iterdir()
    assert (done.files, done.households, done.is_masked) == (1, 2, False)
    assert path.name == f"入户走访表_澄岚镇_青石村_{VILLAGE}_{NIGHT}.xlsx"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(out.stat().st_mode) == 0o700
    (sheet,) = openpyxl.load_workbook(path)
    told = lines(sheet)
    first = next(number for number, line in enumerate(told) if "Visited by" in "".join(line)) + 1
    assert [one.id for one in sheet.row_breaks.brk] == [first]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("portrait", 9)
    assert all(cell.data_type in "sn" and cell.number_format == "@" for row in sheet.iter_rows() for cell in row if cell.value)

    seven = told[:first]
    assert [line[3] for line in seven if line and line[0] == "户编号 No."] == ["=赵大山"]
    asked = next(line for line in seven if "待核实疑点（1 条）" in line[0])
    people_of = {line[0]: line[1:] for line in seven[:seven.index(asked)] if line[0] in ("=赵大山", "钱小水", "孙亡人")}
    assert people_of["=赵大山"][:3] == ["男", "65", "户主"] and "基本医疗保险" in people_of["=赵大山"][3].split("\n")
    assert people_of["钱小水"][:3] == ["女", "16", "之孙女"]
    assert any(text.startswith("基本医疗保险：按名册应有，") for text in "\n".join(people_of["钱小水"]).split("\n"))
    assert people_of["孙亡人"] == ["76", "配偶\n（已故）"]  # sex blank, to be filled in; nothing that the living are due
    assert [line[1:] for line in seven if line and line[0] == "全户 Household"] == [["安全住房：据住房安全鉴定尚未落实"]]
    assert any(line[0] == "钱小水" and "姓名：钱小水" in line[2] for line in seven[seven.index(asked) :] if line)
    assert not any("007" in text for line in told[first:] for text in line)
    assert any("基本医疗保险：无法比对（无数据）" in text for line in told[first:] for text in line)
    assert county.query("select name, exported_by, login, files, rows, is_masked from ledger.export") == [
        ("audit.household_visit", "张三", "bidui_auditor_login", 1, 2, False)
    ]


def test_a_login_without_names_gets_masked_sheets(county: HandMadeFacts, masked: str, tmp_path: Path) -> None:
    assert write_visits(masked, load_sources(), NIGHT, tmp_path, by="张三", town=TOWN).is_masked
    told = [text for path in tmp_path.iterdir() for sheet in openpyxl.load_workbook(path) for line in lines(sheet) for text in line]
    assert "钱**" in told and "李**" in told and "周**" in told
    assert not any(name in text for text in told for name in ("赵大山", "钱小水", "孙亡人", "李四", "周五"))


def test_a_large_village_has_several_files(county: HandMadeFacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_FORMS", 1)
    assert write_visits(people.auditor_url(None), load_sources(), NIGHT, tmp_path, by="x", village=VILLAGE).files == 2
    assert len([path for path in tmp_path.iterdir() if path.stem.endswith(f"{NIGHT}_2")]) == 1


def test_a_sheet_that_was_filled_in_is_not_written_over(county: HandMadeFacts, tmp_path: Path) -> None:
    def write() -> list[Path]:
        write_visits(people.auditor_url(None), load_sources(), NIGHT, tmp_path, by="x")
        return sorted(tmp_path.iterdir())

    files = write()
    assert len(files) == 2 and write() == files
    book = openpyxl.load_workbook(files[1])
    book.active["I3"] = "已走访，情况属实"
    book.save(files[1])
    before = {file: file.read_bytes() for file in files}
    with pytest.raises(ProblemError) as raised:
        write()
    assert [(problem.code, problem.file) for problem in raised.value.problems] == [("export.edited", files[1].name)]
    assert {file: file.read_bytes() for file in sorted(tmp_path.iterdir())} == before
    files[1].rename(tmp_path / "已填.xlsx")
    assert len(write()) == 3


@pytest.mark.parametrize(
    ("night", "village", "code"),
    [(NIGHT, "990101101999", "visit.no_household"), (NIGHT + dt.timedelta(days=1), None, "night.not_published")],
)
def test_nobody_to_visit_and_a_night_that_is_not_published(
    county: HandMadeFacts, tmp_path: Path, night: dt.date, village: str | None, code: str
) -> None:
    with pytest.raises(ProblemError) as raised:
        write_visits(people.auditor_url(None), load_sources(), night, tmp_path / "out", by="x", village=village)
    assert raised.value.problems[0].code == code and not (tmp_path / "out").exists()


def test_what_could_not_be_recorded_is_not_left_behind(
    county: HandMadeFacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("bidui.visit.sheets.handed_out.record", fail)
    with pytest.raises(RuntimeError):
        write_visits(people.auditor_url(None), load_sources(), NIGHT, tmp_path, by="x")
    assert list(tmp_path.iterdir()) == []


def test_the_command(county: HandMadeFacts, masked: str, tmp_path: Path) -> None:
    from bidui.cli.visit import app

    done = CliRunner().invoke(
        app, ["--as-of", f"{NIGHT}", "--out", str(tmp_path), "--village", VILLAGE, "--login", "t_visitor", "--by", "张三"]
    )
    assert (done.exit_code, "2 户" in done.output, "names masked" in done.output) == (0, True, True)


def test_who_is_named_in_two_places_is_named_the_same(county: HandMadeFacts) -> None:
    """Zeros that a spreadsheet eats are no part of a key inside, and of every key that is shown beside another."""
    with closing(login(people.auditor_url(None))) as auditor, auditor.cursor() as cursor:
        cursor.execute("select p.person_key, p.person_name from audit.household as h"
                       " inner join audit.person as p on h.head_person_key = p.person_key")
        assert cursor.fetchall() == [("0P1", "=赵大山")]
        cursor.execute("select subject_key, audit.explain_finding(finding_id) #>> '{subject,key}' from audit.finding"
                       " where finding_id = 'f3'")
        assert cursor.fetchall() == [("007", "007")]
