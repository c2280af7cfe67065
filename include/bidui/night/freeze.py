"""Freeze a night's inputs when its reconcile starts: from here on the night can be repeated and proved."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import psycopg2.extensions

from bidui.checkout import digest_of_files
from bidui.contract import Sources
from bidui.home import REPOSITORY, dbt_dir, expectations_dir, sources_dir, sql_dir
from bidui.night.order import refuse_to_overtake
from bidui.night.publish import take_back
from bidui.warehouse import lock
from bidui.warehouse.query import query

# Records that come in beside the batches: the newest one that the night knows, or the digest of what is in force.
RECORDS_KNOWN = {
    "reference_load": "select coalesce(max(load_id), 0) from ledger.reference_load",
    "parameters": "select ledger.keep_parameters()",
    "reported_figure_load": "select coalesce(max(load_id), 0) from ledger.reported_figure_load",
    "last_key_alias": "select coalesce(max(alias_id), 0) from ledger.key_alias",
    "last_outcome": "select coalesce(max(outcome_id), 0) from ledger.answer",
    "link_model": "select ledger.active_link_model()",
    "last_link_verdict": "select coalesce(max(verdict_id), 0) from ledger.link_verdict",
}


def freeze(connection: psycopg2.extensions.connection, sources: Sources, as_of: dt.date, kind: str = "night") -> int:
    """Record the batches in force and every version the night depends on; return the new `run_id`.

    Refuses (ProblemError) a night that would overtake or rewrite a published one. Freezing the newest night again
    starts a new attempt on what is in force now; when it is published, readers see the night before until it is again.
    """
    with connection.cursor() as cursor:
        refuse_to_overtake(cursor, as_of, kind)
        # A load under way is waited for; none begins before the run is on record, and then it is refused.
        cursor.execute("select pg_advisory_xact_lock_shared(%s)", (lock.REFERENCE,))
        if kind == "night":
            take_back(cursor, as_of)
        cursor.execute(
            "update ledger.run set status = 'superseded', finished_at = now()"
            " where as_of = %s and kind = %s and status in ('running', 'reconciled')",
            (as_of, kind),
        )
        cursor.execute("delete from ledger.night_batch where as_of = %s", (as_of,))
        terms = [
            {
                "extract": e.key,
                "content": e.delivery.content,
                "max_age_days": e.delivery.max_age_days,
                "history_months": e.delivery.history_months,
            }
            for e in sources.extracts.values()
        ]
        cursor.execute(query("freeze_batches"), {"as_of": as_of, "terms": json.dumps(terms)})
        cursor.execute(query("freeze_linkage"), {"as_of": as_of, "kind": kind})
        cursor.execute(
            "insert into ledger.run (as_of, kind, status, inputs, previous_fingerprint)"
            " select %s, %s, 'running', %s,"
            " (select fingerprint from ledger.run where status = 'published' and as_of < %s"
            "  order by as_of desc, run_id desc limit 1)"
            " returning run_id",
            (as_of, kind, json.dumps(_inputs(cursor, as_of)), as_of),
        )
        return int(_one(cursor))


def configuration() -> dict[str, str]:
    """Digest of every part of the checkout that a night depends on."""
    return {
        name: digest_of_files(folder, pattern)
        for name, folder, pattern in (
            ("contracts", sources_dir(), "*.yml"),
            ("suites", expectations_dir(), "*.json"),
            ("rules", dbt_dir() / "rules", "*.yml"),
            ("seeds", dbt_dir() / "seeds", "*.csv"),
            ("models", dbt_dir(), "m*/**/*.sql"),
            ("sql", sql_dir(), "**/*.sql"),
            ("code", REPOSITORY / "include" / "bidui", "**/*.py"),
        )
    }


def _inputs(cursor: psycopg2.extensions.cursor, as_of: dt.date) -> dict[str, Any]:
    """Everything the night's rows depend on: batches by hash, reference data and configuration by digest."""
    cursor.execute(
        "select n.extract, n.batch_id, b.sha256, b.contract_version, n.is_current, n.is_stale"
        " from ledger.night_batch as n inner join ledger.batch as b using (batch_id)"
        " where n.as_of = %s order by 1, 2",
        (as_of,),
    )
    batches = [
        dict(zip(("extract", "batch_id", "sha256", "contract_version", "is_current", "is_stale"), row, strict=True))
        for row in cursor.fetchall()
    ]
    newest = {}
    for name, known in RECORDS_KNOWN.items():
        cursor.execute(known)
        newest[name] = _one(cursor)
    return {
        "batches": batches,
        **newest,
        "configuration": configuration(),
    }


def _one(cursor: psycopg2.extensions.cursor) -> Any:
    row = cursor.fetchone()
    if row is None:
        raise LookupError("the statement returned no row")
    return row[0]
