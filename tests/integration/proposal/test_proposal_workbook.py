"""Proposals as a workbook: the registry's headers from its contract, its values as delivered, proposals beside them."""

from __future__ import annotations

import datetime as dt
import stat
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from bidui.contract import load_sources
from bidui.landing.raw_table import ensure_raw_tables
from bidui.problem import ProblemError
from bidui.proposal import write_proposals
from hand_made_facts import NIGHT, TOWN, HandMadeFacts


@pytest.fixture(scope="module")
def county(warehouse: str) -> Iterator[HandMadeFacts]:
    made = HandMadeFacts(warehouse)
    ensure_raw_tables(made.connection, load_sources())
    for extract in ("registry_person", "registry_household"):
        made.run(f"create table raw.{extract}__b1 partition of raw.{extract} for values in (1)")
    made.person("P1", household_key="P1", registry_row_no=4, has_resident_insurance=False,
                hi_roll__is_resident=True, hi_roll__link_tier="1",
                hi_roll__batch_id=7, hi_roll__row_no=12, is_dropout=False, enrolled__is_enrolled=False, age_1_september=9)
    made.person("P2", registry_row_no=5, is_living=False, death__is_dead=True, death__died_on="2026-06-18")
    made.household("P1", registry_row_no=4, house_grade="A", appraisal__house_grade="B", appraisal__link_tier="1")
    made.run("insert into raw.registry_person (batch_id, row_no, person_name, id_no, has_resident_insurance) values"
             " (1, 4, '=张三', '990101199001010010', '否'), (1, 5, '李四', '0012', '是')")
    made.run("insert into raw.registry_household (batch_id, row_no, household_no, house_grade) values (1, 4, '007', 'A级')")
    made.run("insert into ledger.run (as_of, kind, started_at, status) values (%s, 'night', now(), 'published')", NIGHT)
    made.build("path:models/proposal")
    made.run("create table mart_summary.household (household_key text, head_name text, from_night date, to_night date)")
    made.run("insert into mart_summary.household values ('P1', '王户主', %s, 'infinity'), ('P1', '前户主', '2026-01-01', %s)",
             NIGHT, NIGHT)
    yield made
    made.close()


def test_original_and_proposed_stand_side_by_side(county: HandMadeFacts, tmp_path: Path) -> None:
    with county.connection:
        done = write_proposals(county.connection, load_sources(), NIGHT, tmp_path / "out", by="张三")
    assert (done.files, done.proposals) == (1, 4)
    (path,) = (tmp_path / "out").iterdir()
    assert "未核实" in path.name and TOWN in path.name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    people, households = openpyxl.load_workbook(path)
    assert "未核实" in people["A1"].value and "未核实" in people.title

    header = [cell.value for cell in people[3]]
    registry = [text for text in header if "未核实" not in text and "·" not in text]
    assert sorted(registry) == sorted(column.header for column in load_sources().extracts["registry_person"].columns)
    first = dict(zip(header, people[4], strict=True))
    assert (first["姓名"].value, first["姓名"].data_type, first["证件号码"].value) == ("=张三", "s", "990101199001010010")
    at = header.index("是否参加城乡居民基本医疗保险")
    assert header[at + 1] == "建议：是否参加城乡居民基本医疗保险（未核实）"
    assert [cell.value for cell in people[4][at: at + 2]] == ["否", "是"]
    assert people[4][at + 1].fill.fgColor.rgb == "FFFFF2CC" and people[4][at].fill.fill_type is None
    assert "批次7 第12行，1级关联" in first["依据 · basis"].value
    told = first["建议（未核实） · proposals"].value
    assert "是否参加城乡居民基本医疗保险：否 → 是（把握" in told and "（把握低 low）" in told  # the drop-out hint
    # On paper: who it is, what is proposed and why, room for the answer, on landscape A4.
    printed = header[: openpyxl.utils.column_index_from_string(people.print_area.split("$")[-2])]
    assert printed == ["行政村", "户编号", "姓名", "证件号码", "建议（未核实） · proposals", "依据 · basis", "核实情况 · answer"]
    assert (people.page_setup.orientation, people.page_setup.paperSize) == ("landscape", 9)
    second = dict(zip(header, people[5], strict=True))
    assert second["建议：家庭成员（未核实）"].value == "已故（2026-06-18）"
    assert second["建议（未核实） · proposals"].value == "家庭成员：已故（2026-06-18）（把握高 high）"
    at = [cell.value for cell in households[3]].index("危房等级")
    assert [cell.value for cell in households[4][at: at + 2]] == ["A级", "B"]
    assert dict(zip([cell.value for cell in households[3]], (cell.value for cell in households[4]), strict=True))["户主"] == "王户主"
    assert (people.freeze_panes, households.freeze_panes) == ("D4", "D4")
    assert county.query("select name, exported_by, files, rows, is_masked from ledger.export") == [
        ("audit.cleansing_proposal", "张三", 1, 4, False)
    ]


def test_another_town_has_no_file_and_an_unpublished_night_is_refused(county: HandMadeFacts, tmp_path: Path) -> None:
    with county.connection:
        assert write_proposals(county.connection, load_sources(), NIGHT, tmp_path, by="x", town="990101999000").files == 0
        with pytest.raises(ProblemError, match="is not published"):
            write_proposals(county.connection, load_sources(), NIGHT + dt.timedelta(days=1), tmp_path, by="x")


def test_what_is_filled_in_stays_and_what_is_not_on_record_is_gone(
    county: HandMadeFacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    with county.connection:
        for _ in range(2):  # written over while it is what was written
            write_proposals(county.connection, load_sources(), NIGHT, tmp_path / "filled", by="x")
    (filled,) = (tmp_path / "filled").iterdir()
    book = openpyxl.load_workbook(filled)
    book.active["G4"].value = "属实，已更正"
    book.save(filled)
    before = filled.read_bytes()
    with county.connection, pytest.raises(ProblemError, match="已有人改动或填写"):
        write_proposals(county.connection, load_sources(), NIGHT, tmp_path / "filled", by="x")
    assert [path.read_bytes() for path in (tmp_path / "filled").iterdir()] == [before]
    with county.connection, pytest.raises(ProblemError, match="原文件未动"):
        write_proposals(county.connection, load_sources(), NIGHT, tmp_path / "file" / "out", by="x")
    monkeypatch.setattr("bidui.handed_out.record", lambda *_, **__: (_ for _ in ()).throw(RuntimeError))
    with county.connection, pytest.raises(RuntimeError):
        write_proposals(county.connection, load_sources(), NIGHT, tmp_path / "out", by="x")
    assert list((tmp_path / "out").iterdir()) == []
