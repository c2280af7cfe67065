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

IN_FORCE = """
with extract_terms as (
    select * from jsonb_to_recordset(%(terms)s) as t (extract text, content text, max_age_days int, history_months int)
),
known as (
    select b.*, date_trunc('month', b.data_date)::date as list_month, t.content, t.max_age_days, t.history_months
    from ledger.batch_known(%(as_of)s) as b
    inner join extract_terms as t on t.extract = b.extract
),
ranked as (
    select
        *,
        -- All parts of the newest delivery share its data date; a corrected delivery has superseded the one before.
        data_date = max(data_date) over (partition by extract) as is_newest,
        data_date = max(data_date) over (partition by extract, list_month) as is_newest_of_month
    from known
)
insert into ledger.night_batch (as_of, department, extract, batch_id, data_date, list_month, is_current, is_stale)
select
    %(as_of)s, department, extract, batch_id, data_date, list_month,
    is_newest or content = 'delta', %(as_of)s - data_date > max_age_days
from ranked
where is_newest
    or content = 'delta'
    -- A list of a month that no rule looks back to is not read, so that its rows can expire.
    or is_newest_of_month
    and list_month >= date_trunc('month', %(as_of)s::date) - make_interval(months => history_months)
"""

LINKAGE = """
insert into ledger.night_linkage (as_of, model_version, last_verdict_id)
select %(as_of)s, ledger.active_link_model(), coalesce(max(verdict_id), 0) from ledger.link_verdict
on conflict (as_of) do update
set
    model_version = excluded.model_version,
    -- A night computed anew knows the verdicts that it knew.
    last_verdict_id = case
        when %(kind)s = 'rebuild' then ledger.night_linkage.last_verdict_id else excluded.last_verdict_id
    end
"""

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
        cursor.execute(IN_FORCE, {"as_of": as_of, "terms": json.dumps(terms)})
        cursor.execute(LINKAGE, {"as_of": as_of, "kind": kind})
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
            ("sql", sql_dir(), "*.sql"),
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
    for name, query in RECORDS_KNOWN.items():
        cursor.execute(query)
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
