"""Returned worklists: read however people have edited them, record the answers, send back what cannot stand."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2.extensions

from bidui import clock, outcome
from bidui.connector import sha256_of
from bidui.outcome import Answer, Place
from bidui.problem import Problem, ProblemError
from bidui.workbook import Column, is_left_beside, open_marks, refused_list
from bidui.workbook.answer_form import choice, with_year
from bidui.workbook.answer_rows import AnsweredRow, answered_rows, column_gone
from bidui.worklist import form

# A file that was written to in the last minute may not be whole yet.
SETTLED_SECONDS = 60
# What says that a file is open, and is older than a working day, was left by a program that ended badly.
OPEN_SECONDS = 12 * 3600
# A name has 255 bytes; day, digest and what is written beside it need the rest.
NAME_BYTES = 200

RECORD = """
insert into ledger.returned_file
    (file_name, sha256, taken_by, rows_answered, rows_recorded, rows_known, rows_refused, refused_list)
values (%s, %s, %s, %s, %s, %s, %s, %s)
"""


@dataclass
class Taken:
    """What became of one returned file: answered = recorded + known + refused. `refused_list` is what goes back."""

    file: Path
    lines: tuple[AnsweredRow, ...] = ()
    recorded: int = 0
    known: int = 0
    refused: list[tuple[AnsweredRow, tuple[Problem, ...]]] = field(default_factory=list)
    unreadable: tuple[Problem, ...] = ()
    refused_list: Path | None = None


def take_back(
    connection: psycopg2.extensions.connection,
    files: Sequence[Path],
    refused_folder: Path,
    *,
    by: str,
    today: dt.date | None = None,
) -> list[Taken]:
    """Record the answers of returned worklists, all files together; rows that cannot stand go back as a list each.

    The same file twice changes nothing. `by` is who took them in. The caller commits. Raises ProblemError when a file
    is no worklist or cannot be read; then nothing is recorded.
    """
    day = today or clock.today()
    taken = _read_all([file for file in files if not is_left_beside(file.name)])
    _record(connection, taken, refused_folder, by, day)
    return taken


def take_folder(
    connection: psycopg2.extensions.connection, folder: Path, kept_in: Path, refused_folder: Path, *, by: str,
    today: dt.date | None = None,
) -> Iterator[Taken]:  # fmt: skip
    """Take in every file below `folder`, each by itself, and move it to `kept_in`; commits after each
    and tells what became of it.

    A file that cannot be read goes back with the reason, like a row. One that may still be written to waits: touched in
    the last minute, or open in an office suite. Raises ProblemError at the end for files that could not be moved or told
    of; they stay, whole, for the next time. It counts them and names none: it is logged, and people name files by people.
    """
    day = today or clock.today()
    left: Counter[str] = Counter()
    for file in sorted(folder.rglob("*")):
        if not file.is_file() or kept_in in file.parents or is_left_beside(file.name):
            continue
        try:
            if _may_change(file):
                continue
            with connection:
                one = _take_one(connection, file, refused_folder, by, day)
            file.rename(kept_in / _kept_name(file, day))
            yield one
        except ProblemError as error:
            left[error.problems[0].code] += 1
        except OSError as error:
            left[error.strerror or type(error).__name__] += 1
    if left:
        raise ProblemError(_not_taken(folder, left))


def _may_change(file: Path) -> bool:
    now = time.time()
    return now - file.stat().st_mtime < SETTLED_SECONDS or any(
        now - mark.stat().st_mtime < OPEN_SECONDS for mark in open_marks(file)
    )


def _kept_name(file: Path, day: dt.date) -> str:
    """The file's own name behind day and digest, cut to what a file system takes."""
    room = NAME_BYTES - len(file.suffix.encode())
    return f"{day}_{sha256_of(file)[:8]}_{file.stem.encode()[:room].decode(errors='ignore')}{file.suffix}"


def _take_one(
    connection: psycopg2.extensions.connection, file: Path, refused_folder: Path, by: str, day: dt.date
) -> Taken:
    try:
        (one,) = _read_all([file])
    except ProblemError as error:
        one = Taken(file, unreadable=error.problems)
    _record(connection, [one], refused_folder, by, day)
    return one


def _record(
    connection: psycopg2.extensions.connection, taken: Sequence[Taken], refused_folder: Path, by: str, day: dt.date
) -> None:
    """Record the answers of all files together, tell of each what became of it."""
    sound = [(one, line, _answer(one.file, line, day)) for one in taken for line in one.lines if line.flaw is None]
    applied = outcome.apply(connection, [answer for *_, answer in sound], day)
    of_answer = {id(answer): (one, line) for one, line, answer in sound}
    told: set[int] = set()
    for done in applied.recorded:
        one, _ = of_answer[id(done.answer)]
        is_first = done.is_new and done.outcome_id not in told  # a row copied twice is one answer
        told.add(done.outcome_id)
        one.recorded += is_first
        one.known += not is_first
    for refused in applied.refused:
        one, line = of_answer[id(refused.answer)]
        one.refused.append((line, refused.problems + column_gone(one.file, line, form.FORM)))
    for one in taken:
        one.refused += [(line, (line.flaw,)) for line in one.lines if line.flaw]
        one.refused.sort(key=lambda refused: (refused[0].sheet or "", refused[0].number))
        _conclude(connection, one, refused_folder, by, day)


def _read_all(files: Sequence[Path]) -> list[Taken]:
    taken: list[Taken] = []
    problems: list[Problem] = []
    for file in files:
        try:
            taken.append(Taken(file, answered_rows(file, form.FORM, _no_worklist(file)).rows))
        except ProblemError as error:
            problems += error.problems
    if problems:
        raise ProblemError(problems)
    return taken


def _conclude(
    connection: psycopg2.extensions.connection, one: Taken, refused_folder: Path, by: str, day: dt.date
) -> None:
    """Write the list that goes back, where anything does, and the record of the file."""
    sha256 = sha256_of(one.file)
    if one.refused or one.unreadable:
        one.refused_list = refused_folder / refused_list.name_of(one.file, sha256)
        _write_refused(one.refused_list, one, day)
    with connection.cursor() as cursor:
        cursor.execute(
            RECORD,
            (
                one.file.name, sha256, by, len(one.lines), one.recorded, one.known, len(one.refused),
                str(one.refused_list) if one.refused_list else None,
            ),
        )  # fmt: skip


def _answer(file: Path, line: AnsweredRow, today: dt.date) -> Answer:
    by, how, day = line[form.CHECKED_BY], line[form.CHECKED_HOW], with_year(line[form.CHECKED_ON], today)
    return Answer(
        finding_id=line[form.FINDING],
        verdict=choice(line[form.VERDICT], form.CHOICES) or None,
        wrong_side=choice(line[form.WRONG_SIDE], form.WRONG_SIDES) or None,
        reason=line[form.NOTE] or None,
        # Half a record is none: who, how and when belong together. The day has a column of its own, because suites
        # write it in as many ways as there are; the same answer saved as text is still the same answer.
        field_check=f"{by} {how}" if by and how and day else None,
        answered_by=by or None,
        answered_on=day or None,
        value_hash=line[form.VALUES],
        place=Place(file.name, line.sheet, line.number),
    )


def _write_refused(path: Path, one: Taken, day: dt.date) -> None:
    unreadable = [(problem.sheet, None, ("", "", ""), (problem,)) for problem in one.unreadable]
    refused = [
        (line.sheet, line.number, (line[form.PERSON], line[form.TITLE], line[form.VERDICT]), problems)
        for line, problems in one.refused
    ]
    refused_list.write(
        path, day,
        titles=[
            f"退回的核实结果 · {one.file.name} · Answers that go back",
            f"填写 {len(one.lines)} 行，登记 {one.recorded} 行，此前已登记 {one.known} 行，退回 {len(one.refused)} 行。"
            f" {len(one.lines)} answered = {one.recorded} recorded + {one.known} known + {len(one.refused)} sent back.",
        ],
        about=[Column("姓名\nPerson", 10), Column("疑点\nFinding", 26), Column("所填结果\nYour answer", 11)],
        rows=[*unreadable, *refused],
    )  # fmt: skip


def _not_taken(folder: Path, left: Counter[str]) -> Problem:
    return Problem(
        code="worklist.not_taken",
        what_zh=f"收回的清单有 {left.total()} 份无法读取、移走或写出退回名单",
        what_en=f"{left.total()} returned lists cannot be read, moved away or answered",
        found=", ".join(f"{reason} ({count})" for reason, count in left.items()),
        fix_zh=f"检查 {folder} 中留下的文件、taken 与退回文件夹的权限与空间，关闭已打开的退回名单",
        fix_en=f"check rights and space of what is left in {folder}, of its folder taken and of the lists that go back;"
        " close those that are open",
    )


def _no_worklist(file: Path) -> Problem:
    return Problem(
        code="worklist.unknown_file",
        file=file.name,
        what_zh="这不是下发的核实清单",
        what_en="this is not a worklist that was handed out",
        expected_zh=f"表头含“{form.VERDICT}”的工作表",
        expected_en=f"a sheet with the header “{form.VERDICT}”",
        fix_zh="检查是否拿错了文件、是否删去了表头",
        fix_en="check that it is the right file and still has its header",
    )
