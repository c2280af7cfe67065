"""Commands that prove or redo nights: replay, rebuild, and the chain of fingerprints."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()
chain = typer.Typer(help="指纹链 · the chain of fingerprints", no_args_is_help=True)
app.add_typer(chain, name="chain")

DATE = ["%Y-%m-%d"]


@app.command()
def replay(
    as_of: Annotated[dt.datetime, typer.Option(formats=DATE, help="比对日期 · the night")],
    keep: Annotated[bool, typer.Option(help="保留重放结果供查看 · keep the schemas replay_mart_* for a look")] = False,
) -> None:
    """重放：在已发布结果之旁重算一夜并逐表比较 · compute a night again beside the published one and compare every table."""
    from bidui.night.replay import replay as replay_night

    done = replay_night(as_of.date(), keep=keep)
    typer.echo(f"{done.as_of} 重放 replay：当时、已发布、重放的行数 · rows recorded, published, replayed")
    for row in done.tables:
        result = "相同 equal" if row.is_equal else "不同 DIFFERENT"
        if not row.is_untouched:
            result = "已发布的行被改动 PUBLISHED ROWS WERE CHANGED"
        typer.echo(f"{row.table:<45} {row.recorded:>11,} {row.published:>11,} {row.replayed:>11,}  {result}")
    if done.changed:
        typer.echo(f"与当夜版本不同 · not what it was that night: {', '.join(done.changed)}")
    typer.echo(f"指纹 fingerprint: {done.fingerprint}")
    if not done.is_equal:
        typer.echo("未能证明与已发布结果一致 · not proved equal to the published night")
        raise typer.Exit(1)
    typer.echo("与已发布结果一致 · equal to the published night")


@app.command()
def rebuild(
    first: Annotated[dt.datetime, typer.Option("--from", formats=DATE, help="起始日期 · first night")],
    by: Annotated[str, typer.Option("--by", help="经办人姓名 · who decides")],
    reason: Annotated[str, typer.Option("--reason", help="理由 · why")],
) -> None:
    """重算：自某夜起按序重算已发布各夜（记录在案） · recompute published nights from a date on, in order, on record."""
    from bidui.night.rebuild import rebuild as rebuild_nights
    from bidui.warehouse.migrate import refresh_outward

    for night in rebuild_nights(first.date(), by=by, reason=reason):
        changed = ", ".join(night.changed_tables) or "无 none"
        typer.echo(f"{night.as_of} 运行 run {night.run_id}：有变化的表 tables that changed: {changed}")
    refresh_outward()


@chain.callback()
def group() -> None:
    """指纹链 · the chain of fingerprints."""


@chain.command()
def export(file: Annotated[Path, typer.Argument(help="导出文件（.json） · file to write")]) -> None:
    """导出指纹链与离线核验脚本 · export the chain, with the script that verifies it offline."""
    from bidui.night.chain import export as export_chain
    from bidui.warehouse.connection import transaction

    with transaction() as connection:
        runs = export_chain(connection, file)
    typer.echo(f"{runs} 次运行 runs → {file}")
    typer.echo(f"核验 verify: python {file.with_name('verify_chain.py')} {file}")
