"""What the board says: the nights, what is in force, what came in, verdicts, coverage, findings, standing alerts.

Everything is read as the role `engineer` may read it: the ledger and what is published, so counts and never a person.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import psycopg2.extensions
from psycopg2.extras import RealDictCursor

from bidui.contract import Sources
from bidui.home import drop_dir
from bidui.night import report, status
from bidui.night.overlooked import overlooked
from bidui.warehouse.query import query

NIGHTS = """
select distinct on (as_of)
    as_of, status, reason, fingerprint, started_at, extract(epoch from finished_at - started_at)::int as seconds
from ledger.run
where kind <> 'replay'
order by as_of desc, run_id desc
limit 14
"""

ALERTS = "select text_zh, text_en, first_seen, last_told from ledger.alert where resolved_on is null order by first_seen, alert_id"


def collect(connection: psycopg2.extensions.connection, sources: Sources, today: dt.date) -> dict[str, Any]:
    """Return what the page shows: `published` night, `nights`, `extracts`, `held`, `overlooked` files, the last night's
    `batches`, …"""
    with connection.cursor(cursor_factory=RealDictCursor) as cursor:
        published = status.published_night(cursor)
        nights = _rows(cursor, NIGHTS)
        return {
            "published": published,
            "nights": nights,
            "extracts": status.extracts(cursor, sources, today),
            "held": status.held(cursor),
            "overlooked": overlooked(drop_dir(), sources),
            "departments": {source.department: source.title.zh for source in sources.departments},
            "batches": _rows(cursor, report.EXTRACTS, {"as_of": nights[0]["as_of"]}) if nights else [],
            "verdicts": _verdicts(_rows(cursor, query("board_verdicts"))) if published else {},
            "coverage": _rows(cursor, query("board_coverage")) if published else [],
            "findings": _rows(cursor, query("board_findings")) if published else [],
            "alerts": _rows(cursor, ALERTS),
        }


def _rows(cursor: RealDictCursor, statement: str, parameters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    cursor.execute(statement, parameters)
    return [dict(row) for row in cursor.fetchall()]


def _verdicts(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    departments: dict[str, dict[str, Any]] = {}
    for row in rows:
        department = departments.setdefault(row["department"], {"title": row["title"] or row["department"]})
        department[row["verdict"]] = row
    return departments
