"""Nights are published in order, each once, and none while earlier ones are rebuilt: the checks that keep it so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2.extensions

from bidui.problem import Problem, ProblemError
from bidui.warehouse import lock
from bidui.warehouse.connection import connect


@contextmanager
def no_night_meanwhile() -> Iterator[None]:
    """Keep nights from being frozen or published in the block. Raises ProblemError when one is under way or unpublished."""
    with _alone(lock.REBUILD, "bidui rebuild", _under_way(None)) as cursor:
        cursor.execute("select min(as_of) from ledger.night_under_way")
        [(under_way,)] = cursor.fetchall()
        if under_way is not None:
            raise ProblemError(_under_way(under_way))
        yield


@contextmanager
def no_load_meanwhile() -> Iterator[None]:
    """Keep reference data as it is in the block, where a night is proved. Raises ProblemError while it is loaded, or
    another night is proved."""
    with _alone(lock.REPLAY, "bidui replay", _proving()):
        yield


@contextmanager
def _alone(number: int, application: str, refusal: Problem) -> Iterator[psycopg2.extensions.cursor]:
    """A session that holds a lock in the block; it is gone with the session, also when the process is killed."""
    with closing(connect(application=application)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_lock(%s)", (number,))
            if cursor.fetchone() != (True,):
                raise ProblemError(refusal)
            try:
                yield cursor
            finally:
                # Closing would free it too, but only when the server has noticed.
                cursor.execute("select pg_advisory_unlock(%s)", (number,))


def refuse_to_overtake(cursor: psycopg2.extensions.cursor, as_of: dt.date, kind: str) -> None:
    """Raise ProblemError when the night is older than the published one, an earlier night is still running, or nights
    are being rebuilt."""
    if kind == "night":
        cursor.execute("select pg_try_advisory_xact_lock_shared(%s)", (lock.REBUILD,))
        if cursor.fetchone() != (True,):
            raise ProblemError(_rebuilding(as_of))
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


def _under_way(night: dt.date | None) -> Problem:
    return Problem(
        code="rebuild_night_running",
        what_zh=f"{night} 的比对尚未发布" if night else "另一次重算或一夜的比对正在进行",
        what_en=f"the night {night} is under way or waits to be published" if night else "a rebuild or a night is under way",
        fix_zh="等待其发布或记为失败后重试",
        fix_en="wait until it is published or recorded as failed",
    )


def _proving() -> Problem:
    return Problem(
        code="replay_not_alone",
        what_zh="正在更换参考数据，或正在核验另一夜",
        what_en="reference data is being loaded, or another night is being proved",
        fix_zh="等其结束后重试",
        fix_en="try again when that has ended",
    )


def _rebuilding(night: dt.date) -> Problem:
    return Problem(
        code="night_while_rebuilding",
        what_zh=f"正在重算以往各夜，{night} 须等待",
        what_en=f"earlier nights are being rebuilt; the night {night} has to wait",
        fix_zh="等 bidui rebuild 结束后重试（清除失败的任务即可）",
        fix_en="try again when `bidui rebuild` has ended (clear the failed task)",
    )
