"""Lend dbt's parsed project from one target folder to another.

Every layer and department runs dbt in a target folder of its own, and dbt keeps its parsed project there: without
a loan each of them would parse the whole project once (5 CPU seconds each, eleven times on a first night).
"""

from __future__ import annotations

import shutil
from pathlib import Path

from bidui.home import folder

PARSED = "partial_parse.msgpack"


def lend(target: str) -> bool:
    """Give `target` the newest parsed project of all targets, unless its own is as new; return whether it did.

    dbt itself checks that what it finds fits the project, and parses what has changed since.
    """
    own = folder("dbt", target) / PARSED
    # What is built beside has variables of its own, for which dbt parses everything anew.
    lenders = (path for path in folder("dbt").glob(f"*/{PARSED}") if not path.parent.name.endswith("beside"))
    known = {path: path.stat().st_mtime_ns for path in lenders}
    newest = max(known, key=lambda path: known[path], default=None)
    if newest is None or known.get(own, 0) >= known[newest]:
        return False
    _replace(newest, own)
    return True


def _replace(source: Path, target: Path) -> None:
    """Copy beside, then rename: somebody may be reading either file."""
    beside = target.with_suffix(".part")
    shutil.copy2(source, beside)
    beside.rename(target)
