"""`bidui handbook`: documents that build themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def handbook(
    out: Annotated[Path | None, typer.Option("--out", help="目录，默认 BIDUI_HOME/docs/handbook · folder")] = None,
    models: Annotated[
        bool, typer.Option("--models", help="另写 dbt 的模型页：说明、字段、SQL、血缘 · also dbt's page of models with their lineage")
    ] = False,
) -> None:
    """生成数据字典、规则手册、数据源时间表 · write data dictionary, rule book and source timetable as HTML."""
    from bidui import handbook as pages

    for page, path in pages.build(out).items():
        typer.echo(f"{pages.PAGES[page][0]} · {pages.PAGES[page][1]}: {path}")
    if models:
        typer.echo(f"模型与血缘 · Models and lineage: {pages.models(out)}")
