"""`bidui linkage …`: the residual model's versions, and the review queue."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from bidui.linkage.version import Change

linkage = typer.Typer(help="人员关联：模型与复核 · linkage: model versions and review", no_args_is_help=True)
app = typer.Typer()
app.add_typer(linkage, name="linkage")

Version = Annotated[str, typer.Argument(metavar="VERSION", help="模型版本（见 bidui linkage versions） · version of the model")]
Login = Annotated[
    str | None, typer.Option("--login", help="以谁的权限查看，默认平台的审计登录 · whose rights, default the platform's auditor")
]


@linkage.callback()
def group() -> None:
    """人员关联：模型与复核 · linkage: model versions and review."""


@linkage.command()
def versions() -> None:
    """列出模型版本 · list the versions of the model."""
    from bidui.linkage import version
    from bidui.warehouse.connection import transaction

    with transaction() as connection:
        found = version.versions(connection)
    for known in found:
        mark = "* " if known["is_active"] else "  "
        typer.echo(f"{mark}{known['model_version']}  {known['origin']}  {known['note'] or ''}".rstrip())


@linkage.command()
def estimate(
    version: Annotated[str | None, typer.Option("--version", help="版本名，默认按日期 · name (default: by date)")] = None,
) -> None:
    """按本县已关联的数据估计权重，存为新版本（不启用） · estimate weights from the county's own links; saved, not activated."""
    from bidui.linkage import version as versions

    name = versions.estimate(version)
    typer.echo(f"已保存 saved: {name}（bidui linkage diff {name}）")


@linkage.command()
def diff(version: Version) -> None:
    """改用该版本后哪些结论会变 · which decisions of the last night would change under the version."""
    from bidui.linkage import version as versions

    _show(versions.difference(version))


@linkage.command()
def activate(
    version: Version,
    by: Annotated[str, typer.Option("--by", help="经办人姓名 · who decides")],
    reason: Annotated[str, typer.Option("--reason", help="理由 · why")],
) -> None:
    """自下一夜起启用该版本（记录在案，含变化） · let nights run with the version, on record with what it changes."""
    from bidui.linkage import version as versions

    _show(versions.activate(version, by=by, reason=reason))
    typer.echo(f"已启用 active from the next night on: {version}")


@linkage.command()
def review(
    out: Annotated[Path, typer.Option("--out", help="复核表（xlsx），含姓名证件 · workbook to write; it names people")],
    login: Login = None,
    by: Annotated[
        str | None, typer.Option("--by", help="经办人，默认为系统用户名 · who does it (default: the system's user)")
    ] = None,
) -> None:
    """把待复核的关联写成工作簿（导出记录在案） · write the review queue as a workbook; the export is on record."""
    from bidui.linkage import review as reviews
    from bidui.warehouse import people

    lines = reviews.write(people.auditor_url(login), out, by=by or getpass.getuser())
    typer.echo(f"待复核 {lines} 对，已写入 · {lines} pairs to review, written: {out}")


@linkage.command()
def verdicts(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="填好的复核表 · the answered workbook")],
    refused: Annotated[
        Path | None, typer.Option("--refused", help="退回名单的目录，默认在 exports 下 · where the list of refused lines goes")
    ] = None,
) -> None:
    """载入复核结论，自下一夜起生效 · take in reviewers' verdicts; they count from the next night on.

    Exit status 1 when a line was refused (the others are recorded), 2 when the file cannot be used.
    """
    from bidui.linkage import verdict
    from bidui.warehouse.connection import transaction

    with transaction() as connection:
        applied = verdict.apply(connection, file, refused or verdict.refused_folder())
    for _, problem in applied.refused:
        typer.echo(problem, err=True)
    typer.echo(
        f"新增 {applied.new}，此前已有 {applied.known}，未填 {applied.open}，拒收 {len(applied.refused)}"
        f" · {applied.new} new, {applied.known} known, {applied.open} left open, {len(applied.refused)} refused"
    )
    if applied.refused:
        typer.echo(f"退回名单 · to send back: {applied.refused_list}")
        raise typer.Exit(1)


def _show(changes: list[Change]) -> None:
    from bidui.explain.words import DECISIONS, said

    table = Table(title="结论变化 changes of decisions", title_justify="left")
    for heading in ("数据项 extract", "现 now", "改后 then", "换人 other person", "行 rows"):
        table.add_column(heading)
    words = {**DECISIONS, "nobody": "无 nobody"}
    for change in changes:
        table.add_row(
            change.extract, said(words, change.before), said(words, change.after),
            "是 yes" if change.is_other_person else "", f"{change.rows:,}",
        )  # fmt: skip
    console = Console()
    if changes:
        console.print(table)
    else:
        console.print("没有结论改变 · no decision would change")
