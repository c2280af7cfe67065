"""Fetch a finding's story as a login may read it: `audit.explain_finding` decides what is shown."""

from __future__ import annotations

import datetime as dt
from typing import Any

import psycopg2

from bidui.problem import Problem, ProblemError


def story(url: str, finding_id: str, night: dt.date | None = None) -> dict[str, Any]:
    """Return the story of a finding on a night (None: the published one), read with the login of `url`.

    Keys: as_of, finding, subject, rule, values, personal, names_are_shown, rows, events, outcomes, related, run; a list
    with nothing in it is None. Raises ProblemError when the login sees no such finding on that night.
    """
    found = asked(url, "select audit.explain_finding(%s, %s)", finding_id, night)
    if found is None:
        raise ProblemError(_not_seen(finding_id, night))
    return found


def asked(url: str, query: str, *parameters: object) -> dict[str, Any] | None:
    """Return the JSON that a query gives the login of `url`; ProblemError where the login has no right to ask."""
    connection = psycopg2.connect(url, application_name="bidui explain")
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(query, parameters)
            row = cursor.fetchone()
    except psycopg2.errors.InsufficientPrivilege:
        raise ProblemError(_no_right()) from None
    finally:
        connection.close()
    return row[0] if row else None


def _not_seen(finding_id: str, night: dt.date | None) -> Problem:
    return Problem(
        code="explain.finding",
        what_zh="看不到这条疑点",
        what_en="no such finding can be seen",
        column="FINDING_ID",
        expected_zh=f"audit.finding 中的编号（{night or '已发布之夜'}，限授权的县）",
        expected_en=f"an id of audit.finding on {night or 'the published night'}, in a county granted to the login",
        found=finding_id,
        fix_zh="核对编号、日期和授权（bidui grants）",
        fix_en="check the id, the night and the login's counties (`bidui grants`)",
    )


def _no_right() -> Problem:
    return Problem(
        code="explain.right",
        what_zh="该登录无权查看疑点明细",
        what_en="this login may not read findings",
        column="--role, --login",
        expected_zh="审计角色的登录",
        expected_en="a login of the role auditor",
        fix_zh="换用审计登录，或请管理员授权（bidui grant）",
        fix_en="use an auditor's login, or ask for one (`bidui grant`)",
    )
