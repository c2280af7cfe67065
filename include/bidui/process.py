"""Long-running processes: each in its own session, with a pid file and a log; stopped without leaving an orphan."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Component:
    """A process to keep running: its name (of pid file and log) and its command line."""

    name: str
    command: Sequence[str]


def start(component: Component, *, environment: Mapping[str, str], run_dir: Path, log_dir: Path) -> int:
    """Start a component in its own session unless it is running; return its pid. Output is appended to its log."""
    running = leader(component.name, run_dir)
    if running is not None:
        return running.pid
    with (log_dir / f"{component.name}.log").open("ab") as log:
        child = subprocess.Popen(
            component.command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            start_new_session=True, cwd=log_dir,
        )
    record = {"pid": child.pid, "started": psutil.Process(child.pid).create_time()}
    path = _pid_file(component.name, run_dir)
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(record), encoding="utf-8")
    beside.rename(path)
    return child.pid


def leader(name: str, run_dir: Path) -> psutil.Process | None:
    """The running process of a component, or None. A reused pid is told apart by its start time."""
    record = _record(name, run_dir)
    if record is None:
        return None
    try:
        process = psutil.Process(int(record["pid"]))
        same = abs(process.create_time() - float(record["started"])) < 1
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None


def members(name: str, run_dir: Path) -> list[psutil.Process]:
    """Every living process of a component: its session, and descendants that opened a session of their own."""
    record = _record(name, run_dir)
    if record is None:
        return []
    if _was_reused(record):
        return []
    head = leader(name, run_dir)
    found = {head.pid: head, **{p.pid: p for p in _children(head)}} if head else {}
    for process in psutil.process_iter():
        try:
            in_session = os.getsid(process.pid) == int(record["pid"])
            if in_session and process.create_time() >= float(record["started"]) - 1:
                found.setdefault(process.pid, process)
        except (ProcessLookupError, PermissionError, psutil.NoSuchProcess):
            continue
    return [process for process in found.values() if _alive(process)]


def stop(names: Iterable[str], *, run_dir: Path, grace_seconds: float = 15.0) -> list[int]:
    """Ask the components to end (SIGTERM), wait, then end what is left of their sessions (SIGKILL).

    Returns the pids that had to be killed.
    """
    names = list(names)
    known = {process.pid: process for name in names for process in members(name, run_dir)}
    for name in names:
        head = leader(name, run_dir)
        if head is not None:
            _send(head, signal.SIGTERM)
    deadline = time.monotonic() + grace_seconds
    while time.monotonic() < deadline and any(_alive(process) for process in known.values()):
        known |= {process.pid: process for name in names for process in members(name, run_dir)}
        time.sleep(0.1)
    known |= {process.pid: process for name in names for process in members(name, run_dir)}
    left = [process for process in known.values() if _alive(process)]
    for process in left:
        _send(process, signal.SIGKILL)
    psutil.wait_procs(left, timeout=5)
    for name in names:
        _pid_file(name, run_dir).unlink(missing_ok=True)
    return [process.pid for process in left]


def last_lines(path: Path, count: int = 20) -> list[str]:
    """The last lines of a log ([] when there is none)."""
    if not path.exists():
        return []
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - 64_000))
        return stream.read().decode("utf-8", errors="replace").splitlines()[-count:]


def _pid_file(name: str, run_dir: Path) -> Path:
    return run_dir / f"{name}.pid"


def _record(name: str, run_dir: Path) -> dict[str, float] | None:
    path = _pid_file(name, run_dir)
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _was_reused(record: dict[str, float]) -> bool:
    """Whether the pid is another process's now. The kernel keeps a session's number while the session lives,
    so a reused pid says that nobody of the session is left."""
    try:
        return abs(psutil.Process(int(record["pid"])).create_time() - float(record["started"])) >= 1
    except psutil.NoSuchProcess:
        return False


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
