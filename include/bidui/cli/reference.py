"""`bidui reference load`: a county's own divisions, aliases and parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()
reference = typer.Typer(help="区划、别名与参数 · divisions, aliases and parameters", no_args_is_help=True)
app.add_typer(reference, name="reference")


@reference.command()
def load(
    folder: Annotated[
        Path, typer.Argument(help="含 divisions.csv、division_aliases.csv、parameters.csv 的文件夹 · folder with these files")
    ],
    by: Annotated[str | None, typer.Option("--by", help="载入人，默认当前用户 · who loads (default: the user)")] = None,
) -> None:
    """载入本县的参考数据，先查后载，自下一夜起生效 · check and load a county's own reference data, for the next night.

    Exit status 2 when something is wrong; then nothing is loaded.
    """
    from bidui.reference.loader import load as load_reference
    from bidui.warehouse.connection import transaction

    with transaction() as connection:
        done = load_reference(connection, folder, by)
    for warning in done.warnings:
        typer.echo(f"! {warning}")
    for file, rows in done.rows.items():
        typer.echo(f"{file}: {rows} 行 · rows")
    if done.changed:
        typer.echo(f"已载入，记录 {done.load_id}，自下一夜起生效 · loaded as record {done.load_id}, in force from the next night")
    else:
        typer.echo(f"与记录 {done.load_id} 相同，未改动 · same as record {done.load_id}, nothing changed")
