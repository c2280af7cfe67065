"""Time and peak memory of a step in this process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Measure:
    """One step: wall seconds, rows it handled, peak resident memory of the process in MB (0 where unknown)."""

    step: str
    seconds: float = 0.0
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
    started = time.perf_counter()
    try:
        yield measure
    finally:
        measure.seconds = time.perf_counter() - started
        measure.peak_mb = _peak_mb()


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
