"""Sessions of logins that go on beyond what their role allows.

`statement_timeout` and the like are defaults: any session may lift them for itself, and PostgreSQL knows no right that
would stop it. So what has gone on for too long is ended from outside, before a night begins and with the daily upkeep.
"""

from __future__ import annotations

import datetime as dt

import psycopg2.extensions

from bidui.warehouse.query import query
from bidui.warehouse.roles import IDLE_IN_TRANSACTION, matrix

# What stays within its limit by a little is about to be ended by the server itself.
GRACE = dt.timedelta(minutes=1)


def end_overlong(connection: psycopg2.extensions.connection, *, grace: dt.timedelta = GRACE) -> list[str]:
    """End sessions of the matrix' logins that run one statement, or stay in a transaction, for longer than their role may;
    return the logins, one entry per session. Others' sessions are left alone."""
    roles = list(matrix().values())
    with connection.cursor() as cursor:
        cursor.execute(
            query("overlong_sessions"),
            {
                "groups": [role.group for role in roles],
                "timeouts": [role.login.statement_timeout for role in roles],
                "idle": IDLE_IN_TRANSACTION,
                "grace": grace,
            },
        )
        overlong = cursor.fetchall()
        for pid, _ in overlong:
            cursor.execute("select pg_terminate_backend(%s)", (pid,))
    return [login for _, login in overlong]
