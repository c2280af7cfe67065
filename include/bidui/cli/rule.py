"""`bidui rule`: the rule catalogue, checked before a night meets it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

rules = typer.Typer(help="比对规则 · the rule catalogue", no_args_is_help=True)
app = typer.Typer()
app.add_typer(rules, name="rule")


@rules.callback()
def group() -> None:
    """比对规则 · the rule catalogue."""


@rules.command()
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="规则目录，默认为项目自带 · the catalogue's folder (default: the project's own)")
    ] = None,
) -> None:
    """检查规则目录并运行全部示例 · check every rule against the fact tables' columns and run its examples.

    Exit status 1 when a rule has a mistake; each is named with file, rule and key.
    """
    from bidui.home import dbt_dir
    from bidui.rule import load
    from bidui.rule.example import check_catalogue
    from bidui.warehouse import embedded
    from bidui.warehouse.connection import connect, is_external

    if not is_external():
        embedded.start()
    catalogue = load(folder or dbt_dir() / "rules")
    connection = connect(application="bidui rule check")
    try:
        problems = list(check_catalogue(connection, catalogue))
    finally:
        connection.rollback()
        connection.close()
    for found in problems:
        typer.echo(str(found.problem), err=True)
    examples = sum(len(rule.hits) + len(rule.near_misses) for rule in catalogue.rules)
    typer.echo(
        f"规则 {len(catalogue.rules)} 条，示例 {examples} 个，问题 {len(problems)} 个 · "
        f"{len(catalogue.rules)} rules, {examples} examples, {len(problems)} problems"
    )
    if problems:
        raise typer.Exit(1)
