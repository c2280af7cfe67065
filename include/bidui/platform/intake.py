"""The ingest of one department, step by step: what each task of `ingest_<department>` does.

Between tasks only batch numbers and counts travel (XCom is Airflow's table). What was fetched is listed in a file
of the home, `intake/<night>/<department>.json`: file names are the senders' and may say too much.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections import Counter
from pathlib import Path

from bidui.connector import Delivery, LedgerMemory, gather
from bidui.connector.pulled import was_pulled
from bidui.contract import load_sources
from bidui.home import drop_dir, folder
from bidui.problem import ProblemError
from bidui.warehouse.connection import connect, transaction

log = logging.getLogger(__name__)

# Landed by any night up to this one: what an earlier night landed and could not stage is not forgotten.
WAITING = """
select batch_id, extract from ledger.batch
where department = %s and status = 'landed' and as_of <= %s
order by batch_id
"""

LANDED_TONIGHT = """
select extract, status, count(*), sum(rows_read), sum(rows_accepted), sum(rows_quarantined)
from ledger.batch
where department = %s and as_of = %s
group by extract, status
order by extract, status
"""

NEWEST = """
select extract, max(data_date) from ledger.batch_known(%s)
where department = %s
group by extract
"""


def fetch(as_of: dt.date, department: str, drop: Path | None) -> dict[str, int]:
    """List what the department has waiting, pulling what its contracts say; return the number of files per extract.

    `drop` is a drop folder, None the standing one. Raises PullError when a server cannot be asked, after everything
    else is listed: the other extracts of the department go on.
    """
    source = load_sources().department(department)
    connection = connect(application=f"bidui ingest {department}")
    try:
        gathered = gather(source, as_of, drop or drop_dir(), LedgerMemory(connection))
    finally:
        connection.close()
    deliveries = gathered.deliveries
    listed = [
        {
            "extract": delivery.extract,
            "source_name": delivery.source_name,
            "received_at": delivery.received_at.isoformat(),
            "path": str(delivery.path),
        }
        for delivery in deliveries
    ]
    path = _list_of(as_of, department)
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(listed, ensure_ascii=False, indent=1), encoding="utf-8")
    beside.rename(path)
    gathered.check()
    return dict(Counter(delivery.extract for delivery in deliveries))


def land(as_of: dt.date, department: str) -> dict[str, int]:
    """Land the files that `fetch` listed; return the number of new batches per status ({} when it listed nothing).

    A file that cannot be read ends as a held batch; only a fault of the platform raises.
    """
    from bidui.landing.land import land_all

    if not _list_of(as_of, department).exists():
        return {}

    source = load_sources().department(department)
    listed = [
        Delivery(
            department=department,
            extract=entry["extract"],
            source_name=entry["source_name"],
            received_at=dt.datetime.fromisoformat(entry["received_at"]),
            path=Path(entry["path"]),
        )
        for entry in json.loads(_list_of(as_of, department).read_text(encoding="utf-8"))
    ]
    # A pulled copy is gone when a later night has found it landed.
    deliveries = [delivery for delivery in listed if delivery.path.exists() or not was_pulled(delivery.path)]
    counts: Counter[str] = Counter()
    connection = connect(application=f"bidui ingest {department}")
    try:
        for extract in source.extracts:
            waiting = [delivery for delivery in deliveries if delivery.extract == extract.key]
            for batch in land_all(connection, extract, waiting, as_of):
                counts[batch.status if batch.is_new else "known"] += 1
    finally:
        connection.close()
    return dict(counts)


def stage(as_of: dt.date, department: str) -> list[int]:
    """Type and normalise every batch that is landed and not yet decided; return their numbers."""
    from bidui.warehouse import dbt, parse_cache

    waiting = waiting_batches(as_of, department)
    extracts = sorted({extract for _, extract in waiting})
    if extracts:
        target = f"stage_{department}"
        parse_cache.lend(target)
        dbt.stage([f"stg_{department}__{extract}" for extract in extracts], as_of, target=target)
    return [batch_id for batch_id, _ in waiting]


def validate(as_of: dt.date, department: str) -> dict[str, int]:
    """Validate and decide every batch that is staged; return the number per decision.

    Each extract is decided in a transaction of its own, so that a malformed suite stops only its own extract.
    Raises the first error when all extracts have had their turn.
    """
    from bidui import validation

    sources = load_sources()
    batches: dict[str, list[int]] = {}
    for batch_id, extract in waiting_batches(as_of, department):
        batches.setdefault(extract, []).append(batch_id)
    counts: Counter[str] = Counter()
    errors: list[Exception] = []
    for extract, batch_ids in batches.items():
        try:
            with transaction() as connection:
                decided = validation.validate(connection, sources, batch_ids, as_of)
        except (ProblemError, LookupError, ValueError) as error:
            log.error("%s: %s", extract, error)
            errors.append(error)
        else:
            counts.update(decision.status for decision in decided)
    if errors:
        raise errors[0]
    return dict(counts)


def report(as_of: dt.date, department: str) -> dict[str, str]:
    """Say per extract what came tonight or how old the list in force is; return extract → one word of it.

    Reads the ledger alone: it must go well even when the steps before did not.
    """
    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute(LANDED_TONIGHT, (department, as_of))
        came = cursor.fetchall()
        cursor.execute(NEWEST, (as_of, department))
        newest = dict(cursor.fetchall())
    said: dict[str, str] = {}
    for extract, status, batches, read, accepted, quarantined in came:
        said[extract] = str(status)
        log.info(
            "%s: %s %s, %s 行读取 rows read, %s 接受 accepted, %s 隔离 quarantined",
            extract, batches, status, read, accepted, quarantined,
        )
    for extract, data_date in newest.items():
        if extract not in said:
            said[extract] = "in_force"
            log.info("%s: 今夜无新文件 · nothing new; in force is the list of %s", extract, data_date)
    for extract in _missing(department, said):
        said[extract] = "missing"
        log.warning("%s: 从未收到 · never received: its comparisons are not comparable", extract)
    return said


def send_receipts(department: str) -> int:
    """Send the receipts that are due to the department; return how many.

    Raises ProblemError when one cannot be put where the department finds it; it stays due and is tried again.
    """
    from bidui import receipt

    source = load_sources().department(department)
    connection = connect(application=f"bidui receipts {department}")
    try:
        return len(receipt.make_due(connection, source))
    finally:
        connection.close()


def waiting_batches(as_of: dt.date, department: str) -> list[tuple[int, str]]:
    """Batches of the department that are landed and wait to be staged and decided: (batch_id, extract)."""
    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute(WAITING, (department, as_of))
        return [(int(batch_id), str(extract)) for batch_id, extract in cursor.fetchall()]


def _missing(department: str, said: dict[str, str]) -> list[str]:
    """Extracts of the contract of which nothing came and nothing is in force; [] when the contract cannot be read."""
    try:
        source = load_sources().department(department)
    except ProblemError as error:
        log.warning("%s", error)
        return []
    return [extract.key for extract in source.extracts if extract.key not in said]


def _list_of(as_of: dt.date, department: str) -> Path:
    return folder("intake", as_of.isoformat()) / f"{department}.json"
