"""`bidui explain`: why the platform says what it says."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

explanations = typer.Typer(help="说明依据 · why the platform says what it says", no_args_is_help=True)
app = typer.Typer()
app.add_typer(explanations, name="explain")


@explanations.callback()
def group() -> None:
    """说明依据 · why the platform says what it says."""


@explanations.command()
def finding(
    finding_id: Annotated[str, typer.Argument(metavar="FINDING_ID", help="疑点编号（audit.finding） · id of the finding")],
    as_of: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="比对日期，默认已发布之夜 · night, default the published one")
    ] = None,
    login: Annotated[
        str | None, typer.Option("--login", help="以谁的权限查看，默认平台的审计登录 · whose rights, default the platform's auditor")
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", help="另存为一个 HTML 文件，放入案卷 · also write one HTML file")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 · for programs")] = False,
) -> None:
    """一条疑点的来龙去脉：规则、双方原始行、关联、经过、核查 · one finding's whole story."""
    from rich.console import Console

    from bidui import explain
    from bidui.warehouse import people, roles
    from bidui.warehouse.connection import transaction
    from bidui.workbook import replacing

    if login is None:
        url = roles.connection_url("auditor")
    else:
        with transaction() as connection:
            url = people.connection_url(connection, login)
    story = explain.story(url, finding_id, as_of.date() if as_of else None)
    if html is not None:
        with replacing(html) as beside:
            beside.write_text(explain.page(story), encoding="utf-8")
        typer.echo(f"已写入 written: {html}", err=True)
    if as_json:
        typer.echo(json.dumps(story, ensure_ascii=False))
    elif html is None:
        explain.show(story, Console() if sys.stdout.isatty() else Console(width=160))
