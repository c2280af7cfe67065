-- Sessions of the roles' members that go on for longer than their role may: pid and login.
-- Read by bidui.warehouse.sessions. Parameters: groups and timeouts, the roles and their statement_timeout (two arrays of
-- one length); idle, what a transaction may idle; grace, what is left to the server itself.
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
