"""`bidui privacy`: proof that personal data stays where it belongs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

privacy = typer.Typer(help="个人信息 · personal data", no_args_is_help=True)
app = typer.Typer()
app.add_typer(privacy, name="privacy")


@privacy.callback()
def group() -> None:
    """个人信息 · personal data."""


@privacy.command()
def scan(
    planted: Annotated[
        Path | None,
        typer.Option(
            "--planted", exists=True, dir_okay=False,
            help="要查找的值，每行一个（姓名或号码） · values to look for, one a line (names or numbers)",
        ),
    ] = None,
    at_most: Annotated[
        int, typer.Option("--at-most", help="每个个人信息列最多取多少个号码 · numbers taken from each personal column")
    ] = 2000,
) -> None:
    """查找不应出现个人信息的地方：日志、Airflow 各表、质量报告、dbt 产物、已发布数据 · look where no person's value may be.

    Without `--planted`, numbers of people in force are looked for. Places and counts are told, never a value.
    Exit status 1 when something is found.
    """
    from bidui.contract import load_sources
    from bidui.platform import settings
    from bidui.privacy import Needles, known_values
    from bidui.privacy import scan as look
    from bidui.warehouse.connection import transaction, warehouse_url

    if planted is not None:
        values = planted.read_text(encoding="utf-8-sig").split()
    else:
        with transaction() as connection:
            values = known_values(connection, load_sources(), at_most)
    needles = Needles(values)
    leaks = look(needles, warehouse_url(), settings.metadata_url())
    for leak in leaks:
        typer.echo(f"{leak.place}: {leak.values} 个值 values")
    if leaks:
        typer.echo("发现个人信息，请联系平台工程师 · values of people were found: tell the platform's engineers", err=True)
        raise typer.Exit(1)
    typer.echo(f"查找 {len(needles):,} 个值，均未发现 · none of {len(needles):,} values was found")
