"""`bidui visits`: what an officer brings to a household's door."""

from __future__ import annotations

import datetime as dt
import getpass
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def visits(
    as_of: Annotated[
        dt.datetime, typer.Option(formats=["%Y-%m-%d"], help="比对日期（须已发布） · the night, a published one")
    ],
    out: Annotated[Path, typer.Option(help="导出目录，含姓名，须限制访问 · where to; names are in the clear")],
    town: Annotated[str | None, typer.Option(help="只此乡镇，12位代码 · this town only, 12 digits")] = None,
    village: Annotated[str | None, typer.Option(help="只此村，12位代码 · this village only, 12 digits")] = None,
    login: Annotated[
        str | None,
        typer.Option("--login", help="以谁的权限读取，默认平台的审计登录 · whose rights, default the platform's auditor"),
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", help="经办人，默认为系统用户名 · who does it (default: the system's user)")
    ] = None,
) -> None:
    """入户走访表：每村一个工作簿，每户一页起，可打印填写 · household visit sheets to print, a workbook per village."""
    from bidui.contract import load_sources
    from bidui.visit import write_visits
    from bidui.warehouse import people

    done = write_visits(
        people.auditor_url(login), load_sources(), as_of.date(), out.absolute(), by=by or getpass.getuser(),
        town=town, village=village,
    )  # fmt: skip
    masked = "，姓名已遮蔽 · names masked" if done.is_masked else ""
    typer.echo(
        f"{done.folder}: {done.files} 个工作簿，{done.households} 户 · {done.files} workbooks, {done.households} households{masked}"
    )
