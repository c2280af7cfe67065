"""Roles and rights: the matrix of `include/sql/access.yml`, one login per role, and how to connect as one."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import psycopg2.extensions
import sqlalchemy
import yaml
from psycopg2 import sql

from bidui.contract import load_sources
from bidui.home import has_secret, secret, sources_dir, sql_dir
from bidui.problem import Problem, ProblemError
from bidui.warehouse import access_log, lock, outward
from bidui.warehouse.connection import warehouse_url

IDLE_IN_TRANSACTION = "10min"
# Logins that were given to people and tools by the warehouse's owner.
MEMBERS = """
select l.rolname
from pg_auth_members as m
inner join pg_roles as l on l.oid = m.member
inner join pg_roles as g on g.oid = m.roleid
where g.rolname = %s and l.rolcanlogin and exists (select from ledger.access_event as e where e.login = l.rolname)
order by 1
"""


@dataclass(frozen=True)
class Login:
    """Settings of a role's own login. They are defaults for the session; rights are what stops it from writing.

    A session may lift `statement_timeout` for itself: `sessions.end_overlong` ends it. `temp_files` is what one session may
    sort on disk at a time, which only the server's administrator may lift.
    """

    statement_timeout: str
    connections: int
    search_path: tuple[str, ...]
    temp_files: str
    log_access: bool = False


@dataclass(frozen=True)
class Role:
    """One line of the matrix. `reads` maps (schema, table or "*") to columns; no columns means all.

    `rows_granted`: rows are limited to the counties granted to the login. `counties` and `may_see_identifiers` are the
    grant of the platform's own login.
    """

    name: str
    title: str
    reads: dict[tuple[str, str], tuple[str, ...]]
    login: Login
    rows_granted: bool = False
    counties: tuple[str, ...] = field(default=())
    may_see_identifiers: bool = False

    @property
    def group(self) -> str:
        """The NOLOGIN role that carries the rights."""
        return f"bidui_{self.name}"

    @property
    def login_name(self) -> str:
        """The platform's own login of the role."""
        return f"bidui_{self.name}_login"


@cache
def matrix(path: Path | None = None) -> dict[str, Role]:
    """Return role name → Role from `include/sql/access.yml`."""
    content = yaml.safe_load((path or sql_dir() / "access.yml").read_text(encoding="utf-8"))
    return {name: _role(name, given) for name, given in content["roles"].items()}


def ensure_roles(connection: psycopg2.extensions.connection) -> None:
    """Bring rights, logins and the words of what is read to the files, in the caller's transaction.

    Group roles come with the migrations.
    Views that exist get their grants and comments when they are refreshed (`migrate.refresh_outward`), which follows.
    Raises ProblemError when the warehouse's owner may not create roles.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", (lock.ROLES,))
        cursor.execute("delete from ledger.access_rule")
        for role in matrix().values():
            for (schema, table), columns in role.reads.items():
                cursor.execute(
                    "insert into ledger.access_rule (role_name, schema_name, object_name, column_names)"
                    " values (%s, %s, %s, %s)",
                    (role.group, schema, table, list(columns) or None),
                )
    for role in matrix().values():
        _ensure_own_login(connection, role)
        with connection.cursor() as cursor:
            # People's too: a limit that is new here, and what somebody set for a login of their own accord.
            cursor.execute(MEMBERS, (role.group,))
            for (login_name,) in cursor.fetchall():
                _limit(cursor, role, login_name)
    sources = load_sources(sources_dir())
    outward.load_comments(connection, sources)
    outward.load_extracts(connection, sources)


def connection_url(role_name: str) -> str:
    """Return the URL with which the platform's login of a role connects.

    Raises ProblemError for an unknown role, and for one whose password this home has never given to a server: a password
    made here and now would open nothing.
    """
    role = role_named(role_name)
    if not has_secret(_secret_name(role)):
        raise ProblemError(_no_password_yet(role))
    return url_of(role.login_name, _password(role))


def url_of(login_name: str, password: str) -> str:
    """The URL with which a login connects to the warehouse."""
    url = sqlalchemy.make_url(warehouse_url()).set(username=login_name, password=password)
    return url.render_as_string(hide_password=False)


def role_named(name: str) -> Role:
    """Return a role of the matrix; raises ProblemError naming those there are."""
    role = matrix().get(name)
    if role is None:
        known = ", ".join(matrix())
        raise ProblemError(
            Problem(
                code="role_unknown",
                what_zh="没有这个角色",
                what_en="there is no such role",
                column="--role",
                expected_zh=known,
                expected_en=known,
                found=name,
                fix_zh="改用其中之一",
                fix_en="use one of them",
            )
        )
    return role


def _role(name: str, given: dict[str, Any]) -> Role:
    reads: dict[tuple[str, str], tuple[str, ...]] = {}
    for schema, tables in given["reads"].items():
        for table, columns in ({"*": "*"} if tables == "*" else tables).items():
            reads[schema, table] = () if columns == "*" else tuple(columns)
    login = given["login"]
    grant = given.get("grant", {})
    return Role(
        name=name,
        title=f"{given['title']['zh']} · {given['title']['en']}",
        reads=reads,
        login=Login(
            login["statement_timeout"],
            login["connections"],
            tuple(login["search_path"]),
            login["temp_files"],
            login.get("log_access", False),
        ),
        rows_granted=given["rows"] == "granted",
        counties=tuple(grant.get("counties", ())),
        may_see_identifiers=grant.get("may_see_identifiers", False),
    )


def ensure_login(connection: psycopg2.extensions.connection, role: Role, login_name: str, password: str) -> None:
    """Bring a login of a role to the role's settings: its password, its group, what it is limited to, what is logged.

    In the caller's transaction. Raises ProblemError when the warehouse's owner may not create roles.
    """
    name = sql.Identifier(login_name)
    with connection.cursor() as cursor:
        cursor.execute("select 1 from pg_roles where rolname = %s", (login_name,))
        if cursor.fetchone() is None:
            try:
                cursor.execute(sql.SQL("create role {} login").format(name))
            except psycopg2.errors.InsufficientPrivilege:
                raise ProblemError(_may_not_create(login_name)) from None
        # The server only ever sees the verifier: the password is in no statement that a log could keep.
        verifier = psycopg2.extensions.encrypt_password(
            password, login_name, scope=connection, algorithm="scram-sha-256"
        )
        cursor.execute(sql.SQL("alter role {} login inherit password %s").format(name), (verifier,))
        cursor.execute(
            "select 1 from pg_auth_members where roleid = %s::regrole and member = %s::regrole",
            (role.group, login_name),
        )
        if cursor.fetchone() is None:
            # Its rights are inherited; becoming the group itself would give nothing and is refused.
            cursor.execute(
                sql.SQL("grant {} to {} with inherit true, set false").format(sql.Identifier(role.group), name)
            )
        # So that its sessions can be ended (`sessions`); nothing of its rights is new to the owner.
        cursor.execute(sql.SQL("grant {} to current_user with inherit true, set false").format(name))
        _limit(cursor, role, login_name)


def _limit(cursor: psycopg2.extensions.cursor, role: Role, login_name: str) -> None:
    """What the login is limited to and what is logged of it; whatever it has set for itself is taken out."""
    name = sql.Identifier(login_name)
    database = sql.Identifier(cursor.connection.info.dbname)
    cursor.execute(sql.SQL("alter role {} connection limit {}").format(name, sql.Literal(role.login.connections)))
    cursor.execute(sql.SQL("alter role {} reset all").format(name))
    cursor.execute(sql.SQL("alter role {} in database {} reset all").format(name, database))
    settings: dict[str, sql.Composable] = {
        "default_transaction_read_only": sql.Literal("on"),
        "statement_timeout": sql.Literal(role.login.statement_timeout),
        "idle_in_transaction_session_timeout": sql.Literal(IDLE_IN_TRANSACTION),
        "search_path": sql.SQL(", ").join(map(sql.Identifier, role.login.search_path)),
    }
    cursor.execute("select has_parameter_privilege(current_user, 'temp_file_limit', 'set')")
    if cursor.fetchone() == (True,):
        settings["temp_file_limit"] = sql.Literal(role.login.temp_files)
    for setting, value in settings.items():
        cursor.execute(sql.SQL("alter role {} set {} to {}").format(name, sql.Identifier(setting), value))
    if role.login.log_access:
        access_log.switch_on(cursor, login_name)


def _ensure_own_login(connection: psycopg2.extensions.connection, role: Role) -> None:
    ensure_login(connection, role, role.login_name, _password(role))
    with connection.cursor() as cursor:
        for county in role.counties:
            cursor.execute(
                "insert into ledger.access_grant (login, county_code, may_see_identifiers, granted_by, reason)"
                " values (%s, %s, %s, 'bidui', '平台自带登录 · the platform''s own login') on conflict do nothing",
                (role.login_name, county, role.may_see_identifiers),
            )


def _password(role: Role) -> str:
    return secret(_secret_name(role))


def _secret_name(role: Role) -> str:
    # Apart from people's (`login_<name>`): a person granted the name "auditor" must not get this login's password.
    return f"role_{role.name}"


def _no_password_yet(role: Role) -> Problem:
    return Problem(
        code="role_without_password",
        what_zh=f"角色 {role.name} 的登录尚未由本平台设定密码",
        what_en=f"no password was set for the login of the role {role.name} yet",
        expected_zh="已准备好的仓库（启动平台时自动准备）",
        expected_en="a prepared warehouse (starting the platform prepares it)",
        fix_zh="执行 bidui up 后重试",
        fix_en="run `bidui up` and try again",
    )


def _may_not_create(login_name: str) -> Problem:
    return Problem(
        code="role_creation_refused",
        what_zh=f"无权创建登录 {login_name}",
        what_en=f"the warehouse's owner may not create the login {login_name}",
        expected_zh="数据库所有者具有 CREATEROLE",
        expected_en="an owner with CREATEROLE",
        fix_zh="请数据库管理员执行 alter role <所有者> createrole",
        fix_en="ask the server's administrator for `alter role <owner> createrole`",
    )
