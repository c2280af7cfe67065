"""Sessions of logins that go on beyond what their role allows.

`statement_timeout` and the like are defaults: any session may lift them for itself, and PostgreSQL knows no right that
would stop it. So what has gone on for too long is ended from outside, before a night begins and with the daily upkeep.
"""

from __future__ import annotations

import datetime as dt

import psycopg2.extensions

from bidui.warehouse.roles import IDLE_IN_TRANSACTION, matrix

# What stays within its limit by a little is about to be ended by the server itself.
GRACE = dt.timedelta(minutes=1)

OVERLONG = """
select s.pid, s.usename
from pg_stat_activity as s
inner join unnest(%(groups)s, %(timeouts)s) as role (name, statement_timeout) on pg_has_role(s.usesysid, role.name, 'member')
inner join pg_roles as l on l.oid = s.usesysid and not l.rolsuper and l.rolname <> current_user
where
    s.datname = current_database()
    -- A login that somebody else made may be seen (pg_monitor) and not ended: asked to, PostgreSQL would refuse the night.
    and pg_has_role(s.usesysid, 'usage')
    and (
        (s.state = 'active' and clock_timestamp() - s.query_start > role.statement_timeout::interval + %(grace)s)
        or (
            s.state like 'idle in transaction%%'
            and clock_timestamp() - s.state_change > %(idle)s::interval + %(grace)s
        )
    )
"""


def end_overlong(connection: psycopg2.extensions.connection, *, grace: dt.timedelta = GRACE) -> list[str]:
    """End sessions of the matrix' logins that run one statement, or stay in a transaction, for longer than their role may;
    return the logins, one entry per session. Others' sessions are left alone."""
    roles = list(matrix().values())
    with connection.cursor() as cursor:
        cursor.execute(
            OVERLONG,
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
