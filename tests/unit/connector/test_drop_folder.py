"""The drop folder hands over what people meant to deliver, and names what would be overlooked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bidui.connector import DropFolder, make_folders
from bidui.contract import load_sources


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    (tmp_path / "civil_affairs" / "dibao").mkdir(parents=True)
    (tmp_path / "civil_affairs" / "death").mkdir()
    return tmp_path


def put(path: Path, when: float = 1_790_000_000) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    os.utime(path, (when, when))
    return path


def test_files_come_by_extract_oldest_first(drop: Path) -> None:
    put(drop / "civil_affairs/dibao/新.xlsx", 1_790_000_900)
    put(drop / "civil_affairs/dibao/旧.xls", 1_790_000_100)
    put(drop / "civil_affairs/death/（自定义） (22).csv")
    extracts = load_sources().department("civil_affairs").extracts
    found = DropFolder(drop).deliveries(extracts)
    assert [(d.extract, d.source_name) for d in found] == [
        ("death", "（自定义） (22).csv"),
        ("dibao", "旧.xls"),
        ("dibao", "新.xlsx"),
    ]
    assert found[0].department == "civil_affairs"
    assert found[0].received_at.timestamp() == 1_790_000_000


@pytest.mark.parametrize("name", ["~$低保.xlsx", ".hidden.csv", "a.csv.part", "a.csv.TMP", "Thumbs.db", "a.done"])
def test_what_is_under_way_or_left_behind_is_no_delivery(drop: Path, name: str) -> None:
    put(drop / "civil_affairs/dibao" / name)
    assert DropFolder(drop).deliveries(load_sources().department("civil_affairs").extracts) == []


def test_a_file_of_a_strange_kind_is_handed_over_to_be_held(drop: Path) -> None:
    put(drop / "civil_affairs/dibao/名单.pdf")
    (found,) = DropFolder(drop).deliveries(load_sources().department("civil_affairs").extracts)
    assert found.source_name == "名单.pdf"


def test_a_name_in_gbk_is_read_as_it_was_meant(drop: Path) -> None:
    put(drop / "civil_affairs/dibao" / os.fsdecode("低保名单.xls".encode("gb18030")))
    (found,) = DropFolder(drop).deliveries(load_sources().department("civil_affairs").extracts)
    assert found.source_name == "低保名单.xls"
    assert found.path.read_bytes() == b"x"


def test_no_folder_is_no_delivery(tmp_path: Path) -> None:
    assert DropFolder(tmp_path / "none").deliveries(load_sources().extracts.values()) == []


def test_what_lies_where_nobody_reads_is_named_with_the_likely_place(drop: Path) -> None:
    put(drop / "civil_affairs/dibo/a.xlsx")
    put(drop / "civil_affairs/b.xlsx")
    put(drop / "civil_affairs/dibao/sub/c.xlsx")
    put(drop / "education/school_roll/fine.xlsx")
    problems = DropFolder(drop).misplaced(load_sources())
    assert {p.file for p in problems} == {"civil_affairs/dibo", "civil_affairs/b.xlsx", "civil_affairs/dibao/sub"}
    typo = next(p for p in problems if p.file == "civil_affairs/dibo")
    assert "改放到 dibao" in typo.zh
    assert "move it to dibao" in typo.en


def test_the_standing_folder_shows_where_each_file_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path))
    monkeypatch.delenv("BIDUI_DROP", raising=False)
    sources = load_sources()
    make_folders(sources)
    made = {path.relative_to(tmp_path / "drop").as_posix() for path in (tmp_path / "drop").glob("*/*")}
    assert made == {f"{extract.department}/{extract.key}" for extract in sources.extracts.values()}
    assert DropFolder(tmp_path / "drop").misplaced(sources) == []


def test_a_configured_folder_is_never_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIDUI_DROP", str(tmp_path / "share"))
    make_folders(load_sources())
    assert not (tmp_path / "share").exists()
