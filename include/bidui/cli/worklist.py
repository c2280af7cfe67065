"""Commands of the round trip with towns: worklists out, outcomes back; exemptions, which the county grants."""

from __future__ import annotations

import datetime as dt
import getpass
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()

By = Annotated[str | None, typer.Option("--by", help="经办人，默认为系统用户名 · who does it (default: the system's user)")]


@app.command()
def worklists(
    as_of: Annotated[
        dt.datetime, typer.Option(formats=["%Y-%m-%d"], help="比对日期（须已发布） · the night, a published one")
    ],
    out: Annotated[Path, typer.Option(help="导出目录，含姓名证件，须限制访问 · where to; names and numbers are in the clear")],
    everything: Annotated[
        bool, typer.Option("--all", help="含首夜存量 · also what was there on the first night")
    ] = False,
    by: By = None,
) -> None:
    """下发疑点核实清单：每村一个工作簿 · worklists for the towns, a workbook per village."""
    from bidui import worklist
    from bidui.contract import load_sources
    from bidui.warehouse.connection import transaction

    with transaction() as connection:
        cycle = worklist.write_cycle(
            connection, load_sources(), as_of.date(), out.absolute(), by=by or getpass.getuser(), with_baseline=everything
        )
    typer.echo(f"{cycle.folder}: {cycle.files} 个清单，{cycle.findings} 条疑点 · {cycle.files} lists, {cycle.findings} findings")


@app.command()
def outcomes(
    files: Annotated[list[Path], typer.Argument(help="收回的清单 · returned worklists")],
    refused: Annotated[
        Path | None, typer.Option("--refused", help="退回名单的目录，默认在 exports 下 · where lists of refused rows go")
    ] = None,
    by: By = None,
) -> None:
    """收回核实结果；不能登记的行写成退回名单 · record returned answers; rows that cannot stand go into a list to send back.

    Exit status 1 when any row was refused.
    """
    from bidui import worklist
    from bidui.warehouse.connection import transaction
    from bidui.worklist.places import refused_folder

    with transaction() as connection:
        taken = worklist.take_back(connection, files, refused or refused_folder(), by=by or getpass.getuser())
    for one in taken:
        typer.echo(
            f"{one.file.name}: 填写 {len(one.lines)}，登记 {one.recorded}，此前已登记 {one.known}，退回 {len(one.refused)}"
            f" · answered {len(one.lines)}, recorded {one.recorded}, known {one.known}, refused {len(one.refused)}"
        )
        if one.refused_list:
            typer.echo(f"  退回名单 · to send back: {one.refused_list}")
    if any(one.refused for one in taken):
        raise typer.Exit(1)


@app.command()
def exempt(
    finding_id: Annotated[str, typer.Argument(metavar="FINDING_ID", help="疑点编号（audit.finding） · id of the finding")],
    until: Annotated[str, typer.Option(help="有效期的最后一天，如 2026-12-31 · the last day on which it holds")],
    approved_by: Annotated[str, typer.Option(help="批准人姓名 · who grants it")],
    by: Annotated[str, typer.Option(help="经办人姓名 · who records it")],
    reason: Annotated[str, typer.Option(help="理由 · why")],
) -> None:
    """豁免一条疑点至某日（记录在案）；任一方取值改变即失效 · let a finding rest until a day, on record; it lapses when values change."""
    from bidui import outcome
    from bidui.warehouse.connection import transaction

    with transaction() as connection:
        done = outcome.exempt(connection, finding_id, until=until, approved_by=approved_by, by=by, reason=reason)
    said = "已登记，自下一夜起生效 · recorded, counts from the next night on" if done.is_new else "此前已登记 · recorded before"
    typer.echo(f"{finding_id}: {said}")
