"""The sample county's next night: which it is, its drop folder, its reference data.

The files are written by a process of its own (`python -m bidui.platform.sample_night NUMBER OUT`), while the
platform boots on the other core.
"""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bidui.home import folder, read_state, write_state

STATE = "sample"
FIRST_NIGHT = dt.date(2026, 10, 16)
SEED = 1


@dataclass
class Writing:
    """A night of the sample county while its files are being written."""

    number: int
    as_of: dt.date
    place: Path
    process: subprocess.Popen[str] | None = None

    def wait(self) -> Path:
        """Return the drop folder when it is complete. Raises RuntimeError with the generator's last words."""
        if self.process is not None:
            _, complaint = self.process.communicate()
            if self.process.returncode != 0:
                raise RuntimeError(f"the sample county was not written: {complaint[-1000:]}")
            written = self.place.with_name(f"{self.place.name}.part")
            shutil.rmtree(reference_dir(), ignore_errors=True)
            (written / "reference").rename(reference_dir())
            (written / self.place.name).rename(self.place)
            shutil.rmtree(written)
        return self.place


def begin() -> Writing:
    """Start writing the next night's files, unless they lie there from an earlier try."""
    number = int(str(read_state(STATE).get("published", 0))) + 1
    as_of = FIRST_NIGHT + dt.timedelta(days=number - 1)
    place = folder("sample") / f"night_{number}"
    if place.exists():
        return Writing(number, as_of, place)
    written = place.with_name(f"{place.name}.part")
    shutil.rmtree(written, ignore_errors=True)
    command = [sys.executable, "-m", "bidui.platform.sample_night", str(number), str(written)]
    return Writing(
        number, as_of, place,
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True),
    )


def advance(number: int) -> None:
    """Remember that a night of the sample county is published."""
    write_state(STATE, read_state(STATE) | {"published": number})


def load_reference() -> None:
    """Load the county's divisions, aliases and parameters (nothing is written when they are loaded already)."""
    from bidui import reference
    from bidui.warehouse.connection import transaction

    with transaction() as connection:
        reference.load(connection, reference_dir())


def reference_dir() -> Path:
    """The sample county's own reference data, as its office would give them to `bidui reference load`."""
    return folder("sample") / "reference"


def write(number: int, out: Path) -> None:
    """Write one night of the calibrated county, and its reference data, into a folder.

    Earlier nights are lent by links: a department sends an old file again.
    """
    from bidui.sample import default_persons, generate

    out.mkdir(parents=True)
    for earlier in range(1, number):
        lent = out.with_name(f"night_{earlier}")
        if lent.is_dir():
            (out / lent.name).symlink_to(lent)
    generate(default_persons(), SEED, number, FIRST_NIGHT, out, first=number)


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
