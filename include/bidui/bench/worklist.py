"""`bidui bench worklists`: a cycle of worklists from findings made up on the spot, timed, with its peak of memory."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

import psycopg2.extensions

from bidui.bench.database import database
from bidui.bench.meter import measured
from bidui.warehouse.query import query

NIGHT = dt.date(2026, 10, 16)
FINDINGS_OF_A_VILLAGE = 86  # 100,000 findings in 1,164 villages
VILLAGES_OF_A_TOWN = 12


def run(findings: int) -> dict[str, Any]:
    """Write the worklists of that many findings from a database of its own; return seconds (also of CPU), files, peak memory in MB."""
    from bidui import worklist
    from bidui.contract import load_sources
    from bidui.warehouse.connection import transaction
    from bidui.warehouse.migrate import migrate, refresh_outward

    with database(f"bench_worklists_{findings}"), tempfile.TemporaryDirectory() as folder:
        migrate()
        refresh_outward()
        with transaction() as connection:
            fill(connection, findings)
        with measured("worklists") as measure, transaction() as connection:
            cycle = worklist.write_cycle(connection, load_sources(), NIGHT, Path(folder), by="bench")
        megabytes = sum(file.stat().st_size for file in cycle.folder.rglob("*")) / 2**20
    return {
        "findings": cycle.findings,
        "files": cycle.files,
        "seconds": round(measure.seconds, 1),
        "cpu_seconds": round(measure.cpu_seconds, 1),
        "peak_mb": round(measure.peak_mb),
        "written_mb": round(megabytes, 1),
    }


def fill(connection: psycopg2.extensions.connection, findings: int) -> None:
    """Make the marts that a worklist reads and fill them; commits nothing."""
    with connection.cursor() as cursor:
        cursor.execute(query("bench_worklist_marts"))
        cursor.execute(
            query("bench_worklist_fill"),
            {"night": NIGHT, "findings": findings, "of_village": FINDINGS_OF_A_VILLAGE, "villages": VILLAGES_OF_A_TOWN},
        )
