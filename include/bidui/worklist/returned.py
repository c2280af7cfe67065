"""Returned worklists: read however people have edited them, record the answers, send back what cannot stand."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2.extensions

from bidui import clock, outcome
from bidui.connector import sha256_of
from bidui.outcome import Answer, Place
from bidui.problem import Problem, ProblemError
from bidui.workbook import Column, open_book
from bidui.workbook.tables import Table, tables
from bidui.worklist import form

# A file that was written to in the last minute may not be whole yet.
SETTLED_SECONDS = 60

RECORD = """
insert into ledger.returned_file
    (file_name, sha256, taken_by, rows_answered, rows_recorded, rows_known, rows_refused, refused_list)
values (%s, %s, %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True)
class Line:
    """One row of a returned form that holds an answer: what it says and where it stands, as text."""

    place: Place
    cells: dict[str, str]

    def __getitem__(self, name: str) -> str:
        """The cell under a header, empty where the column is gone."""
        return self.cells.get(name, "")

    @property
    def is_sound(self) -> bool:
        """Whether its keys still belong together."""
        return self[form.SEAL] == form.seal(self[form.FINDING], self[form.VALUES], self[form.CYCLE])


@dataclass
class Taken:
    """What became of one returned file: answered = recorded + known + refused. `refused_list` is what goes back."""

    file: Path
    lines: tuple[Line, ...] = ()
    recorded: int = 0
    known: int = 0
    refused: list[tuple[Line, tuple[Problem, ...]]] = field(default_factory=list)
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
    taken = _read_all(files)
    sound = [(one, line, _answer(line)) for one in taken for line in one.lines if line.is_sound]
    applied = outcome.apply(connection, [answer for *_, answer in sound], day)
    of_answer = {id(answer): (one, line) for one, line, answer in sound}
    for done in applied.recorded:
        one, _ = of_answer[id(done.answer)]
        one.recorded += done.is_new
        one.known += not done.is_new
    for refused in applied.refused:
        one, line = of_answer[id(refused.answer)]
        one.refused.append((line, refused.problems))
    for one in taken:
        one.refused += [(line, (_edited(line),)) for line in one.lines if not line.is_sound]
        one.refused.sort(key=lambda refused: (refused[0].place.sheet or "", refused[0].place.row or 0))
        _conclude(connection, one, refused_folder, by, day)
    return taken


def take_folder(
    connection: psycopg2.extensions.connection, folder: Path, kept_in: Path, refused_folder: Path, *, by: str,
    today: dt.date | None = None,
) -> list[Taken]:  # fmt: skip
    """Take in every file that lies in `folder`, each by itself, and move it to `kept_in`; commits after each.

    A file that cannot be read goes back with the reason, like a row. What is still being written (the last minute),
    and what an office suite leaves beside an open file, waits.
    """
    day = today or clock.today()
    done = []
    for file in sorted(folder.iterdir()):
        if not file.is_file() or file.name.startswith(("~$", ".")) or time.time() - file.stat().st_mtime < SETTLED_SECONDS:
            continue
        with connection:
            try:
                (one,) = take_back(connection, [file], refused_folder, by=by, today=day)
            except ProblemError as error:
                one = Taken(file, unreadable=error.problems)
                _conclude(connection, one, refused_folder, by, day)
        file.rename(kept_in / f"{day}_{sha256_of(file)[:8]}_{file.name}")
        done.append(one)
    return done


def _read_all(files: Sequence[Path]) -> list[Taken]:
    taken: list[Taken] = []
    problems: list[Problem] = []
    for file in files:
        try:
            taken.append(Taken(file, tuple(answered_lines(file))))
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
        one.refused_list = refused_folder / f"{one.file.stem[:60]}_{sha256[:8]}_退回.xlsx"
        _write_refused(one.refused_list, one, day)
    with connection.cursor() as cursor:
        cursor.execute(
            RECORD,
            (
                one.file.name, sha256, by, len(one.lines), one.recorded, one.known, len(one.refused),
                str(one.refused_list) if one.refused_list else None,
            ),
        )  # fmt: skip


def answered_lines(file: Path) -> Iterator[Line]:
    """Rows that hold an answer, wherever rows and columns have gone; the rest of the file says nothing.

    Raises ProblemError when the file cannot be read, or no sheet has the columns by which a row is known.
    """
    found = False
    problems: list[Problem] = []
    for table in tables(file):
        header = _header(table)
        if header is None:
            continue
        missing = [name for name in (form.VERDICT, *form.KEYS) if name not in header[1]]
        if missing:
            problems.append(_no_column(file, table, missing))
            continue
        found = True
        yield from _lines(file, table, *header)
    if not found:
        raise ProblemError(problems or [_no_worklist(file)])


def _header(table: Table) -> tuple[int, dict[str, int]] | None:
    """The first row that has an answer's or a key's header: its index, and column → position."""
    for index, row in enumerate(table.rows):
        names = _names(row)
        if form.VERDICT in names or form.FINDING in names:
            return index, names
    return None


def _names(row: list[str]) -> dict[str, int]:
    names: dict[str, int] = {}
    for position, cell in enumerate(row):
        name = form.chinese_part(cell)
        if name:
            names.setdefault(name, position)
    return names


def _lines(file: Path, table: Table, header: int, columns: dict[str, int]) -> Iterator[Line]:
    wanted = _wanted(columns)
    for row_no, row in enumerate(table.rows[header + 1 :], start=header + 2):
        names = _names(row)
        if all(name in names for name in (form.VERDICT, *form.KEYS)):  # another village's list pasted below
            wanted = _wanted(names)
            continue
        cells = {name: row[position].strip() for name, position in wanted.items() if position < len(row)}
        if any(cells.get(name) for name in form.ANSWERS):
            yield Line(Place(file.name, table.sheet, row_no), cells)


def _wanted(columns: dict[str, int]) -> dict[str, int]:
    return {name: columns[name] for name in (*form.ANSWERS, *form.KEYS, form.PERSON, form.TITLE) if name in columns}


def _answer(line: Line) -> Answer:
    checked = [line[name] for name in (form.CHECKED_ON, form.CHECKED_BY, form.CHECKED_HOW)]
    return Answer(
        finding_id=line[form.FINDING],
        verdict=form.choice(line[form.VERDICT], form.CHOICES) or None,
        wrong_side=form.choice(line[form.WRONG_SIDE], form.WRONG_SIDES) or None,
        reason=line[form.NOTE] or None,
        # Half a record is none: who, how and when belong together.
        field_check=" ".join(checked) if all(checked) else None,
        answered_by=line[form.CHECKED_BY] or None,
        answered_on=line[form.CHECKED_ON] or None,
        value_hash=line[form.VALUES],
        place=line.place,
    )


def _write_refused(path: Path, one: Taken, day: dt.date) -> None:
    columns = [
        Column("工作表\nSheet", 12), Column("行号\nRow", 7), Column("姓名\nPerson", 10), Column("疑点\nFinding", 26),
        Column("所填结果\nYour answer", 11), Column("退回原因\nWhy it goes back", 40), Column("请您处理\nWhat to do", 36),
        Column("English", 60),
    ]  # fmt: skip
    with open_book(path, created=day, title="退回的核实结果") as book:
        sheet = book.sheet(
            "退回", columns,
            titles=[
                f"退回的核实结果 · {one.file.name} · Answers that go back",
                f"填写 {len(one.lines)} 行，登记 {one.recorded} 行，此前已登记 {one.known} 行，退回 {len(one.refused)} 行。"
                f" {len(one.lines)} answered = {one.recorded} recorded + {one.known} known + {len(one.refused)} sent back.",
            ],
        )  # fmt: skip
        for problem in one.unreadable:
            sheet.row([problem.sheet, None, None, None, None, problem.what_zh, problem.fix_zh, problem.en])
        for line, problems in one.refused:
            sheet.row([
                line.place.sheet, line.place.row, line[form.PERSON], line[form.TITLE], line[form.VERDICT],
                "；".join(problem.what_zh for problem in problems),
                "；".join(dict.fromkeys(problem.fix_zh or "" for problem in problems)),
                "; ".join(f"{problem.what_en}: {problem.fix_en}" for problem in problems),
            ])  # fmt: skip


def _edited(line: Line) -> Problem:
    return Problem(
        code="worklist.key_edited",
        file=line.place.file,
        sheet=line.place.sheet,
        row=line.place.row,
        column=form.FINDING,
        what_zh="该行的编号列被改动或移错了行",
        what_en="the key columns of this row were edited or belong to another row",
        fix_zh="在原清单中重新填写这一行，不要改动隐藏的编号列",
        fix_en="answer the row again in the original list and leave the hidden key columns alone",
    )


def _no_column(file: Path, table: Table, missing: list[str]) -> Problem:
    return Problem(
        code="worklist.no_column",
        file=file.name,
        sheet=table.sheet,
        column="、".join(missing),
        what_zh="缺少下发清单中的列，无法知道填写的是哪条疑点",
        what_en="columns of the list that was handed out are gone, so nobody knows which findings are answered",
        fix_zh="在原清单中填写，隐藏的列也要保留",
        fix_en="answer in the original list and keep its hidden columns",
    )


def _no_worklist(file: Path) -> Problem:
    return Problem(
        code="worklist.unknown_file",
        file=file.name,
        what_zh="这不是下发的核实清单",
        what_en="this is not a worklist that was handed out",
        expected_zh=f"表头含“{form.VERDICT}”的工作表",
        expected_en=f"a sheet with the header “{form.VERDICT}”",
        fix_zh="检查是否拿错了文件",
        fix_en="check that it is the right file",
    )
