"""`bidui explain`: why the platform says what it says."""

from __future__ import annotations

import datetime as dt
import getpass
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
    by: Annotated[
        str | None, typer.Option("--by", help="经办人，默认为系统用户名 · who takes the file (default: the system's user)")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 · for programs")] = False,
) -> None:
    """一条疑点的来龙去脉：规则、双方原始行、关联、经过、核查 · one finding's whole story."""
    from rich.console import Console

    from bidui import explain
    from bidui.warehouse import people

    url = people.auditor_url(login)
    story = explain.story(url, finding_id, as_of.date() if as_of else None)
    if html is not None:
        explain.write_page(story, html, by=by or getpass.getuser(), url=url)
        typer.echo(f"已写入 written: {html}", err=True)
    if as_json:
        typer.echo(json.dumps(story, ensure_ascii=False))
    elif html is None:
        explain.show(story, Console() if sys.stdout.isatty() else Console(width=160))


@explanations.command()
def link(
    batch: Annotated[int, typer.Argument(metavar="BATCH", help="批次（audit.link） · batch")],
    row: Annotated[int, typer.Argument(metavar="ROW", help="文件中的行号 · row number in the file")],
    role: Annotated[str, typer.Option("--role", help="行内角色：self、head、male、female · role in the row")] = "self",
    as_of: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="比对日期，默认已发布之夜 · night, default the published one")
    ] = None,
    login: Annotated[
        str | None,
        typer.Option("--login", help="以谁的审计权限显示姓名证件，默认不显示 · whose rights to names; without it none are shown"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 · for programs")] = False,
) -> None:
    """部门一行与名册人员为何关联或为何不关联：逐项权重与门槛 · why a row is linked to a person or not, bit by bit."""
    from rich.console import Console

    from bidui.explain import link as links
    from bidui.warehouse import people

    story = links.story(
        people.auditor_url(login), batch, row, role, as_of.date() if as_of else None, with_names=login is not None
    )
    if as_json:
        typer.echo(json.dumps(story, ensure_ascii=False))
    else:
        links.show(story, Console() if sys.stdout.isatty() else Console(width=160))
