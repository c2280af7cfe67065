"""`bidui audit-figures`: check the figures that a work report states."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer()


@app.command("audit-figures")
def audit_figures(
    file: Annotated[Path, typer.Argument(help="填报数 CSV，每行一个数字 · CSV of typed-in figures, one per row")],
    by: Annotated[str | None, typer.Option("--by", help="载入人，默认当前用户 · who loads (default: the user)")] = None,
    check_only: Annotated[
        bool, typer.Option("--check-only", help="只核对，不记录 · check only, keep no record")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 · for programs")] = False,
) -> None:
    """核对工作报告中的合计、占比、恒等式，并与数据库核对 · check a report's sums, shares and identities, and against the warehouse.

    The figures are kept on record and audited again every night, from the next one on. Exit status 1 when a row could
    not be read (the others are checked), 2 when the file cannot be used.
    """
    from bidui.figure import audit
    from bidui.figure.reader import read_figures
    from bidui.figure.record import record
    from bidui.warehouse.connection import connect
    from bidui.warehouse.prepare import prepare

    figures = read_figures(file)
    prepare()
    connection = connect()
    try:
        load_id = record(connection, figures, by or getpass.getuser())
        checks = audit.checks_of(connection, load_id)
        if check_only:
            connection.rollback()
        else:
            connection.commit()
    finally:
        connection.close()
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "load_id": None if check_only else load_id,
                    "checks": checks,
                    "problems": [problem.as_dict() for problem in figures.problems],
                },
                ensure_ascii=False, default=float,
            )
        )
    else:
        audit.show(checks, Console())
        for problem in figures.problems:
            typer.echo(f"! {problem}")
        if not check_only:
            typer.echo(f"已记录 {load_id}，自下一夜起每夜核对 · on record as {load_id}, audited every night from the next one on")
    if any(problem.row is not None and problem.row > 1 for problem in figures.problems):
        raise typer.Exit(1)
