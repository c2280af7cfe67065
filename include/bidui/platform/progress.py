"""How a night in progress looks in a terminal: a live table for a person, a line per finished DAG for a log."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.live import Live
from rich.table import Table

from bidui.platform.nightly import FINISHED, FailedTask, Progress

STATES = {
    "queued": "等待 queued",
    "running": "进行 running",
    "success": "[green]完成 done[/]",
    "failed": "[red]失败 failed[/]",
}
BAR = 20


class Watch(Protocol):
    """Somebody who is told how far the night is."""

    def __call__(self, progress: Progress) -> None:
        """Take a look."""


@contextmanager
def watching(console: Console) -> Iterator[Watch]:
    """A watcher that suits the console; time is counted from here."""
    started = time.monotonic()
    if console.is_terminal:
        with Live(console=console, refresh_per_second=4, transient=True) as live:
            yield lambda progress: live.update(_table(progress, time.monotonic() - started))
    else:
        yield _Lines(console, started)


def show_failures(failed: list[FailedTask], console: Console) -> None:
    """Say which tasks failed, where their logs are, and how the logs end."""
    for task in failed:
        console.print(f"[bold red]任务失败 · task failed[/]: {task.dag_id} · {task.task_id} (第 {task.try_number} 次 try)")
        console.print(f"  日志 log: {task.log}", soft_wrap=True, highlight=False)
        for line in task.lines:
            console.print(f"  | {line}", soft_wrap=True, highlight=False, markup=False)


class _Lines:
    def __init__(self, console: Console, started: float):
        self._console = console
        self._started = started
        self._told: set[str] = set()

    def __call__(self, progress: Progress) -> None:
        for dag_id, state in progress.states.items():
            if state in FINISHED and dag_id not in self._told:
                self._told.add(dag_id)
                seconds = time.monotonic() - self._started
                self._console.print(f"{seconds:6.1f} s  {dag_id}: {STATES[state]}", highlight=False)


def _table(progress: Progress, seconds: float) -> Table:
    table = Table(title=f"比对进行中 · the night is running · {seconds:.0f} s", title_justify="left", box=None)
    table.add_column("DAG")
    table.add_column("状态 state")
    table.add_column("任务 tasks")
    for dag_id, state in progress.states.items():
        done, total = progress.done.get(dag_id, (1, 1))
        filled = BAR if state in FINISHED else BAR * done // max(1, total)
        bar = "━" * filled + "[dim]" + "╌" * (BAR - filled) + "[/]"
        table.add_row(dag_id, STATES.get(state, state), bar)
    return table
