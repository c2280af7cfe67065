"""The answered rows of a form that came back, read however people have edited it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from bidui.problem import Problem, ProblemError
from bidui.workbook.answer_form import AnswerForm, chinese_part
from bidui.workbook.tables import Table, tables

# A sheet without a key and with fewer of a form's columns is somebody's own: a summary, a note.
_LIKE_A_FORM = 3


@dataclass(frozen=True)
class AnsweredRow:
    """One row that holds an answer: where it stands, what it says, and why it cannot be taken, where it cannot."""

    sheet: str | None
    number: int
    cells: dict[str, str]
    flaw: Problem | None = None

    def __getitem__(self, name: str) -> str:
        """The cell under a header, empty where the column is gone."""
        return self.cells.get(name, "")


@dataclass(frozen=True)
class Answered:
    """What stands in a returned form: the answered rows, and how many were left open."""

    rows: tuple[AnsweredRow, ...]
    open: int


def answered_rows(file: Path, form: AnswerForm, stranger: Problem) -> Answered:
    """Read `file` as a form that came back.

    Rows of a sheet whose columns are not all there, and rows whose keys are not theirs, come with their flaw. Raises
    ProblemError when the file cannot be read, when no sheet is the form (`stranger` says so), or none is whole.
    """
    rows: list[AnsweredRow] = []
    problems: list[Problem] = []
    left_open, is_found = 0, False
    for table in tables(file):
        reading = _Reading(file, form, table)
        for number, row in enumerate(table.rows, start=1):
            if reading.is_header(row):
                continue
            cells = reading.cells(row)
            if any(cells.get(name) for name in form.answers):
                rows.append(AnsweredRow(table.sheet, number, cells, reading.flaw(number, cells)))
            elif any(cells.get(name) for name in form.keys):
                left_open += 1
        is_found |= reading.is_whole
        problems += reading.problems
    if not is_found:
        raise ProblemError(problems or [stranger])
    return Answered(tuple(rows), left_open)


def column_gone(file: Path, row: AnsweredRow, form: AnswerForm) -> tuple[Problem, ...]:
    """What to add to a refusal where columns that are filled in were renamed or removed: then nothing was left out."""
    gone = [name for name in form.others if name not in row.cells]
    if not gone:
        return ()
    return (
        Problem(
            code="form.column_gone",
            file=file.name,
            sheet=row.sheet,
            row=row.number,
            column="、".join(gone),
            what_zh="表中没有这些列（被改名或删除），所填内容未能读取",
            what_en="these columns were renamed or removed, so what stands in them was not read",
            fix_zh="把表头改回下发时的写法",
            fix_en="write the headers as they were handed out",
        ),
    )


class _Reading:
    """One sheet under way: which columns its rows stand in, since a list pasted below another brings its own header."""

    def __init__(self, file: Path, form: AnswerForm, table: Table) -> None:
        self._file, self._form, self._sheet = file, form, table.sheet
        self._columns: dict[str, int] = {}
        self._problem: Problem | None = None
        self.is_whole = False
        self.problems: list[Problem] = []

    def is_header(self, row: list[str]) -> bool:
        """Whether the row is a header of the form; then the rows below are read by it."""
        names = [chinese_part(cell) for cell in row]
        wanted = Counter(name for name in names if name in self._form.columns)
        has_key = any(name in wanted for name in self._form.keys)
        if not has_key and (self._form.verdict not in wanted or len(wanted) < _LIKE_A_FORM):
            return False
        self._columns = {name: names.index(name) for name in wanted}
        missing = [name for name in self._form.needed if name not in wanted]
        twice = [name for name, times in wanted.items() if times > 1]
        if missing:
            self._problem = _no_column(self._file, self._sheet, missing)
        elif twice:
            self._problem = _column_twice(self._file, self._sheet, twice)
        else:
            self._problem, self.is_whole = None, True
        if self._problem:
            self.problems.append(self._problem)
        return True

    def cells(self, row: list[str]) -> dict[str, str]:
        """The cells that are read, by header; none above the first header."""
        return {name: row[at].strip() if at < len(row) else "" for name, at in self._columns.items()}

    def flaw(self, number: int, cells: dict[str, str]) -> Problem | None:
        """Why an answered row cannot be taken as what it says it is."""
        if self._problem:
            return self._problem
        if not self._form.is_of(cells):
            return _edited(self._file, self._sheet, number, self._form)
        if not self._form.is_about_the_same(cells):
            return _moved(self._file, self._sheet, number, self._form)
        return None


def _no_column(file: Path, sheet: str | None, missing: list[str]) -> Problem:
    return Problem(
        code="form.no_column",
        file=file.name,
        sheet=sheet,
        column="、".join(missing),
        what_zh="缺少下发时的列，无法知道填写的是哪一条",
        what_en="columns of the form that was handed out are gone, so nobody knows what is answered",
        fix_zh="在下发的原表中填写，表头不改，隐藏的列也要保留",
        fix_en="answer in the form as it was handed out; leave its headers and keep its hidden columns",
    )


def _column_twice(file: Path, sheet: str | None, twice: list[str]) -> Problem:
    return Problem(
        code="form.column_twice",
        file=file.name,
        sheet=sheet,
        column="、".join(twice),
        what_zh="有两列同名，无法知道以哪一列为准",
        what_en="two columns have the same header, so nobody knows which counts",
        fix_zh="删除或改名自行添加的那一列",
        fix_en="remove or rename the one that was added",
    )


def _edited(file: Path, sheet: str | None, row: int, form: AnswerForm) -> Problem:
    return Problem(
        code="form.key_edited",
        file=file.name,
        sheet=sheet,
        row=row,
        column=form.keys[0],
        what_zh="该行隐藏的编号列被改动或移错了行",
        what_en="the hidden key columns of this row were edited or belong to another row",
        fix_zh="在下发的原表中重新填写这一行，不要改动隐藏的编号列",
        fix_en="answer the row again in the form as it was handed out and leave the hidden key columns alone",
    )


def _moved(file: Path, sheet: str | None, row: int, form: AnswerForm) -> Problem:
    return Problem(
        code="form.row_moved",
        file=file.name,
        sheet=sheet,
        row=row,
        column="、".join(form.shown),
        what_zh="该行所示的人或事与下发时不符（多为只选部分列排序、粘贴错行，或改动了这些列）",
        what_en="the row is not about whom it was when handed out: only some columns were sorted, or cells were pasted over",
        fix_zh="在下发的原表中重新填写这一行；排序时选中全部列，要更正姓名、号码请写在说明里",
        fix_en="answer the row again in the form as it was handed out; sort all columns together, write corrections into the note",
    )
