"""Commands about connecting: who may, how, and who did."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

app = typer.Typer()

RoleName = Annotated[str, typer.Option("--role", help="角色：engineer、auditor、analyst、bi · the role")]
OwnLogin = Annotated[str | None, typer.Option("--login", help="个人或工具的登录名 · login of a person or a tool")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="登录名，例如 zhang_san · login of a person or a tool")]
Counties = Annotated[
    list[str] | None, typer.Option("--county", help="县代码（12位，可多次给出），'*' 为全部 · county code, repeatable; '*' is all")
]
By = Annotated[str, typer.Option("--by", help="批准人姓名 · who decides")]
Reason = Annotated[str, typer.Option("--reason", help="理由 · why")]
AsJson = Annotated[bool, typer.Option("--json", help="机器可读 · for programs")]


@app.command()
def grant(
    name: Name,
    role: RoleName,
    by: By,
    reason: Reason,
    county: Counties = None,
    identifiers: Annotated[
        bool, typer.Option("--identifiers", help="可见姓名和证件号 · names and ID numbers are shown")
    ] = False,
    until: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="有效期至（含） · last day")
    ] = None,
) -> None:
    """授予登录（记录在案） · give a person or a tool a login of a role, on record; again: change what it sees."""
    from bidui.home import folder
    from bidui.warehouse import people
    from bidui.warehouse.connection import transaction

    with transaction() as connection:
        done = people.grant(
            connection, name, role, counties=county or (), identifiers=identifiers,
            until=until.date() if until else None, by=by, reason=reason,
        )  # fmt: skip
    typer.echo(
        f"已授权 granted: {done.login}，角色 role {done.role}"
        + (f"，县 counties {'、'.join(done.counties)}" if done.counties else "")
        + ("，可见姓名和证件号 · names and ID numbers shown" if done.may_see_identifiers else "")
        + (f"，有效期至 until {done.valid_until}" if done.valid_until else "")
    )
    typer.echo(f"密码 password: cat {folder('secrets') / f'login_{done.login}'}")
    typer.echo(f"连接 connect: bidui dsn --login {done.login}")


@app.command()
def revoke(name: Name, by: By, reason: Reason, county: Counties = None) -> None:
    """收回授权（记录在案），立即生效 · take rights back, on record, at once: some counties, or everything."""
    from bidui.warehouse import people
    from bidui.warehouse.connection import transaction

    with transaction() as connection:
        is_closed = people.revoke(connection, name, counties=county or (), by=by, reason=reason)
    if is_closed:
        typer.echo(f"登录 {name} 已停用 · the login {name} is closed")
    else:
        typer.echo(f"已收回 {'、'.join(county or ())} · taken back from {name}")


@app.command()
def grants(as_json: AsJson = False) -> None:
    """谁有哪些权限 · who holds which rights now."""
    from rich.table import Table

    from bidui.warehouse import people
    from bidui.warehouse.connection import transaction

    with transaction() as connection:
        held = people.grants(connection)
    if as_json:
        typer.echo(json.dumps(held, ensure_ascii=False, default=str))
        return
    table = Table(title="授权 · rights in force", title_justify="left")
    for heading in ("登录 login", "角色 role", "县 county", "姓名证件号 names", "有效期至 until", "批准 by", "理由 reason"):
        table.add_column(heading)
    for row in held:
        table.add_row(
            str(row["login"]), str(row["role"]), str(row["county_code"] or "-"),
            {True: "可见 shown", False: "遮蔽 masked"}.get(bool(row["may_see_identifiers"]), "-") if row["county_code"] else "-",
            str(row["valid_until"] or "-"), str(row["granted_by"] or "-"), str(row["reason"] or "-"),
        )  # fmt: skip
    _console().print(table)


@app.command()
def accesses(
    login: OwnLogin = None,
    since: Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="起始日期 · first day")] = None,
    until: Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="截止日期 · last day")] = None,
    log: Annotated[
        list[Path] | None,
        typer.Option("--log", exists=True, dir_okay=False, help="服务器日志文件（自有服务器） · log files of your own server"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """谁在何时看过什么 · who read which views, by login and day; statements themselves are not shown."""
    from rich.table import Table

    from bidui.warehouse import access_report

    rows = access_report.by_day(
        log, login=login, since=since.date() if since else None, until=until.date() if until else None
    )
    if as_json:
        typer.echo(json.dumps([row.as_dict() for row in rows], ensure_ascii=False, default=str))
        return
    table = Table(title="访问记录 · who read what", title_justify="left")
    for heading in ("登录 login", "日期 day", "视图 view", "语句数 statements", "最早 first", "最晚 last", "现可见姓名 names now"):
        table.add_column(heading)
    for row in rows:
        table.add_row(
            row.login, row.day.isoformat(), row.view or "（无法解析 unreadable）", f"{row.statements:,}",
            f"{row.first:%H:%M:%S}", f"{row.last:%H:%M:%S}", "是 yes" if row.may_see_identifiers else "否 no",
        )  # fmt: skip
    _console().print(table)


@app.command()
def dsn(
    role: Annotated[str | None, typer.Option("--role", help="角色：engineer、auditor、analyst、bi · role to connect as")] = None,
    login: OwnLogin = None,
) -> None:
    """某角色或某登录的连接串（含密码） · connection URL of a role or of a login, password included."""
    from bidui.warehouse import people, roles
    from bidui.warehouse.connection import transaction

    if (role is None) == (login is None):
        raise typer.BadParameter("给出 --role 或 --login 之一 · give either --role or --login")
    if role is not None:
        typer.echo(roles.connection_url(role))
    elif login is not None:
        with transaction() as connection:
            typer.echo(people.connection_url(connection, login))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def psql(context: typer.Context, role: RoleName) -> None:
    """以某角色打开 psql，其余参数原样传递 · open psql as a role; further arguments go to psql."""
    import sqlalchemy

    from bidui.warehouse import embedded
    from bidui.warehouse.connection import is_external
    from bidui.warehouse.roles import connection_url

    url = sqlalchemy.make_url(connection_url(role))
    program = (shutil.which("psql") if is_external() else None) or embedded.binary("psql")
    # The password goes through the environment: arguments are visible to everybody on the machine.
    os.environ |= {"PGPASSWORD": str(url.password or ""), "PGCLIENTENCODING": "UTF8"}
    address = sqlalchemy.URL.create(
        url.drivername, username=url.username, host=url.host, port=url.port, database=url.database, query=url.query
    )
    os.execv(program, [program, address.render_as_string(), *context.args])  # noqa: S606 - no shell is wanted


def _console() -> Console:
    """The screen; a pipe has no width of its own, and 80 columns would break every line."""
    from rich.console import Console

    return Console() if sys.stdout.isatty() else Console(width=160)
