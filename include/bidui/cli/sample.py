"""`bidui sample`: a synthetic county as drop folders, its truth kept apart."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command("sample")
def sample(
    out: Annotated[Path, typer.Option(help="输出文件夹 · folder of the drop folders night_<k> and of reference/")],
    as_of: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="第一夜 · the first night")],
    persons: Annotated[
        int | None, typer.Option(min=100, help="在册人数，缺省为校准县 · registry persons; default: the calibrated county")
    ] = None,
    seed: Annotated[int, typer.Option(help="随机种子 · same seed, same bytes")] = 1,
    nights: Annotated[int, typer.Option(min=1, help="夜数 · how many nights")] = 1,
    truth: Annotated[Path | None, typer.Option(help="真值文件夹，仅供测试 · folder of the truth, for tests only")] = None,
) -> None:
    """生成样例县 · Write a synthetic county: all extracts of all departments, night by night."""
    from bidui.sample import default_persons, generate

    generate(persons or default_persons(), seed, nights, as_of.date(), out, truth)
    typer.echo(f"样例县已写入 · sample county written to {out}")
