"""`bidui rule`: the rule catalogue, checked before a night meets it."""

from __future__ import annotations

import datetime as dt
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


@rules.command("dry-run")
def dry_run(
    what: Annotated[
        list[str], typer.Argument(help="规则文件（YAML，同 dbt_project/rules）或规则编号 · a rule file or rules' ids")
    ],
    as_of: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="比对日期，缺省为已建成的一夜 · the night that stands built")
    ] = None,
    parameters: Annotated[
        Path | None, typer.Option(help="试用的 parameters.csv，代替本县已载入的 · a parameters.csv tried instead of what the county has loaded")
    ] = None,
) -> None:
    """试运行：新规则、改动的规则或参数今夜会命中什么，与当夜疑点逐镇相比；只读 · what a new or changed rule would open, close and leave.

    Counts by town, no names; nothing is written. Exit status 1 when a rule cannot run; each is named with file, line
    and key.
    """
    from bidui.night.dry_run import dry_run as try_rules
    from bidui.warehouse.connection import connect

    files = [Path(one) for one in what if one.endswith((".yml", ".yaml"))]
    if len(files) > 1:
        raise typer.BadParameter("一次一个文件 · one file at a time")
    connection = connect(application="bidui rule dry-run")
    connection.set_session(readonly=True)
    try:
        result = try_rules(
            connection,
            file=files[0] if files else None,
            rules=[one for one in what if not one.endswith((".yml", ".yaml"))],
            as_of=as_of.date() if as_of else None,
            parameters=parameters,
        )
    finally:
        connection.rollback()
        connection.close()
    typer.echo(f"{result.as_of}: 试运行，未写入 · tried, nothing written")
    for trial in result.trials:
        typer.echo(f"\n{trial.rule_id} {trial.title} ({trial.version})")
        if trial.silent:
            typer.echo(f"  当夜不运行，缺 · says nothing on this night, for want of: {', '.join(trial.silent)}")
            continue
        _echo_counts("合计 total", *(trial.total(what) for what in ("new", "gone", "same", "kept")))
        for count in trial.counts:
            _echo_counts(f"{count.division_code} {count.name}", count.new, count.gone, count.same, count.kept)
    for found in result.refused:
        typer.echo(str(found.problem), err=True)
    if result.refused:
        raise typer.Exit(1)


def _echo_counts(place: str, new: int, gone: int, same: int, kept: int) -> None:
    typer.echo(f"  新增 new {new:>6}  消失 gone {gone:>6}  不变 same {same:>6}  不可比保留 kept {kept:>6}  {place}")
