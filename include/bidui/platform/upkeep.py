"""Daily upkeep: close a night that somebody keeps open, look after health, retention and statistics."""

from __future__ import annotations

import datetime as dt
import logging
import shutil
import time
from pathlib import Path

import psycopg2.extensions
import yaml
from psycopg2 import sql

from bidui import clock, handed_out
from bidui.alert import Alert, tell
from bidui.platform import intake, service, settings
from bidui.platform.departments import departments
from bidui.platform.rest import Airflow
from bidui.problem import Problem, ProblemError
from bidui.warehouse import people
from bidui.warehouse.connection import connect, transaction
from bidui.worklist.places import refused_folder, taken_folder, worklist_folder

log = logging.getLogger(__name__)

RETENTION = Path(__file__).with_name("retention.yml")

# A batch may go when it is neither in force nor waiting for a decision, and no night has used it for long.
EXPIRED = """
select b.batch_id, b.extract
from ledger.batch as b
left join (select batch_id, max(as_of) as last_used from ledger.night_batch group by batch_id) as n using (batch_id)
where greatest(b.as_of, n.last_used) < %(before)s
    and b.status <> 'held'
    and not (
        b.status = 'accepted'
        and b.data_date = (select max(data_date) from ledger.batch where extract = b.extract and status = 'accepted')
    )
"""

PARTITIONS = """
select n.nspname, c.relname
from pg_class as c
inner join pg_namespace as n on n.oid = c.relnamespace
where n.nspname in ('raw', 'staging') and c.relispartition and c.relname ~ '__b[0-9]+$'
"""

# Parents of partitions get no statistics from autovacuum.
PARENTS = """
select n.nspname, c.relname
from pg_class as c
inner join pg_namespace as n on n.oid = c.relnamespace
where c.relkind = 'p' and n.nspname in ('raw', 'staging')
order by 1, 2
"""

MARTS = """
select schemaname, relname from pg_stat_user_tables
where schemaname like 'mart\\_%' or schemaname = 'ledger'
order by 1, 2
"""


def close_night(airflow: Airflow, as_of: dt.date) -> list[str]:
    """Report the departments that have not reported by the cut-off, so that the night starts; return them.

    A department whose DAG is paused or broken would otherwise keep the night from everybody. Nothing happens when
    the night was started already.
    """
    if any(run["dag_id"] == "reconcile" for run in airflow.runs(as_of)):
        return []
    reported = airflow.reported(as_of)
    missing = [name for name in departments() if f"ingest_{name}" not in reported]
    for name in missing:
        airflow.report(f"ingest_{name}", as_of, {"reported_by": "cut-off"})
    return missing


def health(airflow: Airflow, today: dt.date) -> None:
    """Tell people of, and raise RuntimeError naming, a silent component and a DAG file that does not import."""
    silent = {name: state for name, state in airflow.health().items() if state != "healthy"}
    broken = {Path(name).name: text for name, text in airflow.import_errors().items()}
    alerts = [Alert.of("component_silent", name, str(state)) for name, state in sorted(silent.items())]
    alerts += [Alert.of("dag_import_error", name, "broken") for name in sorted(broken)]
    tell(alerts, today, closes=("component_silent", "dag_import_error"))
    wrong = [f"{name}: {state}" for name, state in silent.items()]
    wrong += [f"{name}: {text.strip().splitlines()[-1]}" for name, text in broken.items()]
    if wrong:
        raise RuntimeError("; ".join(wrong))


def expire(today: dt.date) -> dict[str, int]:
    """Drop what is beyond its retention; return counts of partitions and log folders dropped, and of orphans seen."""
    policy = yaml.safe_load(RETENTION.read_text(encoding="utf-8"))
    with transaction() as connection:
        dropped = _drop_partitions(connection, today - dt.timedelta(days=policy["batch_days"]))
        orphans = _orphans(connection)
        handed = handed_out.expire(connection, today, policy["handed_out_days"])
        closed = people.close_expired(connection)
    for name in orphans:
        log.warning("没有批次的分区 · a partition that no batch belongs to: %s", name)
    for export_id in handed.changed:
        log.warning("导出 %s 已过保留期，文件已有改动，未删 · files of this export are beyond its time but were changed", export_id)
    return {
        "partitions": dropped,
        "orphans": len(orphans),
        "handed_out": handed.removed,
        "logins_closed": len(closed),
        "worklists": _drop_worklists(policy["handed_out_days"]),
        "log_folders": _drop_logs(settings.log_dir() / "tasks", policy["task_log_days"]),
        "logs_turned": _turn_logs(settings.log_dir(), policy["component_log_mb"]),
    }


def tidy() -> int:
    """Vacuum and analyse marts and ledger, analyse partitioned tables; return how many tables."""
    connection = connect(application="bidui upkeep")
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            tables = []
            for query, action in ((MARTS, "vacuum (analyze) {}.{}"), (PARENTS, "analyze {}.{}")):
                cursor.execute(query)
                tables += [(action, *row) for row in cursor.fetchall()]
            for action, schema, table in tables:
                cursor.execute(sql.SQL(action).format(sql.Identifier(schema), sql.Identifier(table)))
    finally:
        connection.close()
    return len(tables)


def close_tonight() -> list[str]:
    """`close_night` for today, where the clock starts nights."""
    if service.nights_by_hand():
        return []
    airflow = service.airflow()
    try:
        return close_night(airflow, clock.today())
    finally:
        airflow.close()


def send_receipts() -> int:
    """Send the receipts that are due to every department; return how many.

    A department that cannot be reached keeps none from the others; raises ProblemError with all that went wrong.
    """
    sent = 0
    problems: list[Problem] = []
    for name in departments():
        try:
            sent += intake.send_receipts(name)
        except ProblemError as error:
            problems += error.problems
    if problems:
        raise ProblemError(problems)
    return sent


def check_health() -> None:
    """`health` of this platform."""
    airflow = service.airflow()
    try:
        health(airflow, clock.today())
    finally:
        airflow.close()


def _drop_partitions(connection: psycopg2.extensions.connection, before: dt.date) -> int:
    with connection.cursor() as cursor:
        cursor.execute(EXPIRED, {"before": before})
        expired = {f"{extract}__b{batch_id}" for batch_id, extract in cursor.fetchall()}
        cursor.execute(PARTITIONS)
        tables = [row for row in cursor.fetchall() if row[1] in expired]
        for schema, table in tables:
            cursor.execute(sql.SQL("drop table {}.{}").format(sql.Identifier(schema), sql.Identifier(table)))
    return len(tables)


def _orphans(connection: psycopg2.extensions.connection) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select extract, batch_id from ledger.batch")
        known = {f"{extract}__b{batch_id}" for extract, batch_id in cursor.fetchall()}
        cursor.execute(PARTITIONS)
        return sorted(f"{schema}.{table}" for schema, table in cursor.fetchall() if table not in known)


def _drop_logs(tasks: Path, days: int) -> int:
    """Remove folders of runs whose newest file is older than `days`."""
    oldest = time.time() - days * 86_400
    dropped = 0
    for run in tasks.glob("dag_id=*/run_id=*"):
        newest = max((path.stat().st_mtime for path in run.rglob("*")), default=run.stat().st_mtime)
        if newest < oldest:
            shutil.rmtree(run)
            dropped += 1
    return dropped


def _drop_worklists(days: int) -> int:
    """Remove lists filled in, returned and refused that are older than `days`: they hold names and numbers."""
    oldest = time.time() - days * 86_400
    places = (worklist_folder(), refused_folder(), taken_folder())
    old = [
        path for place in places for path in place.iterdir() if path not in places and path.stat().st_mtime < oldest
    ]
    for path in old:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return len(old)


def _turn_logs(folder: Path, megabytes: int) -> int:
    """Copy a long component log aside and empty it: the component keeps its file open, so it cannot be renamed."""
    turned = 0
    for path in folder.glob("*.log"):
        if path.stat().st_size > megabytes * 2**20:
            shutil.copyfile(path, path.with_suffix(".log.1"))
            with path.open("r+b") as stream:
                stream.truncate(0)
            turned += 1
    return turned
