"""Nights are published in order, each once: the checks that keep it so."""

from __future__ import annotations

import datetime as dt

import psycopg2.extensions

from bidui.problem import Problem, ProblemError


def refuse_to_overtake(cursor: psycopg2.extensions.cursor, as_of: dt.date, kind: str) -> None:
    """Raise ProblemError when the night is older than the published one, or an earlier night is still running."""
    cursor.execute("select as_of from ledger.published_night")
    row = cursor.fetchone()
    published = row[0] if row else None
    if kind == "night" and published is not None and as_of < published:
        raise ProblemError(
            Problem(
                code="night_already_passed",
                what_zh=f"{as_of} 早于已发布的比对日期",
                what_en=f"the night {as_of} is older than the published one",
                expected_zh=f"比对日期不早于已发布的 {published}",
                expected_en=f"a night not before the published one, {published}",
                fix_zh=f"如需核验旧日期，请用 bidui replay --as-of {as_of}；如需重算，请用 bidui rebuild --from {as_of}",
                fix_en=f"to check an older night use `bidui replay --as-of {as_of}`,"
                f" to recompute it `bidui rebuild --from {as_of}`",
            )
        )
    cursor.execute(
        "select as_of from ledger.run where status = 'running' and kind = 'night' and as_of < %s order by 1 limit 1",
        (as_of,),
    )
    row = cursor.fetchone()
    if row is not None:
        raise ProblemError(
            Problem(
                code="earlier_night_running",
                what_zh=f"{as_of} 不能越过较早的一夜",
                what_en=f"the night {as_of} may not overtake an earlier one",
                expected_zh=f"较早的 {row[0]} 已完成或已记为失败",
                expected_en=f"the earlier night {row[0]} finished, or recorded as failed",
                fix_zh="等待其完成后重试；若其任务已失败，请先清除重跑",
                fix_en="wait for it and retry; if its task failed, clear that task first",
            )
        )
