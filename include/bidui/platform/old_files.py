"""Files of the home beyond their retention: delivered bytes, lists of what came, receipts, worklists, logs.

Every function removes what is older than its `before` and returns how many files or folders went. Nothing is told by
name: file names are the senders' and may be a person's.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterable
from pathlib import Path

from bidui import clock
from bidui.connector import sha256_of
from bidui.home import home
from bidui.linkage import verdict
from bidui.worklist.places import refused_folder, taken_folder, worklist_folder

PART = ".part"


def drop_store(needed: set[str], before: dt.date) -> int:
    """Delivered bytes that no batch needs any more. The file's own time covers bytes that are just being landed."""
    old = [path for path in _files("store") if path.name not in needed and is_older(path, before)]
    return _unlink(old)


def drop_intake(before: dt.date) -> int:
    """Folders of nights that list the files that came, by the senders' names."""
    old = [path for path in (home() / "intake").glob("*") if path.name < before.isoformat()]
    for path in old:
        shutil.rmtree(path)
    return len(old)


def drop_pulled(landed: set[str], before: dt.date) -> tuple[int, int]:
    """Pulled copies that have landed, and halves that nobody goes on with; return (removed, kept because not landed)."""
    old = [path for path in _files("pulled") if is_older(path, before)]
    finished = [path for path in old if path.name.endswith(PART) or sha256_of(path) in landed]
    return _unlink(finished), len(old) - len(finished)


def drop_receipts(before: dt.date) -> int:
    """Receipts in the home's return folders. A folder that a contract names, or a server's, is the department's own."""
    return _unlink([path for path in _files("return") if is_older(path, before)])


def drop_worklists(before: dt.date) -> int:
    """Lists filled in, returned and refused, and verdicts refused: they hold names and numbers."""
    places = (worklist_folder(), refused_folder(), taken_folder(), verdict.refused_folder())
    old = [path for place in places for path in place.iterdir() if path not in places and is_older(path, before)]
    for path in old:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return len(old)


def drop_task_logs(tasks: Path, before: dt.date) -> int:
    """Folders of runs whose newest file is older."""
    old = [
        run
        for run in tasks.glob("dag_id=*/run_id=*")
        if all(is_older(path, before) for path in (list(run.rglob("*")) or [run]))
    ]
    for run in old:
        shutil.rmtree(run)
    return len(old)


def drop_logs(logs: Iterable[Path], before: dt.date) -> int:
    """Logs of which there is one a day."""
    return _unlink([path for path in logs if is_older(path, before)])


def turn_logs(folder: Path, megabytes: int) -> int:
    """Copy a long component log aside and empty it: the component keeps its file open, so it cannot be renamed."""
    turned = 0
    for path in folder.glob("*.log"):
        if path.stat().st_size > megabytes * 2**20:
            shutil.copyfile(path, path.with_suffix(".log.1"))
            with path.open("r+b") as stream:
                stream.truncate(0)
            turned += 1
    return turned


def is_older(path: Path, before: dt.date) -> bool:
    """Whether a file was last written before that day in the county."""
    return dt.datetime.fromtimestamp(path.stat().st_mtime, tz=clock.COUNTY_TIME).date() < before


def _files(place: str) -> list[Path]:
    return sorted(path for path in (home() / place).rglob("*") if path.is_file())


def _unlink(files: list[Path]) -> int:
    for path in files:
        path.unlink()
    return len(files)
