"""Reviewers' verdicts come back in the workbook they got: what can stand is recorded, the rest is told row by row."""

from __future__ import annotations

import datetime as dt
import hmac
import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2.extensions

from bidui import clock
from bidui.linkage.review import CHECK, DAY, DIFFERENT, MENTION, PERSON, REASON, REVIEWER, SAME, VERDICT, check_of
from bidui.problem import Problem, ProblemError
from bidui.workbook.tables import tables

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
    places: list[tuple[str | None, int]] = []
    for line, (sheet, row_no, cells) in enumerate(_lines(path)):
        places.append((sheet, row_no))
        if not any(cells[header].strip() for header in (VERDICT, REASON, REVIEWER, DAY)):
            left_open += 1
        elif not hmac.compare_digest(cells[CHECK], check_of(cells[MENTION], cells[PERSON])):
            refused[line] = "key_edited"
        else:
            answers[line] = cells
    given = [
        {
            "place": line, "mention_hash": cells[MENTION], "person_hash": cells[PERSON],
            "verdict": _text(cells[VERDICT]), "reason": _text(cells[REASON]), "reviewer": _text(cells[REVIEWER]),
            "day": _text(cells[DAY]),
        }
        for line, cells in answers.items()
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "select place, refusal, is_new from ledger.record_link_verdicts(%s::jsonb, %s, %s)",
            (json.dumps(given), path.name, day),
        )
        judged = cursor.fetchall()
    refused |= {line: code for line, code, _ in judged if code}
    return Applied(
        new=sum(is_new for _, _, is_new in judged),
        known=sum(code is None and not is_new for _, code, is_new in judged),
        open=left_open,
        refused=tuple(_problem(path, *places[line], code) for line, code in sorted(refused.items())),
    )


def _lines(path: Path) -> Iterator[tuple[str | None, int, dict[str, str]]]:
    """Lines below the header: sheet, row number as a person sees it, and the cells that come back, by header.

    Whatever the file was saved as, whatever its sheet is called now; sheets without the header say nothing.
    """
    found = False
    for table in tables(path):
        header: dict[str, int] | None = None
        for row_no, row in enumerate(table.rows, start=1):
            names = {_plain(cell): place for place, cell in enumerate(row)}
            if all(_plain(name) in names for name in _HEADERS):
                header = {name: names[_plain(name)] for name in _HEADERS}
                found = True
            elif header is not None and any(cell.strip() for cell in row):
                yield table.sheet, row_no, {name: row[at] if at < len(row) else "" for name, at in header.items()}
    if not found:
        raise ProblemError(_no_review(path))


def _plain(cell: str) -> str:
    """A header as it is told: width and blanks are what suites and hands change."""
    return "".join(unicodedata.normalize("NFKC", cell).split())


def _no_review(path: Path) -> Problem:
    return Problem(
        code="linkage.no_review",
        file=path.name,
        what_zh="不是复核表：缺少表头或隐藏列",
        what_en="this is no review workbook: its header or hidden columns are missing",
        expected_zh="、".join(_HEADERS),
        expected_en=", ".join(_HEADERS),
        fix_zh="使用 bidui linkage review 导出的文件",
        fix_en="use the file that `bidui linkage review` wrote",
    )


def _problem(path: Path, sheet: str | None, row_no: int, code: str) -> Problem:
    column, what, fix = _REFUSALS[code]
    return Problem(
        code=f"linkage.{code}", file=path.name, sheet=sheet, row=row_no, column=column,
        what_zh=what[0], what_en=what[1], fix_zh=fix[0], fix_en=fix[1],
    )  # fmt: skip


def _text(value: str) -> str:
    """As text without NUL, which the warehouse cannot hold."""
    return value.replace("\0", "")
