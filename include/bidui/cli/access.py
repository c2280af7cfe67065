"""Commands about connecting: who may, and how."""

from __future__ import annotations

import os
import shutil
from typing import Annotated

import typer

app = typer.Typer()

RoleName = Annotated[str, typer.Option("--role", help="角色：engineer、auditor、analyst、bi · role to connect as")]


@app.command()
def dsn(role: RoleName) -> None:
    """某角色的连接串（含密码） · connection URL of a role, password included."""
    from bidui.warehouse.roles import connection_url

    typer.echo(connection_url(role))


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
