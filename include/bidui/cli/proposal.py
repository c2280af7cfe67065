"""`bidui proposals`: cleansing proposals for the office that verifies them."""

from __future__ import annotations

import datetime as dt
import getpass
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def proposals(
    as_of: Annotated[
        dt.datetime, typer.Option(formats=["%Y-%m-%d"], help="比对日期（须已发布） · the night, a published one")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help="导出目录，默认在 exports 下，含姓名证件 · where to (default: below exports); names in the clear"
        ),
    ] = None,
    county: Annotated[str | None, typer.Option(help="只此县，12位代码 · this county only, 12 digits")] = None,
    town: Annotated[str | None, typer.Option(help="只此乡镇，12位代码 · this town only, 12 digits")] = None,
    by: Annotated[
        str | None, typer.Option("--by", help="经办人，默认为系统用户名 · who does it (default: the system's user)")
    ] = None,
) -> None:
    """清洗建议（未核实）：每乡镇一个工作簿，名册版式 · cleansing proposals, unverified, a workbook per town in the registry's layout."""
    from bidui.contract import load_sources
    from bidui.proposal import write_proposals
    from bidui.warehouse.connection import transaction
    from bidui.workbook import export_folder

    night = as_of.date()
    folder = out.absolute() if out else export_folder("proposals", f"{night}")
    with transaction() as connection:
        done = write_proposals(
            connection, load_sources(), night, folder, by=by or getpass.getuser(), county=county, town=town
        )
    typer.echo(
        f"{done.folder}: {done.files} 个工作簿，{done.proposals} 条建议 · {done.files} workbooks, {done.proposals} proposals"
    )
