"""Commands of the standing platform: up, down, nightly."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from bidui.problem import Problem, ProblemError

if TYPE_CHECKING:
    from bidui.platform.nightly import Night

app = typer.Typer()

ByHand = Annotated[
    bool,
    typer.Option("--by-hand/--by-clock", help="只手动运行 / 每夜 00:30 自动运行 · nights by hand only, or by the clock"),
]


@app.command()
def up(by_hand: ByHand = False) -> None:
    """启动平台：数据库、Airflow 及其界面 · start the warehouse, Airflow and its UI."""
    from bidui.platform import places, service

    console = Console(stderr=True)
    service.keep_nights(by_hand=by_hand)
    _up(console)
    for label, place in places.entrances().items():
        typer.echo(f"{label}: {place}")


@app.command()
def down() -> None:
    """停止平台的全部进程 · stop every process of the platform."""
    from bidui.platform import service

    killed = service.down()
    typer.echo("平台已停止 · the platform is stopped")
    if killed:
        typer.echo(f"未按时退出而被终止 · did not end in time and were killed: {len(killed)}", err=True)


@app.command()
def nightly(
    as_of: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="比对日期 · the night")
    ] = None,
    drop: Annotated[Path | None, typer.Option(help="投递目录，默认为常设目录 · drop folder, default the standing one")] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="样例县的下一夜 · the next night of the sample county")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 · for programs")] = False,
) -> None:
    """通过 Airflow 运行一夜；只有发布成功才返回 0 · run one night through Airflow; exit status 0 only if published."""
    console = Console(stderr=True)
    if sample:
        if as_of is not None or drop is not None:
            raise ProblemError(_sample_alone())
        night, drop = _sample_night(console)
    elif as_of is None:
        raise ProblemError(_as_of_missing())
    else:
        night = _asked_night(as_of.date(), drop, console)
    _report(night, drop, console, as_json=as_json)
    if not night.published:
        raise typer.Exit(1)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def airflow(context: typer.Context) -> None:
    """Airflow 自带命令，用本平台的设置 · Airflow's own command line, with this platform's settings."""
    import os

    from bidui.platform import settings
    from bidui.warehouse import embedded

    if not settings.has_own_metadata():
        embedded.start()
    arguments = [sys.executable, "-m", "airflow", *context.args]
    os.execve(sys.executable, arguments, settings.environment(settings.metadata_url()))  # noqa: S606


def _sample_night(console: Console) -> tuple[Night, Path]:
    """Run the sample county's next night; return it and the folder that its files lie in."""
    from bidui.platform import sample_night, service

    service.keep_nights(by_hand=True)
    writing = sample_night.begin()  # while the platform comes up
    _up(console)
    _say(console, "样例县的文件与参考数据", "files and reference data of the sample county")
    drop = writing.wait()
    sample_night.load_reference()
    night = _run(writing.as_of, drop, console)
    if night.published:
        sample_night.advance(writing.number)
    return night, drop


def _asked_night(as_of: dt.date, drop: Path | None, console: Console) -> Night:
    from bidui import clock
    from bidui.platform import nightly as driver
    from bidui.platform import service

    # What can be refused at once is, before a platform is started for it.
    driver.check_request(as_of, drop, None, clock.today())
    _up(console)
    driver.check_request(as_of, drop, service.published_night(), clock.today())
    return _run(as_of, drop, console)


def _run(as_of: dt.date, drop: Path | None, console: Console) -> Night:
    from bidui.platform import nightly as driver
    from bidui.platform import progress, service, settings
    from bidui.platform.departments import departments
    from bidui.platform.rest import AirflowRefusedError

    airflow = service.airflow()
    try:
        with progress.watching(console) as watch:
            return driver.run_night(airflow, departments(), as_of, drop, watch)
    except AirflowRefusedError as error:
        console.print(f"[bold red]Airflow 没有应答 · Airflow did not answer[/]: {error}", soft_wrap=True, highlight=False)
        console.print(f"  日志 log: {settings.log_dir() / 'api-server.log'}", soft_wrap=True, highlight=False)
        raise typer.Exit(1) from None
    finally:
        airflow.close()


def _report(night: Night, drop: Path | None, console: Console, *, as_json: bool) -> None:
    """What failed on the console, what the night brought on standard output."""
    from bidui.night import report as night_report
    from bidui.platform import places, progress, service

    progress.show_failures(list(night.failed), console)
    if night.reason:
        console.print(f"[bold red]{night.reason}[/]")
    report = service.closing_report(night.as_of, drop)
    report["failed_tasks"] = [f"{task.dag_id}.{task.task_id}" for task in night.failed]
    report["published"] = night.published
    if as_json:
        typer.echo(json.dumps(report | {"places": places.all_places()}, ensure_ascii=False, default=str))
    else:
        # A pipe has no width of its own; 80 columns would break every title.
        screen = Console() if sys.stdout.isatty() else Console(width=160)
        night_report.show(report, places.all_places(), screen)


def _up(console: Console) -> None:
    from bidui.platform import service

    try:
        service.up(lambda zh, en: _say(console, zh, en))
    except service.PlatformFailedError as error:
        console.print(f"[bold red]{error}[/]\n  日志 log: {error.log}", soft_wrap=True)
        for line in error.lines:
            console.print(f"  | {line}", soft_wrap=True, highlight=False, markup=False)
        raise typer.Exit(1) from None


def _say(console: Console, zh: str, en: str) -> None:
    console.print(f"… {zh} · {en}", highlight=False)


def _as_of_missing() -> Problem:
    return Problem(
        code="nightly.as_of",
        what_zh="没有给出比对日期",
        what_en="no night is given",
        expected_zh="--as-of 年-月-日，或 --sample",
        expected_en="--as-of YYYY-MM-DD, or --sample",
        fix_zh="加上 --as-of",
        fix_en="add --as-of",
    )


def _sample_alone() -> Problem:
    return Problem(
        code="nightly.sample",
        what_zh="--sample 自定日期和投递目录",
        what_en="--sample decides the night and the drop folder itself",
        expected_zh="不与 --as-of、--drop 同用",
        expected_en="neither --as-of nor --drop beside it",
        fix_zh="去掉 --as-of 和 --drop",
        fix_en="leave out --as-of and --drop",
    )
