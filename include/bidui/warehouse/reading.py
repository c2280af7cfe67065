"""Reading with the rights of a login, beside the platform's own connection, both of one moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2.errors
import psycopg2.extensions
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ

from bidui.problem import Problem, ProblemError
from bidui.warehouse.connection import connect

SHOWS_NAMES = """
select coalesce(bool_or(may_see_identifiers), false)
from ledger.access_grant
where login = %s and revoked_at is null and (valid_until is null or valid_until >= ledger.county_today())
"""


@contextmanager
def same_moment(
    url: str, *, application: str
) -> Iterator[tuple[psycopg2.extensions.connection, psycopg2.extensions.connection]]:
    """Yield the owner's connection and a read-only one by `url`, which see the same snapshot.

    The owner's commits at the end of the block and rolls back on an exception; both are closed.
    """
    with closing(connect(application=application)) as owner, closing(connect(url, application=application)) as reading:
        owner.set_session(isolation_level=ISOLATION_LEVEL_REPEATABLE_READ)
        reading.set_session(isolation_level=ISOLATION_LEVEL_REPEATABLE_READ, readonly=True)
        with owner, reading:
            with owner.cursor() as cursor, reading.cursor() as follower:
                cursor.execute("select pg_export_snapshot()")
                ((snapshot,),) = cursor.fetchall()
                follower.execute("set transaction snapshot %s", (snapshot,))
            yield owner, reading


@contextmanager
def within_rights(name: str) -> Iterator[None]:
    """Turn what the server refuses a login that reads `name` (a right, more time) into a ProblemError."""
    try:
        yield
    except psycopg2.errors.QueryCanceled:
        raise ProblemError(_too_long(name)) from None
    except (psycopg2.errors.InsufficientPrivilege, psycopg2.errors.UndefinedFunction):
        raise ProblemError(not_readable(name)) from None


def shows_names(owner: psycopg2.extensions.connection, login: str) -> bool:
    """Whether a login sees names and ID numbers in the clear in any county."""
    with owner.cursor() as cursor:
        cursor.execute(SHOWS_NAMES, (login,))
        row = cursor.fetchone()
    return bool(row and row[0])


def not_readable(name: str) -> Problem:
    """The login may not read `name`, or no night has made it."""
    return Problem(
        code="export.right",
        what_zh=f"该登录无权读取 {name}，或尚无一夜建成它",
        what_en=f"this login may not read {name}, or no night has made it yet",
        column="--role, --login",
        fix_zh="换用有权的角色（include/sql/access.yml），或先运行一夜",
        fix_en="use a role that may (include/sql/access.yml), or run a night first",
    )


def _too_long(name: str) -> Problem:
    return Problem(
        code="export.too_long",
        what_zh=f"读取 {name} 超过了该登录的时限，未写文件",
        what_en=f"reading {name} takes longer than this login may; no file was written",
        column="--role, --login",
        fix_zh="换用时限更长的角色（include/sql/access.yml），或导出汇总",
        fix_en="use a role with a longer limit (include/sql/access.yml), or export a summary",
    )
