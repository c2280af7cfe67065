"""Time, compute and peak memory of a step."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Measure:
    """One step: wall and CPU seconds, rows it handled, peak resident memory of the process in MB (0 where unknown).

    CPU seconds are this process's and its children's; `server` ones are those of the embedded server meanwhile.
    """

    step: str
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    server_seconds: float = 0.0
    rows: int = 0
    peak_mb: float = 0.0

    @property
    def rows_per_second(self) -> float:
        """Rows per second, 0 when the step counts no rows."""
        return self.rows / self.seconds if self.rows and self.seconds else 0.0


@contextmanager
def measured(step: str) -> Iterator[Measure]:
    """Measure the block; the caller may set `rows` on what is given."""
    measure = Measure(step)
    _forget_peak()
    started, own, server = time.perf_counter(), _own_cpu(), _server_cpu()
    try:
        yield measure
    finally:
        measure.seconds = time.perf_counter() - started
        measure.cpu_seconds = _own_cpu() - own
        measure.server_seconds = _server_cpu() - server
        measure.peak_mb = _peak_mb()


def _own_cpu() -> float:
    """CPU seconds of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _server_cpu() -> float:
    """CPU seconds of the embedded server since it started, 0 when there is none; backends that have ended count too."""
    from bidui.warehouse import embedded

    if not embedded.is_running():
        return 0.0
    postmaster = int((embedded.data_dir() / "postmaster.pid").read_text(encoding="ascii").split()[0])
    parts = [_stat(postmaster)]
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children")
    try:
        parts += [_stat(int(pid)) for pid in children.read_text(encoding="ascii").split()]
    except OSError:
        return 0.0
    # The postmaster's own times count its ended children; of the living ones only what they have used so far.
    ticks = sum(parts[0]) + sum(user + system for user, system, _, _ in parts[1:])
    return ticks / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> tuple[int, int, int, int]:
    """utime, stime, cutime, cstime of a process in clock ticks; zeros when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0, 0, 0, 0
    return int(fields[11]), int(fields[12]), int(fields[13]), int(fields[14])


def _forget_peak() -> None:
    """Start the kernel's high-water mark anew (Linux); elsewhere the peak of the whole process is what is told."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return


def _peak_mb() -> float:
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    for line in status.splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0
