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

NIGHTS = """
select distinct on (as_of)
    as_of, status, reason, fingerprint, started_at, extract(epoch from finished_at - started_at)::int as seconds
from ledger.run
where kind <> 'replay'
order by as_of desc, run_id desc
limit 14
"""

# The counties' rows; where a small cell is withheld, the sum is a lower bound.
VERDICTS = """
select
    s.department, max(l.label_zh) as title, s.verdict,
    coalesce(sum(s.subjects), 0)::bigint as subjects, bool_or(s.suppressed) as is_least
from published.comparison_summary as s
left join published.label as l on l.kind = 'department' and l.code = s.department
where s.division_level = 'county'
group by s.department, s.verdict
order by s.department
"""

COVERAGE = """
select d.name as division, coalesce(l.label_zh, c.indicator) as title, c.indicator, c.rate, c.target, c.met, c.not_comparable, c.suppressed
from published.coverage as c
left join published.label as l on l.kind = 'indicator' and l.code = c.indicator
left join published.division as d
    on d.division_code = c.division_code and d.valid_from <= c.as_of and c.as_of < d.valid_to
where c.division_level = 'county'
order by c.division_code, c.indicator
"""

FINDINGS = """
select
    s.rule_id, max(r.title_zh) as title_zh, max(r.title_en) as title_en, s.severity,
    coalesce(sum(s.findings) filter (where s.state = 'open'), 0)::bigint as open,
    coalesce(sum(s.opened), 0)::bigint as opened, coalesce(sum(s.closed), 0)::bigint as closed, bool_or(s.suppressed) as is_least
from published.finding_summary as s
left join (
    select distinct on (rule_id) rule_id, title_zh, title_en from published.rule order by rule_id, rule_status = 'active' desc
) as r on r.rule_id = s.rule_id
where s.division_level = 'county'
group by s.rule_id, s.severity
order by open desc, s.rule_id
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
            "verdicts": _verdicts(_rows(cursor, VERDICTS)) if published else {},
            "coverage": _rows(cursor, COVERAGE) if published else [],
            "findings": _rows(cursor, FINDINGS) if published else [],
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
