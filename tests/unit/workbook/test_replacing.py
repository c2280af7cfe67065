"""Places that workbooks are written to: all of it or none, and nobody's file is lost."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from bidui.problem import ProblemError
from bidui.workbook import all_or_none, is_left_beside, replacing_folder


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path / "home"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that was written before."""
    place = tmp_path / "out" / "lists"
    place.mkdir(parents=True)
    (place / "a.xlsx").write_text("old")
    return place


def content(place: Path) -> dict[str, str]:
    return {str(path.relative_to(place)): path.read_text() for path in place.rglob("*") if path.is_file()}


def replace(place: Path, text: str = "new") -> None:
    with replacing_folder(place) as beside:
        (beside / "b.xlsx").write_text(text)


@pytest.mark.parametrize("name", ["~$a.xlsx", ".~a.xlsx", ".~lock.a.xlsx#", ".DS_Store", "Thumbs.db", "desktop.ini"])
def test_what_suites_and_systems_leave_is_nobodys_file(name: str) -> None:
    assert is_left_beside(name)
    assert not is_left_beside(f"村{name}")


def test_a_folder_is_replaced_whole(folder: Path) -> None:
    replace(folder)
    assert content(folder.parent) == {"lists/b.xlsx": "new"}
    assert folder.stat().st_mode & 0o777 == 0o700


def test_an_exception_leaves_what_was_there(folder: Path) -> None:
    with pytest.raises(RuntimeError), replacing_folder(folder) as beside:
        (beside / "b.xlsx").write_text("half")
        raise RuntimeError
    assert content(folder.parent) == {"lists/a.xlsx": "old"}


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_that_cannot_take_its_name_leaves_what_was_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    place = folder if there else folder.with_name("others")
    before, rename = content(folder.parent), Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self.name.endswith(".part"):
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(ProblemError) as raised:
        replace(place)
    assert [problem.code for problem in raised.value.problems] == ["export.not_written"]
    assert raised.value.problems[0].found == "Permission denied"
    assert content(folder.parent) == before


@pytest.mark.parametrize("cut", ["between the renames", "behind them"])
def test_a_run_that_was_cut_stands_in_nobodys_way(folder: Path, cut: str) -> None:
    left = folder.with_name(f".{folder.name}.before")
    if cut == "between the renames":
        folder.rename(left)
        with pytest.raises(RuntimeError), replacing_folder(folder):
            assert content(folder) == {"a.xlsx": "old"}  # what was there is there again, whatever comes of this run
            raise RuntimeError
    else:
        left.mkdir()
        (left / "older.xlsx").write_text("older")
    replace(folder)
    assert content(folder.parent) == {"lists/b.xlsx": "new"}


def test_a_folder_made_for_files_that_do_not_come_is_gone_again(folder: Path) -> None:
    for place in (folder, folder.with_name("others")):
        with pytest.raises(RuntimeError), all_or_none(place) as beside:
            (beside / "b.xlsx").write_text("half")
            raise RuntimeError
    assert content(folder.parent) == {"lists/a.xlsx": "old"}
    assert [path.name for path in folder.parent.iterdir()] == ["lists"]
