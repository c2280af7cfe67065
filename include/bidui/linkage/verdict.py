"""Reviewers' verdicts come back in the workbook they got: what can stand is recorded, the rest is told row by row."""

from __future__ import annotations

import datetime as dt
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2.extensions

from bidui import clock
from bidui.landing.workbook import Workbook
from bidui.linkage.review import CHECK, DAY, DIFFERENT, MENTION, PERSON, REASON, REVIEWER, SAME, VERDICT, check_of
from bidui.problem import Problem, ProblemError

_HEADERS = (VERDICT, REASON, REVIEWER, DAY, MENTION, PERSON, CHECK)

# code -> column, what (zh, en), fix (zh, en)
_REFUSALS: dict[str, tuple[str, tuple[str, str], tuple[str, str]]] = {
    "key_edited": (
        CHECK, ("该行的隐藏标识被改动", "the hidden keys of this line were edited"),
        ("重新导出复核表后填写", "answer it in a newly written workbook"),
    ),
    "not_waiting": (
        VERDICT, ("此对已不在待复核之列（取值已变化或已有结论）", "the pair is not waiting: its values have changed, or it is decided"),
        ("重新导出复核表后核对", "look at it in a newly written workbook"),
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
    """What became of a workbook: verdicts recorded now, known before, lines left open, and every refusal."""

    new: int
    known: int
    open: int
    refused: tuple[Problem, ...]


def apply(connection: psycopg2.extensions.connection, path: Path, today: dt.date | None = None) -> Applied:
    """Record the verdicts of a returned workbook, in the caller's transaction; they count from the next night on.

    The same workbook twice changes nothing. Raises ProblemError when the file is no review workbook.
    """
    day = today or clock.today()
    answers: dict[int, dict[str, str]] = {}
    refused: dict[int, str] = {}
    left_open = 0
    for row_no, cells in _lines(path):
        if not any(cells[header].strip() for header in (VERDICT, REASON, REVIEWER, DAY)):
            left_open += 1
        elif not hmac.compare_digest(cells[CHECK], check_of(cells[MENTION], cells[PERSON])):
            refused[row_no] = "key_edited"
        else:
            answers[row_no] = cells
    given = [
        {
            "place": row_no, "mention_hash": cells[MENTION], "person_hash": cells[PERSON],
            "verdict": _text(cells[VERDICT]), "reason": _text(cells[REASON]), "reviewer": _text(cells[REVIEWER]),
            "day": _text(cells[DAY]),
        }
        for row_no, cells in answers.items()
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "select place, refusal, is_new from ledger.record_link_verdicts(%s::jsonb, %s, %s)",
            (json.dumps(given), path.name, day),
        )
        judged = cursor.fetchall()
    refused |= {row_no: code for row_no, code, _ in judged if code}
    return Applied(
        new=sum(is_new for _, _, is_new in judged),
        known=sum(code is None and not is_new for _, code, is_new in judged),
        open=left_open,
        refused=tuple(_problem(path, row_no, code) for row_no, code in sorted(refused.items())),
    )


def _lines(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Lines below the header with the cells that come back, by header; row numbers as a person sees them."""
    for sheet in Workbook(path, path.name, path.name, "xlsx").sheets:
        header: dict[str, int] | None = None
        for row_no, row in enumerate(sheet.rows(), start=1):
            if header is None:
                if all(name in row for name in _HEADERS):
                    header = {name: row.index(name) for name in _HEADERS}
                continue
            if any(cell.strip() for cell in row):
                yield row_no, {name: row[at] if at < len(row) else "" for name, at in header.items()}
        if header is None:
            raise ProblemError(
                Problem(
                    code="linkage.no_review",
                    file=path.name,
                    sheet=sheet.sheet,
                    what_zh="不是复核表：缺少表头或隐藏列",
                    what_en="this is no review workbook: its header or hidden columns are missing",
                    expected_zh="、".join(_HEADERS),
                    expected_en=", ".join(_HEADERS),
                    fix_zh="使用 bidui linkage review 导出的文件",
                    fix_en="use the file that `bidui linkage review` wrote",
                )
            )


def _problem(path: Path, row_no: int, code: str) -> Problem:
    column, what, fix = _REFUSALS[code]
    return Problem(
        code=f"linkage.{code}", file=path.name, row=row_no, column=column,
        what_zh=what[0], what_en=what[1], fix_zh=fix[0], fix_en=fix[1],
    )  # fmt: skip


def _text(value: str) -> str:
    """As text without NUL, which the warehouse cannot hold."""
    return value.replace("\0", "")
