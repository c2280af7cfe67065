"""`bidui export`: an outward table as a file."""

from __future__ import annotations

import datetime as dt
import getpass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


class Format(StrEnum):
    """What an export may be written as."""

    csv = "csv"
    parquet = "parquet"


@app.command()
def export(
    table: Annotated[str, typer.Argument(help="对外的表或视图，如 published.coverage · outward table or view")],
    out: Annotated[Path, typer.Option(help="写到哪个文件 · file to write")],
    file_format: Annotated[Format, typer.Option("--format", help="CSV（UTF-8 BOM）或 Parquet · CSV with BOM, or Parquet")] = Format.csv,
    role: Annotated[
        str | None, typer.Option("--role", help="以哪个角色读取，默认可读该表的最小角色 · role (default: the least that may read it)")
    ] = None,
    login: Annotated[str | None, typer.Option("--login", help="以哪个登录的权限读取 · login of a person or a tool")] = None,
    as_of: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="以往某夜，默认已发布之夜 · an earlier night")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="导出人，默认为系统用户名 · who exports (default: the system's user)")] = None,
) -> None:
    """按角色的权限导出一张对外的表，旁附 .meta.json（夜次、指纹、行数、摘要） · export an outward table with a role's rights.

    Beside it .meta.json: night, run, fingerprint, rows, sha256, what each column means.
    """
    from bidui import export as exports
    from bidui.warehouse import people
    from bidui.warehouse.connection import transaction

    reader = None
    if login is not None:
        with transaction() as connection:
            reader = exports.Login(login, people.connection_url(connection, login))
    done = exports.export(
        table, out.absolute(), file_format.value, by=by or getpass.getuser(), role=role, login=reader,
        night=as_of.date() if as_of else None,
    )  # fmt: skip
    masked = "" if done.is_masked else "；含姓名证件 · names and numbers in the clear"
    typer.echo(f"{done.path}: {done.rows:,} 行 rows, {done.as_of}, sha256 {done.sha256[:12]}…{masked}")
