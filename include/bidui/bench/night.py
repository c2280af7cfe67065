"""`bidui bench night`: one whole night of a generated county, step by step, beside a bare COPY of the same bytes.

The steps are the ones Airflow's tasks call, two departments at a time as two slots would run them; Airflow's own
cost per task is left out and is the same whatever the size.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import zipfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from psycopg2 import sql

from bidui.bench.database import database
from bidui.bench.meter import Measure, measured

AS_OF = dt.date(2026, 10, 16)
ONE_DAY = dt.timedelta(days=1)
SLOTS = 2
# Landing and the bare COPY take turns, and the fastest of each counts: the one that least was done beside.
TURNS = 3


def run(persons: int, seed: int, folder: Path, *, unchanged: bool = False) -> dict[str, Any]:
    """Generate the county (kept in `folder` for the next run), run the night on a database of its own, measure it.

    With `unchanged` the night after it runs too, with no new file. Returns {"persons", "steps": [Measure as dict],
    "night_seconds", "night_cpu_seconds", "landing_to_copy", …}; the database is dropped at the end.
    """
    from bidui.sample import generate

    county = folder / f"county_{persons}_{seed}"
    with measured("sample") as sample:
        if not county.exists():
            generate(persons=persons, seed=seed, nights=1, as_of=AS_OF, out=county, truth=None)
    with database(f"bench_{persons}"):
        from bidui import reference
        from bidui.warehouse.connection import transaction
        from bidui.warehouse.prepare import prepare

        with measured("prepare") as prepared:
            prepare()
            with transaction() as connection:
                reference.load(connection, county / "reference")
        drop = county / "night_1"
        largest = _largest_csv(drop)
        with measured("whole night") as whole:
            steps = ingest(drop, AS_OF) + reconcile(AS_OF)
        result: dict[str, Any] = {"night_seconds": round(whole.seconds, 1), "night_cpu_seconds": round(_cpu(whole), 1)}
        if unchanged:
            with measured("unchanged night") as idle:
                steps += ingest(drop, AS_OF + ONE_DAY) + reconcile(AS_OF + ONE_DAY)
            result |= {
                "unchanged_seconds": round(idle.seconds, 1),
                "unchanged_cpu_seconds": round(_cpu(idle), 1),
                "unchanged_to_night": round(_cpu(idle) / _cpu(whole), 3),
            }
    copy, land = landing_beside_copy(largest, f"bench_{persons}_land")
    return {
        "persons": persons,
        "steps": [_as_dict(measure) for measure in [sample, prepared, copy, land, *steps]],
        **result,
        "landing_to_copy": round(land.rows_per_second / copy.rows_per_second, 2),
    }


def _cpu(measure: Measure) -> float:
    return measure.cpu_seconds + measure.server_seconds


def ingest(drop: Path, as_of: dt.date) -> list[Measure]:
    """Ingest every department, SLOTS at a time, each in a process of its own (forked, as the scheduler does)."""
    # Imported before forking: the scheduler preloads them too.
    import great_expectations  # noqa: F401
    from dbt.cli import main as _dbt  # noqa: F401

    from bidui.contract import load_sources

    names = [source.department for source in load_sources().departments]
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(SLOTS, mp_context=context) as pool:
        results = list(pool.map(_ingest_department, names, [str(drop)] * len(names), [as_of] * len(names)))
    return [measure for measures in results for measure in measures]


def _ingest_department(department: str, drop: str, as_of: dt.date) -> list[Measure]:
    from bidui.platform import intake

    measures = []
    with measured(f"land {department}") as land:
        intake.fetch(as_of, department, Path(drop))
        intake.land(as_of, department)
    land.rows = _rows(department, "rows_landed", as_of)
    with measured(f"stage {department}") as stage:
        intake.stage(as_of, department)
    stage.rows = land.rows
    with measured(f"validate {department}") as validate:
        intake.validate(as_of, department)
    validate.rows = land.rows
    measures += [land, stage, validate]
    return measures


def reconcile(night_of: dt.date) -> list[Measure]:
    """Build and publish a night, step by step."""
    from bidui.platform import steps

    measures = []
    for step in steps.NIGHT:
        with measured(step.name) as measure:
            step.run(night_of.isoformat())
        measures.append(measure)
    return measures


def _rows(department: str, column: str, as_of: dt.date) -> int:
    from bidui.warehouse.connection import transaction

    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("select coalesce(sum({}), 0) from ledger.batch where department = %s and as_of = %s").format(
                sql.Identifier(column)
            ),
            (department, as_of),
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _largest_csv(drop: Path) -> Path:
    return max((path for path in drop.rglob("*") if path.suffix in {".csv", ".txt", ".zip"}), key=_unpacked_size)


def landing_beside_copy(file: Path, name: str) -> tuple[Measure, Measure]:
    """A bare COPY of the file and its landing, in turns, each in a database `name` of its own; the fastest of each."""
    copies, landings = [], []
    for _ in range(TURNS):
        with database(name):
            copies.append(_bare_copy(file))
            landings.append(_land_alone(file))
    return min(copies, key=_seconds), min(landings, key=_seconds)


def _seconds(measure: Measure) -> float:
    return measure.seconds


def _bare_copy(file: Path) -> Measure:
    """COPY a CSV as it is into a bare text table: the yardstick of landing."""
    from bidui.warehouse.connection import transaction

    with _opened(file) as stream:
        header = stream.readline().decode("gb18030").rstrip("\r\n").split(",")
    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("create table bench_copy ({})").format(
                sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(f"c{i}")) for i in range(len(header)))
            )
        )
        with measured(f"bare COPY {file.parent.name}") as measure, _opened(file) as stream:
            cursor.copy_expert(
                "copy bench_copy from stdin with (format csv, header true, encoding 'GB18030')", stream, size=1 << 16
            )
            measure.rows = cursor.rowcount
        cursor.execute("drop table bench_copy")
    return measure


def _land_alone(file: Path) -> Measure:
    """Land the same file by itself, hash and ledger included."""
    from bidui.connector import DropFolder
    from bidui.contract import load_sources
    from bidui.landing.land import land_all
    from bidui.warehouse.connection import connect
    from bidui.warehouse.migrate import migrate

    migrate()
    extract = load_sources().extract(file.parent.name)
    waiting = list(DropFolder(file.parents[2]).deliveries([extract]))
    connection = connect()
    try:
        with measured(f"land {extract.key} alone") as measure:
            measure.rows = sum(batch.rows_landed for batch in land_all(connection, extract, waiting, AS_OF))
    finally:
        connection.close()
    return measure


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as stream:
            yield stream
    else:
        with path.open("rb") as stream:
            yield stream


def _unpacked_size(path: Path) -> int:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            return archive.infolist()[0].file_size
    return path.stat().st_size


def _as_dict(measure: Measure) -> dict[str, Any]:
    return {
        "step": measure.step,
        "seconds": round(measure.seconds, 2),
        "cpu_seconds": round(_cpu(measure), 2),
        "rows": measure.rows,
        "rows_per_second": round(measure.rows_per_second),
        "peak_mb": round(measure.peak_mb),
    }
