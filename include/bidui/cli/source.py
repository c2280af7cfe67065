"""`bidui inspect` and `bidui contract check`: a file and the contracts, looked at before the night does."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from bidui.inspection import Inspection, TableReport

app = typer.Typer()
contract = typer.Typer(help="数据源约定 · source contracts", no_args_is_help=True)
app.add_typer(contract, name="contract")

_VIA = {"header": "表头 · header", "alias": "别名 · alias", "unit": "单位不计 · unit left out"}
_FOUND_IN = {
    "title": "标题行 · title row",
    "file_name": "文件名 · file name",
    "modified": "文件修改时间 · modification time",
}
_SKIPPED = {"title": "标题 · titles", "header": "表头 · headers", "blank": "空行 · blanks", "footer": "表尾 · footers"}
_SEVERITY = {"hold": ("✗", "red"), "warn": ("!", "yellow"), "info": ("·", "dim")}


@app.command()
def inspect(
    file: Annotated[Path, typer.Argument(help="要检查的文件 · the file to look at")],
    extract: Annotated[
        str | None, typer.Option("--extract", help="按哪个数据项读（默认按表头认） · which extract (default: by its header)")
    ] = None,
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="夜次日期，默认今天 · the night (default: today)")
    ] = None,
) -> None:
    """入库前看一个文件会被怎样读取，不写入任何内容 · how a file would be read before anyone drops it.

    Exit status 1 when the file would be held.
    """
    from rich.console import Console

    from bidui.contract import load_sources
    from bidui.inspection import inspect as look

    found = look(file, load_sources(), extract, as_of.date() if as_of else None)
    console = Console()
    _print(console, found)
    if found.would_be_held:
        raise typer.Exit(1)


@contract.command()
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="约定目录，默认为项目自带 · folder of the contracts (default: the project's own)")
    ] = None,
) -> None:
    """检查数据源约定，指出文件、行、键和改法 · check the source contracts; each mistake with file, line, key and fix.

    Exit status 1 when there is a mistake.
    """
    from bidui.contract import load_sources
    from bidui.contract.code_lists import shipped_code_lists
    from bidui.problem import ProblemError

    try:
        sources = load_sources(folder, shipped_code_lists())
    except ProblemError as error:
        for problem in error.problems:
            typer.echo(str(problem), err=True)
        typer.echo(f"问题 {len(error.problems)} 个 · {len(error.problems)} problems", err=True)
        raise typer.Exit(1) from None
    columns = sum(len(extract.columns) for extract in sources.extracts.values())
    typer.echo(
        f"部门 {len(sources.departments)} 个，数据项 {len(sources.extracts)} 个，列 {columns} 个，没有问题 · "
        f"{len(sources.departments)} departments, {len(sources.extracts)} extracts, {columns} columns, no problem"
    )


@contract.command("try")
def try_pull(
    extract: Annotated[str, typer.Argument(help="数据项 · the extract")],
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="夜次日期，默认今天 · the night (default: today)")
    ] = None,
) -> None:
    """向部门服务器试拉一个数据项，看会被怎样读取；不留任何内容 · pull an extract now and show how it would be read.

    Nothing is kept or recorded. Exit status 1 when what came would be held, 2 when nothing came.
    """
    import tempfile

    from rich.console import Console

    from bidui import clock
    from bidui.platform import settings

    settings.join()
    from bidui.connector import pull_once
    from bidui.contract import load_sources
    from bidui.inspection import inspect as look

    sources = load_sources()
    night = as_of.date() if as_of else clock.today()
    with tempfile.TemporaryDirectory() as folder:
        path = pull_once(sources.extract(extract), night, Path(folder))
        found = look(path, sources, extract, night)
    _print(Console(), found)
    if found.would_be_held:
        raise typer.Exit(1)


def _print(console: Console, found: Inspection) -> None:
    from rich.markup import escape

    console.print(f"[bold]{escape(found.file)}[/]  {found.size:,} B")
    if found.extract is not None:
        how = "（按表头认出 · told by its header）" if found.guessed else ""
        console.print(
            f"数据项 · extract: [bold]{found.extract.key}[/] {escape(str(found.extract.title))}{how}\n"
            f"放入 · drop it into: {found.extract.department}/{found.extract.key}/"
        )
    if found.container:
        console.print(f"容器 · container: {found.container}")
    for table in found.tables:
        _print_table(console, table)
    for problem in found.problems:
        mark, style = _SEVERITY[problem.severity]
        console.print(f"[{style}]{mark} {escape(problem.zh)}[/]\n  [{style}]{escape(problem.en)}[/]", highlight=False)
    if found.would_be_held:
        console.print("[bold red]会被暂存，不会入库 · this file would be held[/]")
    else:
        console.print("[bold green]可以入库 · this file would land[/]")


def _print_table(console: Console, table: TableReport) -> None:
    _print_place(console, table)
    _print_columns(console, table)
    _print_reading(console, table)
    _print_troubles(console, table)


def _print_place(console: Console, table: TableReport) -> None:
    from rich.markup import escape

    part, header = table.part, table.header
    facts = [part.source_name]
    if part.sheet:
        facts.append(f"工作表 · sheet {part.sheet}")
    if part.encoding:
        facts.append(f"编码 · encoding {part.encoding.upper()}")
    if part.delimiter:
        facts.append(f"分隔符 · delimiter {part.delimiter!r}")
    rows = str(header.row) if header.rows == 1 else f"{header.row}–{header.last_row}"
    facts.append(f"表头在第 {rows} 行 · header in row {rows}")
    console.print("\n" + escape("  |  ".join(facts)), highlight=False)


def _print_columns(console: Console, table: TableReport) -> None:
    from rich.markup import escape
    from rich.table import Table

    part, header = table.part, table.header
    grid = Table(box=None, pad_edge=False)
    for title in ("列 · col", "表头 · header", "→ 字段 · column", "方式 · via", "必需 · required"):
        grid.add_column(title)
    for match in header.matched:
        grid.add_row(
            part.letter(match.position), escape(match.text), match.column.name, _VIA[match.via],
            "是 · yes" if match.column.required else "",
        )  # fmt: skip
    for position, text in header.unknown:
        grid.add_row(part.letter(position), escape(text), "—", "[yellow]约定外 · not in the contract[/]", "")
    for column in header.missing:
        style = "red" if column.required else "dim"
        grid.add_row("—", f"[{style}]{escape(column.header)}[/]", column.name, f"[{style}]缺少 · missing[/]",
                     "是 · yes" if column.required else "")  # fmt: skip
    console.print(grid)


def _print_reading(console: Console, table: TableReport) -> None:
    from rich.markup import escape

    if table.data_date is not None:
        console.print(f"数据日期 · data date: {table.data_date.day} （{_FOUND_IN[table.data_date.found_in]}）", highlight=False)
    reading = table.reading
    if reading is not None and reading.rows_read:
        skipped = "，".join(f"{_SKIPPED[kind]} {count}" for kind, count in sorted(reading.skipped.items()))
        console.print(
            f"读取 · read {reading.rows_read:,} = 入库 · landed {reading.rows_landed:,}"
            f" + 跳过 · skipped {reading.rows_skipped:,}（{skipped}）",
            highlight=False,
        )
        for name, total in reading.totals.items():
            money = reading.extract.by_name[name].header
            unread = f"，无法读作金额 · not amounts {total.unread}" if total.unread else ""
            console.print(f"合计 · total {escape(money)}: {total.total:,} 元 · yuan（{total.count:,}{unread}）", highlight=False)


def _print_troubles(console: Console, table: TableReport) -> None:
    from rich.markup import escape

    for trouble in table.troubles:
        shown = "、".join(map(str, trouble.rows)) + (" …" if trouble.count > len(trouble.rows) else "")
        console.print(
            f"[yellow]! {escape(trouble.column)}：{trouble.what_zh} · {trouble.what_en}："
            f"{trouble.count:,} 行 · rows（{shown}）[/]",
            highlight=False,
        )
