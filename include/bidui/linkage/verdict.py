"""Reviewers' verdicts come back in the workbook they got: what can stand is recorded, the rest is told row by row."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

import psycopg2.extensions

from bidui import clock
from bidui.connector import sha256_of
from bidui.linkage import review
from bidui.linkage.review import DAY, DIFFERENT, MENTION, PERSON, PERSON_NAME, REASON, REVIEWER, ROW_NAME, SAME, VERDICT
from bidui.problem import Problem
from bidui.workbook import Column, export_folder, refused_list
from bidui.workbook.answer_form import choice, with_year
from bidui.workbook.answer_rows import AnsweredRow, answered_rows

# code -> column, what (zh, en), fix (zh, en)
_REFUSALS: dict[str, tuple[str, tuple[str, str], tuple[str, str]]] = {
    "not_waiting": (
        VERDICT, ("此对已不在待复核之列（取值已变化或已有结论）", "the pair is not waiting: its values have changed, or it is decided"),
        ("重新导出复核表后核对", "look at it in a newly written workbook"),
    ),
    "decided_since": (
        DAY, ("此对此后已有更晚的结论", "the pair has been decided on a later day since"),
        ("删除此行；如那次结论有误，按今天的日期重新填写", "leave the line out; if that verdict is wrong, give it again with today's date"),
    ),
    "verdict_missing": (
        VERDICT, ("未填结论", "no verdict is given"), (f"选择“{SAME}”或“{DIFFERENT}”", f"choose {SAME} (same) or {DIFFERENT} (different)"),
    ),
    "verdict_unknown": (
        VERDICT, ("结论不在选项之内", "the verdict is none of the choices"),
        (f"选择“{SAME}”或“{DIFFERENT}”", f"choose {SAME} (same) or {DIFFERENT} (different)"),
    ),
    "reviewer_missing": (REVIEWER, ("未写明复核人", "it is not said who decided"), ("填写复核人姓名", "write who decided")),
    "day_unreadable": (
        DAY, ("复核日期缺失或无法识别", "the date is missing or unreadable"),
        ("按 2026-10-16 的形式填写", "write it like 2026-10-16"),
    ),
    "day_in_future": (
        DAY, ("复核日期晚于今天", "the date lies in the future"), ("填写实际复核的日期", "write the day of the review"),
    ),
    "answers_contradict": (
        VERDICT, ("同一对有不同的结论", "the same pair is answered differently in this file"),
        ("只保留一个结论", "keep the one that is right"),
    ),
    "two_persons": (
        VERDICT, ("同一行被认定为两个人", "one row is said to be two people"),
        (f"只对一个人选择“{SAME}”", f"choose {SAME} for one person only"),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Applied:
    """What became of a workbook: verdicts recorded now, known before, lines left open, and each refused line with why.

    `refused_list` is what goes back to the reviewer, where any line does.
    """

    new: int
    known: int
    open: int
    refused: tuple[tuple[AnsweredRow, Problem], ...]
    refused_list: Path | None = None


def refused_folder() -> Path:
    """Where lists of refused lines wait to be sent back."""
    return export_folder("linkage", "退回")


def apply(
    connection: psycopg2.extensions.connection, path: Path, told_in: Path, today: dt.date | None = None
) -> Applied:
    """Record the verdicts of a returned workbook, in the caller's transaction; they count from the next night on.

    Lines that cannot stand go into a list in the folder `told_in`. The same workbook twice changes nothing. Raises
    ProblemError when the file is no review workbook.
    """
    day = today or clock.today()
    answered = answered_rows(path, review.FORM, _no_review(path))
    given = [
        {
            "place": place, "mention_hash": line[MENTION], "person_hash": line[PERSON],
            "verdict": choice(line[VERDICT], review.CHOICES), "reason": _text(line[REASON]),
            "reviewer": _text(line[REVIEWER]), "day": _text(with_year(line[DAY], day)),
        }
        for place, line in enumerate(answered.rows) if line.flaw is None
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "select place, refusal, is_new from ledger.record_link_verdicts(%s::jsonb, %s, %s)",
            (json.dumps(given), path.name, day),
        )
        judged = cursor.fetchall()
    why = {place: _problem(path, answered.rows[place], code) for place, code, _ in judged if code}
    refused = [
        (line, problem) for place, line in enumerate(answered.rows) if (problem := line.flaw or why.get(place)) is not None
    ]
    return Applied(
        new=sum(is_new for _, _, is_new in judged),
        known=sum(code is None and not is_new for _, code, is_new in judged),
        open=answered.open,
        refused=tuple(refused),
        refused_list=_write_refused(path, told_in, refused, day) if refused else None,
    )


def _write_refused(file: Path, folder: Path, refused: list[tuple[AnsweredRow, Problem]], day: dt.date) -> Path:
    path = folder / refused_list.name_of(file, sha256_of(file))
    refused_list.write(
        path, day,
        titles=[
            f"退回的复核结论 · {file.name} · Verdicts that go back",
            f"退回 {len(refused)} 行，其余已登记。 {len(refused)} lines go back, the others are recorded.",
        ],
        about=[
            Column(f"{ROW_NAME}\nList: name", 12), Column(f"{PERSON_NAME}\nRegistry: name", 12), Column("所填结论\nYour verdict", 11),
        ],
        rows=[
            (line.sheet, line.number, (line[ROW_NAME], line[PERSON_NAME], line[VERDICT]), (problem,))
            for line, problem in refused
        ],
    )  # fmt: skip
    return path


def _no_review(path: Path) -> Problem:
    return Problem(
        code="linkage.no_review",
        file=path.name,
        what_zh="不是复核表：缺少表头或隐藏列",
        what_en="this is no review workbook: its header or hidden columns are missing",
        fix_zh="使用 bidui linkage review 导出的文件",
        fix_en="use the file that `bidui linkage review` wrote",
    )


def _problem(path: Path, line: AnsweredRow, code: str) -> Problem:
    column, what, fix = _REFUSALS[code]
    return Problem(
        code=f"linkage.{code}", file=path.name, sheet=line.sheet, row=line.number, column=column,
        what_zh=what[0], what_en=what[1], fix_zh=fix[0], fix_en=fix[1],
    )  # fmt: skip


def _text(value: str) -> str:
    """As text without NUL, which the warehouse cannot hold."""
    return value.replace("\0", "")
