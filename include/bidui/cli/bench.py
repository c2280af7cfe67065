"""`bidui bench …`: measurements."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

bench = typer.Typer(help="测量 · measurements", no_args_is_help=True)
app = typer.Typer()
app.add_typer(bench, name="bench")


@bench.callback()
def group() -> None:
    """测量 · measurements."""


@bench.command()
def night(
    persons: Annotated[int, typer.Option(help="名册人数 · registry persons")] = 12_498,
    seed: Annotated[int, typer.Option(help="随机种子 · seed of the county")] = 1,
    folder: Annotated[Path | None, typer.Option(help="样例存放目录 · where the county is kept")] = None,
    unchanged: Annotated[bool, typer.Option(help="再跑没有新文件的一夜 · the next night too, without a new file")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 · for programs")] = False,
) -> None:
    """一整夜逐步计时：每步行数/秒与内存峰值 · a whole night step by step: rows per second and peak memory."""
    from bidui.bench import night as bench_night
    from bidui.home import folder as home_folder

    result = bench_night.run(persons, seed, folder or home_folder("bench"), unchanged=unchanged)
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    table = Table(title=f"{persons:,} 名册人口 registry persons", title_justify="left")
    table.add_column("步骤 step")
    for heading in ("秒 seconds", "CPU 秒 s", "行 rows", "行/秒 rows/s", "内存峰值 peak MB"):
        table.add_column(heading, justify="right")
    for step in result["steps"]:
        table.add_row(
            step["step"], f"{step['seconds']:.1f}", f"{step['cpu_seconds']:.1f}", f"{step['rows']:,}" if step["rows"] else "",
            f"{step['rows_per_second']:,}" if step["rows"] else "", f"{step['peak_mb']:,}",
        )  # fmt: skip
    console = Console()
    console.print(table)
    console.print(f"整夜 whole night: {result['night_seconds']} s, CPU {result['night_cpu_seconds']} s")
    if unchanged:
        console.print(
            f"无新文件的一夜 unchanged night: {result['unchanged_seconds']} s, CPU {result['unchanged_cpu_seconds']} s"
            f" = {result['unchanged_to_night']:.0%}"
        )
    console.print(f"入库 / 裸 COPY · landing / bare COPY: {result['landing_to_copy']}")


@bench.command()
def worklists(
    findings: Annotated[int, typer.Option(help="疑点数 · findings")] = 100_000,
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 · for programs")] = False,
) -> None:
    """下发清单计时 · a cycle of worklists: seconds, files, peak memory."""
    from bidui.bench import worklist as bench_worklist

    result = bench_worklist.run(findings)
    if as_json:
        typer.echo(json.dumps(result))
        return
    typer.echo(
        f"{result['findings']:,} 条疑点 findings, {result['files']:,} 个清单 files, {result['written_mb']} MB: "
        f"{result['seconds']} 秒 s（CPU {result['cpu_seconds']} s）, 内存峰值 peak {result['peak_mb']} MB"
    )


@bench.command()
def serving(
    limit: Annotated[float, typer.Option(help="毫秒，超过的标出 · milliseconds; slower ones are marked")] = 250,
    persons: Annotated[
        int | None, typer.Option(help="在另一数据库中扩至此人数（不给出：现有仓库） · grow a database of its own to so many; without: what stands")
    ] = None,
    nights: Annotated[int, typer.Option(help="扩展时之前的夜数 · nights before, when grown")] = 300,
    people: Annotated[
        bool, typer.Option(help="审计明细也扩展，100 万人约占 25 GB · grow what auditors read too: about 25 GB at a million")
    ] = False,
    seed: Annotated[int, typer.Option(help="随机种子 · seed of the county")] = 1,
    folder: Annotated[Path | None, typer.Option(help="样例存放目录 · where the county is kept")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 · for programs")] = False,
) -> None:
    """各角色打开各视图的前 100 行与计数用时 · first 100 rows and count of every view as each role sees it."""
    from bidui.bench import serving as bench_serving
    from bidui.home import folder as home_folder

    if persons is None:
        result = bench_serving.run(limit)
    else:
        result = bench_serving.run_grown(limit, persons, nights, seed, folder or home_folder("bench"), with_people=people)
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    table = Table(title=f"{result['persons']:,} 名册人口 registry persons", title_justify="left")
    table.add_column("角色 role")
    table.add_column("视图 view")
    for heading in ("行 rows", "前 100 行 first ms", "计数 count ms"):
        table.add_column(heading, justify="right")
    for answer in result["answers"]:
        row = [answer["role"], answer["view"], *(_shown(answer[key]) for key in ("rows", "first_ms", "count_ms"))]
        table.add_row(*row, style="yellow" if f"{answer['role']} {answer['view']}" in result["slow"] else None)
    console = Console()
    console.print(table)
    console.print(f"超过 {limit:g} 毫秒 slower than {limit:g} ms: {', '.join(result['slow']) or '无 none'}")


def _shown(value: float | None) -> str:
    return "—" if value is None else f"{value:,}"


@bench.command()
def rules(
    rows: Annotated[int, typer.Option(help="名册人数 · registry persons")] = 1_000_000,
    seed: Annotated[int, typer.Option(help="随机种子 · seed of the county")] = 1,
    folder: Annotated[Path | None, typer.Option(help="样例存放目录 · where the county is kept")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 · for programs")] = False,
) -> None:
    """全部规则一遍扫描，与每条规则一次查询相比 · all rules in one pass beside one query per rule, on the same facts."""
    from bidui.bench import rules as bench_rules
    from bidui.home import folder as home_folder

    result = bench_rules.run(rows, seed, folder or home_folder("bench"))
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    for table, count in result["facts"].items():
        typer.echo(f"{table}: {count:,} 行 rows")
    for grain, seconds in result["pass"].items():
        typer.echo(f"一遍扫描 one pass, {grain}: {seconds} s")
    typer.echo(f"最慢 slowest: {', '.join(f'{rule} {seconds} s' for rule, seconds in result['slowest'])}")
    typer.echo(
        f"{result['rules']} 条规则 rules, {result['hits']:,} 命中 hits: 一遍 one pass {result['pass_seconds']} s,"
        f" 逐条 one query each {result['queries_seconds']} s, 比 ratio {result['ratio']}"
    )


@bench.command()
def linkage(
    persons: Annotated[int, typer.Option(help="名册人数 · registry persons")] = 100_000,
    seed: Annotated[int, typer.Option(help="随机种子 · seed of the county")] = 1,
    folder: Annotated[Path | None, typer.Option(help="样例存放目录 · where the county is kept")] = None,
    splink: Annotated[bool, typer.Option(help="与 Splink 同数据对照 · beside Splink on the same residual")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 · for programs")] = False,
) -> None:
    """人员关联对照样例真值：精度、召回、复核量、耗时、内存 · linkage against the sample's truth, beside Splink."""
    from bidui.bench import linkage as bench_linkage
    from bidui.home import folder as home_folder

    result = bench_linkage.run(persons, seed, folder or home_folder("bench"), splink=splink)
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    typer.echo(
        f"{result['rows']:,} 人次 persons named, {result['linked']:,} 已关联 linked, {result['wrong']} 错 wrong:"
        f" 精度 precision {result['precision']}, 召回 recall {result['recall']},"
        f" 含复核 with review {result['recall_with_review']}"
    )
    typer.echo(
        f"待复核 review: {result['review']:,}（每百万 per million {result['review_per_million']:,}，"
        f"其中为真 true {result['review_share_true']:.0%}）"
    )
    for name, found in (("第二层 tier 2", result["tier_2"]), ("Splink", result["splink"])):
        if found:
            handover = f"（另交接 and handing over {found['handover_seconds']} s）" if "handover_seconds" in found else ""
            typer.echo(
                f"{name}: {found['linked']:,} 已关联 linked, {found['wrong']} 错 wrong, 召回 recall {found['recall']},"
                f" {found['seconds']} 秒 s{handover}, 内存峰值 peak {found.get('server_peak_mb', found.get('peak_mb'))} MB"
            )
