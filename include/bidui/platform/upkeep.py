"""Daily upkeep: close a night that somebody keeps open, look after health, retention and statistics."""

from __future__ import annotations

import datetime as dt
import logging
from pathlib import Path

import psycopg2.extensions
import yaml
from psycopg2 import sql

from bidui import clock, handed_out
from bidui.alert import Alert, tell
from bidui.platform import intake, old_files, service, settings
from bidui.platform.departments import departments
from bidui.platform.rest import Airflow
from bidui.problem import Problem, ProblemError
from bidui.validation.docs import expire_docs
from bidui.warehouse import embedded, people, sessions
from bidui.warehouse.connection import connect, transaction

log = logging.getLogger(__name__)

RETENTION = Path(__file__).with_name("retention.yml")

# A batch may go when it is neither in force nor waiting for a decision, and no night has used it for long.
EXPIRED = """
select b.batch_id, b.extract
from ledger.batch as b
left join (select batch_id, max(as_of) as last_used from ledger.night_batch group by batch_id) as n using (batch_id)
where greatest(b.as_of, n.last_used) < %(before)s
    and b.status <> 'held'
    and not exists (select from ledger.list_in_force as l where b.batch_id = any(l.batch_ids))
"""

# Bytes stay as long as any batch that names them: the file of a duplicate, or of a delivery in parts, is there once.
BYTES = """
select sha256, not bool_and(batch_id = any(%(expired)s::bigint[])) as is_needed from ledger.batch group by sha256
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
    """Tell people of, and raise ProblemError naming, a silent component and a DAG file that does not import."""
    silent = {name: state for name, state in airflow.health().items() if state != "healthy"}
    broken = {Path(name).name: text for name, text in airflow.import_errors().items()}
    alerts = [Alert.of("component_silent", name, str(state)) for name, state in sorted(silent.items())]
    alerts += [Alert.of("dag_import_error", name, "broken") for name in sorted(broken)]
    tell(alerts, today, closes=("component_silent", "dag_import_error"))
    wrong = [_silent(name, str(state)) for name, state in silent.items()]
    wrong += [_not_imported(name, text.strip().splitlines()[-1]) for name, text in broken.items()]
    if wrong:
        raise ProblemError(wrong)


def expire(today: dt.date) -> dict[str, int]:
    """Drop what is beyond its retention (`retention.yml`); return counts of what went, and of what is strange and stays.

    Strange are partitions that no batch belongs to, files handed out that were changed, pulled files never landed.
    """
    policy = yaml.safe_load(RETENTION.read_text(encoding="utf-8"))
    before = {name: today - dt.timedelta(days=days) for name, days in policy.items() if name.endswith("_days")}
    with transaction() as connection:
        expired = _expired(connection, before["batch_days"])
        dropped = _drop_partitions(connection, expired)
        orphans = _orphans(connection)
        landed, needed = _bytes_known(connection, expired)
        handed = handed_out.expire(connection, today, policy["handed_out_days"])
        closed = people.close_expired(connection)
        ended = sessions.end_overlong(connection)
    pulled, never_landed = old_files.drop_pulled(landed, before["pulled_days"])
    for name in orphans:
        log.warning("没有批次的分区 · a partition that no batch belongs to: %s", name)
    for export_id in handed.changed:
        log.warning("导出 %s 已过保留期，文件已有改动，未删 · files of this export are beyond its time but were changed", export_id)
    if never_landed:
        log.warning("pulled/ 中 %s 个文件一直未入库 · files in pulled/ that never landed", never_landed)
    return {
        "partitions": dropped,
        "orphans": len(orphans),
        "handed_out": handed.removed,
        "logins_closed": len(closed),
        "sessions_ended": len(ended),
        "worklists": old_files.drop_worklists(before["handed_out_days"]),
        "stored": old_files.drop_store(needed, before["batch_days"]),
        "intake": old_files.drop_intake(before["intake_days"]),
        "pulled": pulled,
        "never_landed": never_landed,
        "receipts": old_files.drop_receipts(before["receipt_days"]),
        "docs": expire_docs(before["docs_days"]),
        "log_folders": old_files.drop_task_logs(settings.log_dir() / "tasks", before["task_log_days"]),
        "server_logs": old_files.drop_logs(embedded.log_files(), before["server_log_days"]),
        "logs_turned": old_files.turn_logs(settings.log_dir(), policy["component_log_mb"]),
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


def _expired(connection: psycopg2.extensions.connection, before: dt.date) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(EXPIRED, {"before": before})
        return dict(cursor.fetchall())


def _drop_partitions(connection: psycopg2.extensions.connection, expired: dict[int, str]) -> int:
    names = {f"{extract}__b{batch_id}" for batch_id, extract in expired.items()}
    with connection.cursor() as cursor:
        cursor.execute(PARTITIONS)
        tables = [row for row in cursor.fetchall() if row[1] in names]
        for schema, table in tables:
            cursor.execute(sql.SQL("drop table {}.{}").format(sql.Identifier(schema), sql.Identifier(table)))
    return len(tables)


def _bytes_known(connection: psycopg2.extensions.connection, expired: dict[int, str]) -> tuple[set[str], set[str]]:
    """SHA-256 of all bytes that the ledger names, and of those that a batch within its retention names."""
    with connection.cursor() as cursor:
        cursor.execute(BYTES, {"expired": list(expired)})
        landed = dict(cursor.fetchall())
    return set(landed), {sha256 for sha256, is_needed in landed.items() if is_needed}


def _orphans(connection: psycopg2.extensions.connection) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select extract, batch_id from ledger.batch")
        known = {f"{extract}__b{batch_id}" for extract, batch_id in cursor.fetchall()}
        cursor.execute(PARTITIONS)
        return sorted(f"{schema}.{table}" for schema, table in cursor.fetchall() if table not in known)


def _silent(component: str, state: str) -> Problem:
    return Problem(
        code="platform.component_silent",
        column=component,
        what_zh=f"Airflow 组件没有心跳（{state}）",
        what_en=f"this part of Airflow is silent ({state})",
        fix_zh=f"看 {settings.log_dir()} 下该组件的日志，再运行 bidui up",
        fix_en=f"read its log under {settings.log_dir()}, then run `bidui up`",
    )


def _not_imported(file: str, why: str) -> Problem:
    return Problem(
        code="platform.dag_import_error",
        file=file,
        what_zh="DAG 文件无法加载",
        what_en="the DAG file does not import",
        found=why,
        fix_zh="撤回对它最近的改动，或改正后等 Airflow 重新加载",
        fix_en="undo its last change, or correct it and wait until Airflow has read it again",
    )
