"""What has lain long enough goes; a log that is being written is turned, not taken away."""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path

import pytest

from bidui import clock
from bidui.linkage import verdict
from bidui.platform import old_files
from bidui.worklist.places import refused_folder, taken_folder, worklist_folder


def test_old_task_logs_go_and_a_run_with_a_new_line_stays(tmp_path: Path) -> None:
    long_ago = time.time() - 61 * 86_400
    for run, age in (("old", long_ago), ("fresh", time.time())):
        folder = tmp_path / "dag_id=reconcile" / f"run_id={run}" / "task_id=freeze"
        folder.mkdir(parents=True)
        for name, written in (("attempt=1.log", long_ago), ("attempt=2.log", age)):
            (folder / name).write_text("x", encoding="utf-8")
            os.utime(folder / name, (written, written))
        os.utime(folder, (long_ago, long_ago))
    assert old_files.drop_task_logs(tmp_path, clock.today() - dt.timedelta(days=60)) == 1
    assert [path.name for path in tmp_path.glob("dag_id=*/run_id=*")] == ["run_id=fresh"]


def test_a_long_component_log_is_turned_while_it_is_being_written(tmp_path: Path) -> None:
    path = tmp_path / "scheduler.log"
    with path.open("ab") as stream:
        stream.write(b"x" * (2**20 + 1))
        stream.flush()
        assert old_files.turn_logs(tmp_path, 1) == 1
        stream.write(b"next line")
    assert (tmp_path / "scheduler.log.1").stat().st_size == 2**20 + 1
    assert path.read_bytes() == b"next line"
    assert old_files.turn_logs(tmp_path, 1) == 0


def test_lists_that_came_back_and_what_was_refused_of_them_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path))
    long_ago = time.time() - 181 * 86_400
    places = (worklist_folder(), refused_folder(), taken_folder(), verdict.refused_folder())
    for place in places:
        for name, written in (("旧.xlsx", long_ago), ("新.xlsx", time.time())):
            (place / name).write_text("x", encoding="utf-8")
            os.utime(place / name, (written, written))
    assert old_files.drop_worklists(clock.today() - dt.timedelta(days=180)) == len(places)
    assert [(place / "新.xlsx").exists() for place in places] == [True] * len(places)
