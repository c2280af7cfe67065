"""The access report: which login read which outward view on which day, from the server's log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sqlalchemy

from bidui.problem import Problem, ProblemError
from bidui.warehouse import access_log, embedded, outward
from bidui.warehouse.connection import is_external, transaction, warehouse_url
from bidui.warehouse.roles import matrix

# Functions that show identified rows without being the `_asof` of a view.
EXPLANATIONS = frozenset({"audit.explain_finding", "audit.explain_link"})


@dataclass
class DayOfAccess:
    """Statements of one login on one day that read one view (`view` None: statements that could not be parsed).

    `may_see_identifiers` is the login's right today, in any county.
    """

    login: str
    day: dt.date
    view: str | None
    statements: int
    first: dt.datetime
    last: dt.datetime
    may_see_identifiers: bool

    def as_dict(self) -> dict[str, Any]:
        """The row for JSON."""
        return asdict(self)


def by_day(
    logs: Sequence[Path] | None, *, login: str | None = None, since: dt.date | None = None, until: dt.date | None = None
) -> list[DayOfAccess]:
    """Count accesses per login, day and view, in that order.

    `logs` are a server's own log files (`log_line_prefix = '%m [%p] %u@%d '`); without them the embedded server's.
    Raises ProblemError when the warehouse is somebody else's server and no log is given.
    """
    if not logs and is_external():
        raise ProblemError(_log_is_elsewhere())
    views = frozenset(f"{schema}.{name}" for schema, name in outward.interface()) | EXPLANATIONS
    path = tuple(dict.fromkeys(schema for role in matrix().values() for schema in role.login.search_path))
    named = _logins_with_names()
    days: dict[tuple[str, dt.date, str], DayOfAccess] = {}
    database = sqlalchemy.make_url(warehouse_url()).database or ""
    owner = sqlalchemy.make_url(warehouse_url()).username
    for access in access_log.read(logs or embedded.log_files(), database, views, path):
        day = access.at.date()
        if access.login == owner or (login and access.login != login):
            continue
        if (since and day < since) or (until and day > until):
            continue
        for view in access.views or (() if access.is_readable else (None,)):
            row = days.setdefault(
                (access.login, day, view or ""),
                DayOfAccess(access.login, day, view, 0, access.at, access.at, access.login in named),
            )
            row.statements += 1
            row.first, row.last = min(row.first, access.at), max(row.last, access.at)
    return [days[key] for key in sorted(days)]


def _logins_with_names() -> set[str]:
    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "select distinct login from ledger.access_grant where may_see_identifiers and revoked_at is null"
            " and (valid_until is null or valid_until >= ledger.county_today())"
        )
        return {login for (login,) in cursor.fetchall()}


def _log_is_elsewhere() -> Problem:
    return Problem(
        code="access.log_elsewhere",
        what_zh="访问日志在数据库服务器上",
        what_en="the log of accesses is on the database server",
        column="--log",
        expected_zh=f"服务器日志文件，log_line_prefix = '{embedded.LINE_PREFIX}'",
        expected_en=f"the server's log files, written with log_line_prefix = '{embedded.LINE_PREFIX}'",
        fix_zh="取得日志文件后用 --log 指定",
        fix_en="fetch them and name them with --log",
    )
