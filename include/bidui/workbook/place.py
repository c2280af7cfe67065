"""Where exports with names and numbers lie, and how a file gets there: written beside, then renamed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bidui.home import folder, taking_turns
from bidui.problem import Problem, ProblemError

# In bytes: to ask for a longer one is an error.
_LONGEST_NAME = 255
# What Windows takes in no name; a dot too, since what follows it would pass for an ending.
_UNUSABLE = re.compile(r'[\x00-\x1f\\/:*?"<>|.]+')


def file_stem(text: str) -> str:
    """A text (the name of a place, of a file that somebody sent) as a file's name without its ending, on any system."""
    return _UNUSABLE.sub("_", text)


def export_folder(*parts: str) -> Path:
    """Return a folder under `BIDUI_HOME/exports`, readable by the platform's own user alone (0700 all the way)."""
    return folder("exports", *parts)


@contextmanager
def replacing(path: Path, *, mode: int = 0o600) -> Iterator[Path]:
    """Yield a name beside `path` to write to; at the end of the block it becomes `path`, with `mode`.

    On an exception the old file stays as it was and nothing is left beside it. A full disk, a folder without the
    right to write or a file that cannot be replaced is a `ProblemError`.
    """
    refuse_if_open(path)
    beside = path.with_name(f".{path.name}.part")
    with writing(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            beside.unlink(missing_ok=True)
            beside.touch(mode=0o600)
            yield beside
            beside.chmod(mode)  # a library may have made the file anew
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


@contextmanager
def all_or_none(folder: Path) -> Iterator[Path]:
    """Yield an empty folder (0700) to write files to; at the end of the block they all move to `folder`, or none does and
    a `folder` that was not there is gone again.

    Raises ProblemError when one that would be replaced is open elsewhere, or the place cannot be written.
    """
    beside, was_there = folder / ".export.part", folder.exists()
    # Two that write to one folder would move each other's half-written files.
    with taking_turns("export"), writing(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(mode=0o700)
        try:
            yield beside
            files = sorted(beside.iterdir())
            for file in files:
                refuse_if_open(folder / file.name)
            for file in files:
                file.replace(folder / file.name)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
            if not was_there and not any(folder.iterdir()):
                folder.rmdir()


@contextmanager
def replacing_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty folder beside `folder` (0700) to write to; at the end of the block it becomes `folder`.

    On an exception the old folder stays as it was. Raises ProblemError when one of its files is open elsewhere, or the
    place cannot be written.
    """
    beside, before = folder.with_name(f".{folder.name}.part"), folder.with_name(f".{folder.name}.before")
    with taking_turns("export"), writing(folder):
        if before.exists() and folder.exists():  # a run was cut behind its last rename
            shutil.rmtree(before)
        elif before.exists():  # or between the two
            before.rename(folder)
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(mode=0o700)
        try:
            yield beside
            for file in files_people_see(folder):
                refuse_if_open(file)
            if folder.exists():
                folder.rename(before)
            try:
                beside.rename(folder)
            except OSError:
                if before.exists():
                    before.rename(folder)
                raise
            shutil.rmtree(before, ignore_errors=True)
        finally:
            shutil.rmtree(beside, ignore_errors=True)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the system says about writing to `path` (a full disk, no right, a name taken) into a `ProblemError`."""
    try:
        yield
    except OSError as error:
        raise ProblemError(_not_written(path, error)) from error


def open_marks(path: Path) -> list[Path]:
    """What says that somebody has the file open: Excel leaves `~$name` beside it, WPS `.~name`, LibreOffice `.~lock.name#`."""
    marks = (path.with_name(f"~${path.name}"), path.with_name(f".~{path.name}"), path.with_name(f".~lock.{path.name}#"))
    return [mark for mark in marks if len(mark.name.encode()) <= _LONGEST_NAME and mark.exists()]


def is_left_beside(name: str) -> bool:
    """Whether a file of this name is what suites and systems leave beside others: nothing that anybody hands in."""
    return name.startswith(("~$", ".")) or name.casefold() in ("thumbs.db", "desktop.ini")


def files_people_see(folder: Path) -> list[Path]:
    """All files below a folder, apart from what suites and systems leave beside them; none when there is no folder."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and not is_left_beside(path.name)]


def refuse_if_open(path: Path) -> None:
    """Raise ProblemError when somebody has the file open.

    Replaced under their hands, the file would be written over with the old content at their next save.
    """
    for mark in open_marks(path):
        raise ProblemError(
            Problem(
                code="export.open_elsewhere",
                file=path.name,
                what_zh="文件正在别处打开，未作更改",
                what_en="the file is open elsewhere; nothing was changed",
                found=mark.name,
                fix_zh=f"关闭该文件后重试；如确无人打开，删除 {mark}",
                fix_en=f"close it and try again; if nobody has it open, remove {mark}",
            )
        )


def _not_written(path: Path, error: OSError) -> Problem:
    # A folder written beside is gone when this is read; what holds it is what to look at.
    place = next(one for one in path.parents if not any(part.endswith(".part") for part in one.parts))
    return Problem(
        code="export.not_written",
        file=path.name,
        what_zh="文件没有写成，原文件未动",
        what_en="the file could not be written; the old one is untouched",
        found=error.strerror or type(error).__name__,
        fix_zh=f"检查 {place} 的空间与权限，关闭已打开的同名文件后重试",
        fix_en=f"check space and rights of {place}, close the file where it is open, and try again",
    )
