"""Logins of people and tools: who may see which counties, given and taken back by name and with a reason."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg2.extensions
from psycopg2 import sql
from psycopg2.extras import RealDictCursor

from bidui import clock
from bidui.home import has_secret, secret
from bidui.problem import Problem, ProblemError
from bidui.warehouse.connection import transaction
from bidui.warehouse.roles import Role, ensure_login, matrix, role_named, url_of
from bidui.warehouse.roles import connection_url as url_of_role

EVERY_COUNTY = "*"
# PostgreSQL folds names to lower case and cuts them at 63; the platform's own logins start with bidui_.
_NAME = re.compile(r"^(?!bidui_|pg_)[a-z][a-z0-9_]{1,40}$")


@dataclass(frozen=True)
class Granted:
    """What a login may do after a change: its role, its counties ('*' is all), and whether names are shown there."""

    login: str
    role: str
    counties: tuple[str, ...]
    may_see_identifiers: bool
    valid_until: dt.date | None


def grant(
    connection: psycopg2.extensions.connection,
    login: str,
    role_name: str,
    *,
    counties: Sequence[str] = (),
    identifiers: bool = False,
    until: dt.date | None = None,
    by: str,
    reason: str,
) -> Granted:
    """Give a person or a tool a login of a role, or change what it sees; recorded, in the caller's transaction.

    Counties are 12-digit codes of the division table, or '*'. A county granted before and not named keeps its grant.
    The password is generated (`BIDUI_HOME/secrets/login_<name>`). Raises ProblemError for a name that cannot be a
    login, a county that does not exist, counties for a role that has no county rights, none for one that has, an
    expiry in the past, and a login that holds another role.
    """
    role = role_named(role_name)
    _check_name(connection, login, role)
    if until is not None and until < clock.today():
        raise ProblemError(_expired(until))
    if role.rows_granted:
        _check_counties(connection, counties)
    elif counties or identifiers:
        raise ProblemError(_no_county_rights(role))
    ensure_login(connection, role, login, _password(login))
    with connection.cursor() as cursor:
        expiry = sql.Literal(f"{until} 23:59:59+08" if until else "infinity")
        cursor.execute(sql.SQL("alter role {} valid until {}").format(sql.Identifier(login), expiry))
        for county in counties:
            cursor.execute(
                "insert into ledger.access_grant (login, county_code, may_see_identifiers, granted_by, reason, valid_until)"
                " values (%s, %s, %s, %s, %s, %s)"
                " on conflict (login, county_code) do update set"
                " may_see_identifiers = excluded.may_see_identifiers, granted_by = excluded.granted_by,"
                " granted_at = now(), reason = excluded.reason, valid_until = excluded.valid_until,"
                " revoked_by = null, revoked_at = null",
                (login, county, identifiers, by, reason, until),
            )
        for recorded in counties or (None,):
            cursor.execute(
                "insert into ledger.access_event"
                " (login, role_name, action, county_code, may_see_identifiers, valid_until, decided_by, reason)"
                " values (%s, %s, 'granted', %s, %s, %s, %s, %s)",
                (login, role.name, recorded, identifiers, until, by, reason),
            )
    return Granted(login, role.name, tuple(counties), identifiers, until)


def revoke(
    connection: psycopg2.extensions.connection, login: str, *, counties: Sequence[str] = (), by: str, reason: str
) -> bool:
    """Take back counties, or everything; return whether the login is closed. Recorded, in the caller's transaction.

    Rights are read with every query, so an open session sees nothing from the commit on. Without `counties`, or when
    none is left, the login leaves its role and can connect no more. Raises ProblemError for a login nobody was given
    and for a county that it does not have.
    """
    role = _role_of(connection, login)
    if role is None:
        raise ProblemError(_unknown_login(connection, login))
    with connection.cursor() as cursor:
        cursor.execute(
            "update ledger.access_grant set revoked_by = %s, revoked_at = now()"
            " where login = %s and revoked_at is null and (county_code = any(%s) or %s) returning county_code",
            (by, login, list(counties), not counties),
        )
        taken = [county for (county,) in cursor.fetchall()]
        missing = sorted(set(counties) - set(taken))
        if missing:
            raise ProblemError(_county_not_granted(login, missing))
        for county in taken or [None]:
            cursor.execute(
                "insert into ledger.access_event (login, role_name, action, county_code, decided_by, reason)"
                " values (%s, %s, 'revoked', %s, %s, %s)",
                (login, role.name, county, by, reason),
            )
        cursor.execute("select 1 from ledger.access_grant where login = %s and revoked_at is null", (login,))
        is_closed = not counties or cursor.fetchone() is None
        if is_closed:
            name = sql.Identifier(login)
            cursor.execute(sql.SQL("revoke {} from {}").format(sql.Identifier(role.group), name))
            cursor.execute(sql.SQL("alter role {} nologin").format(name))
    return is_closed


def close_expired(connection: psycopg2.extensions.connection) -> list[str]:
    """Take everything back from logins whose last day is over, on record, in the caller's transaction; return them.

    The server keeps an expired login from connecting, not from going on in a session that it opened before.
    """
    with connection.cursor() as cursor:
        cursor.execute("select rolname from pg_roles where rolcanlogin and rolvaliduntil < now() order by 1")
        expired = [name for (name,) in cursor.fetchall() if _role_of(connection, name) is not None]
    for name in expired:
        revoke(connection, name, by="bidui", reason="授权到期 · the last day is over")
    return expired


def grants(connection: psycopg2.extensions.connection) -> list[dict[str, object]]:
    """Who holds what now: one row per login and county in force, logins without county rights with none."""
    with connection.cursor(cursor_factory=RealDictCursor) as cursor:
        cursor.execute(
            "select m.member::regrole::text as login, substr(g.rolname, 7) as role, a.county_code,"
            "   a.may_see_identifiers, a.valid_until, a.granted_by, a.granted_at, a.reason"
            " from pg_auth_members as m"
            " inner join pg_roles as g on g.oid = m.roleid"
            " inner join pg_roles as l on l.oid = m.member and l.rolcanlogin"
            " left join ledger.access_grant as a on a.login = l.rolname and a.revoked_at is null"
            " where g.rolname = any(%s) and l.rolname <> current_user"
            " order by 2, 1, 3",
            ([role.group for role in matrix().values()],),
        )
        return [dict(row) for row in cursor.fetchall()]


def connection_url(connection: psycopg2.extensions.connection, login: str) -> str:
    """The URL with which a person's login connects; raises ProblemError for a login nobody was given, and for one
    whose password another home keeps."""
    if _role_of(connection, login) is None:
        raise ProblemError(_unknown_login(connection, login))
    if not has_secret(_secret_name(login)):
        raise ProblemError(_no_password_here(login))
    return url_of(login, _password(login))


def auditor_url(login: str | None) -> str:
    """Return the URL by which to read with a person's rights; without a login, with those of the platform's auditor."""
    if login is None:
        return url_of_role("auditor")
    with transaction() as connection:
        return connection_url(connection, login)


def _password(login: str) -> str:
    return secret(_secret_name(login))


def _secret_name(login: str) -> str:
    return f"login_{login}"


def _no_password_here(login: str) -> Problem:
    return Problem(
        code="access.no_password",
        what_zh=f"登录 {login} 的密码不在本机",
        what_en=f"the password of the login {login} is not kept here",
        fix_zh="在授权时所用的机器上查看，或再次 bidui grant 重设密码",
        fix_en="look on the machine where it was granted, or set a new one by granting it again (`bidui grant`)",
    )


def _role_of(connection: psycopg2.extensions.connection, login: str) -> Role | None:
    """The role a login of a person or a tool belongs to; None for anybody else (the platform's own logins too)."""
    if not _NAME.match(login):
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "select g.rolname from pg_auth_members as m inner join pg_roles as g on g.oid = m.roleid"
            " inner join pg_roles as l on l.oid = m.member where l.rolname = %s",
            (login,),
        )
        groups = {group for (group,) in cursor.fetchall()}
    return next((role for role in matrix().values() if role.group in groups), None)


def _check_name(connection: psycopg2.extensions.connection, login: str, role: Role) -> None:
    if not _NAME.match(login):
        raise ProblemError(
            Problem(
                code="access.name",
                what_zh="登录名不可用",
                what_en="this cannot be the name of a login",
                column="NAME",
                expected_zh="小写字母开头，由小写字母、数字、下划线组成，2 至 41 个字符，不以 bidui_、pg_ 开头",
                expected_en="lower-case letters, digits and _, starting with a letter, 2 to 41, not bidui_… or pg_…",
                found=login,
                fix_zh="换一个登录名，例如 zhang_san",
                fix_en="choose another, such as zhang_san",
            )
        )
    held = _role_of(connection, login)
    with connection.cursor() as cursor:
        cursor.execute("select rolcanlogin from pg_roles where rolname = %s", (login,))
        exists = cursor.fetchone()
        cursor.execute("select 1 from ledger.access_event where login = %s limit 1", (login,))
        ours = cursor.fetchone() is not None
    if (held is not None and held != role) or (exists is not None and not ours):
        raise ProblemError(
            Problem(
                code="access.name_taken",
                what_zh=f"登录 {login} 已用于其他用途" + (f"（角色 {held.name}）" if held else ""),
                what_en=f"the login {login} serves something else" + (f" (role {held.name})" if held else ""),
                column="NAME",
                expected_zh="新的登录名，或同一角色的登录",
                expected_en="a new name, or a login of the same role",
                fix_zh="换一个登录名，或先 bidui revoke",
                fix_en="choose another name, or `bidui revoke` it first",
            )
        )


def _check_counties(connection: psycopg2.extensions.connection, counties: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select code from unnest(%s::text[]) as given (code) where code <> %s and not exists ("
            " select from reference.division as d where d.division_code = given.code and d.division_level = 'county')",
            (list(counties), EVERY_COUNTY),
        )
        unknown = [code for (code,) in cursor.fetchall()]
    if unknown or not counties:
        raise ProblemError(
            Problem(
                code="access.county",
                what_zh="没有这个县" if unknown else "没有给出县",
                what_en="there is no such county" if unknown else "no county is given",
                column="--county",
                expected_zh="区划表中的 12 位县代码，或 '*'（全部）",
                expected_en="a county's 12-digit code in the division table, or '*' for all",
                found="、".join(unknown) or None,
                fix_zh="查 published.division，或先 bidui reference load 导入区划",
                fix_en="look in published.division, or load the divisions first (`bidui reference load`)",
            )
        )


def _no_county_rights(role: Role) -> Problem:
    return Problem(
        code="access.no_county_rights",
        what_zh=f"角色 {role.name} 没有按县授权",
        what_en=f"the role {role.name} has no rights by county",
        column="--county, --identifiers",
        expected_zh="不给出",
        expected_en="neither",
        fix_zh="去掉 --county、--identifiers",
        fix_en="leave out --county and --identifiers",
    )


def _expired(until: dt.date) -> Problem:
    return Problem(
        code="access.until",
        what_zh="有效期已过",
        what_en="the last day lies in the past",
        column="--until",
        expected_zh="今天或以后的日期",
        expected_en="today or later",
        found=until.isoformat(),
        fix_zh="改为以后的日期",
        fix_en="give a later date",
    )


def _unknown_login(connection: psycopg2.extensions.connection, login: str) -> Problem:
    known = sorted({str(row["login"]) for row in grants(connection)} - {r.login_name for r in matrix().values()})
    return Problem(
        code="access.unknown_login",
        what_zh="没有授予过这个登录",
        what_en="nobody was given this login",
        column="NAME",
        expected_zh="、".join(known) or "先用 bidui grant 授权",
        expected_en=", ".join(known) or "a login made by `bidui grant`",
        found=login,
        fix_zh="核对登录名（bidui grants）",
        fix_en="check the name (`bidui grants`)",
    )


def _county_not_granted(login: str, counties: Sequence[str]) -> Problem:
    return Problem(
        code="access.not_granted",
        what_zh=f"登录 {login} 没有该县的授权",
        what_en=f"the login {login} has no right to this county",
        column="--county",
        found="、".join(counties),
        fix_zh="用 bidui grants 查看现有授权",
        fix_en="see `bidui grants` for what it has",
    )
