"""Commands about nights and the warehouse as a whole: status, report, prepare."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer()

Json = Annotated[bool, typer.Option("--json", help="机器可读 · for programs")]


@app.command()
def status(as_json: Json = False) -> None:
    """生效、过期、暂存的批次 · what is in force, stale, held, and which night is published."""
    from bidui import clock
    from bidui.contract import load_sources
    from bidui.home import sources_dir
    from bidui.night import status as night_status
    from bidui.warehouse.connection import transaction

    with transaction() as connection:
        found = night_status.collect(connection, load_sources(sources_dir()), clock.today())
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, default=str))
    else:
        night_status.show(found, Console())


@app.command()
def report(
    as_of: Annotated[dt.datetime, typer.Option(formats=["%Y-%m-%d"], help="比对日期 · the night")], as_json: Json = False
) -> None:
    """一夜的结果 · the closing report of a night."""
    from bidui.night import report as night_report
    from bidui.warehouse.connection import transaction

    with transaction() as connection:
        found = night_report.collect(connection, as_of.date())
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, default=str))
    else:
        night_report.show(found, {}, Console())


@app.command()
def prepare() -> None:
    """准备数据库（可重复执行） · bring the warehouse to where a night can run; safe to repeat."""
    from bidui.warehouse.prepare import prepare as prepare_warehouse

    prepare_warehouse()
    typer.echo("数据库已就绪 · the warehouse is ready")
