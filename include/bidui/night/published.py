"""What a command that needs a published night asks, and says when there is none."""

from __future__ import annotations

import datetime as dt

import psycopg2.extensions

from bidui.problem import Problem, ProblemError

PUBLISHED = """
select exists (select from ledger.run where as_of = %(night)s and status = 'published')
    or exists (select from ledger.published_night where as_of = %(night)s)
"""


def require_published(connection: psycopg2.extensions.connection, night: dt.date) -> None:
    """Raise ProblemError when the night is not published."""
    with connection.cursor() as cursor:
        cursor.execute(PUBLISHED, {"night": night})
        row = cursor.fetchone()
    if not row or not row[0]:
        raise ProblemError(not_published(night))


def not_published(night: dt.date | None) -> Problem:
    """The night named by `--as-of` is not published; None: no night is yet."""
    return Problem(
        code="night.not_published",
        column="--as-of" if night else None,
        what_zh=f"{night} 尚未发布" if night else "尚无已发布的一夜",
        what_en=f"the night {night} is not published" if night else "no night is published yet",
        fix_zh="改用已发布的日期（bidui status），或先运行该夜的比对（bidui nightly）",
        fix_en="name a published night (`bidui status`), or run it first (`bidui nightly`)",
    )
