"""What is in force, stale, held and open: `bidui status`."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from operator import itemgetter
from typing import Any

import psycopg2.extensions
from psycopg2.extras import RealDictCursor
from rich.console import Console
from rich.markup import escape

from bidui.contract import Sources
from bidui.home import drop_dir
from bidui.night.overlooked import overlooked, show_overlooked
from bidui.night.report import narrow_table, two_lines
from bidui.night.seldom_right import rules_to_retire, show_rules_to_retire
from bidui.warehouse import access_log

IN_FORCE = "select extract, batch_ids[cardinality(batch_ids)] as batch_id, data_date, rows_accepted from ledger.list_in_force"

HELD = "select batch_id, extract, as_of, source_name, reason from ledger.held_batch order by batch_id"

# Taken by administrator.sql; one of its rights stands for all.
OPEN_TO_EVERYBODY = """
select exists (
    select from pg_proc as f, aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) as right_
    where f.proname = 'pg_advisory_lock' and right_.grantee = 0
)
"""


def collect(connection: psycopg2.extensions.connection, sources: Sources, today: dt.date) -> dict[str, Any]:
    """Return per extract what is in force and how old, the batches held, files that lie where nobody reads them, the
    published night, rules that are seldom right."""
    with connection.cursor(cursor_factory=RealDictCursor) as cursor:
        published = published_night(cursor)
        in_force = extracts(cursor, sources, today)
        waiting = held(cursor)
        to_retire = rules_to_retire(cursor, published["as_of"]) if published else []
    with connection.cursor() as cursor:
        access_log_mode = access_log.mode(cursor)
        cursor.execute(OPEN_TO_EVERYBODY)
        open_to_everybody = cursor.fetchone() == (True,)
    return {
        "published": published["as_of"].isoformat() if published else None,
        "extracts": in_force,
        "held": waiting,
        "overlooked": overlooked(drop_dir(), sources),
        "rules_to_retire": to_retire,
        "access_log": access_log_mode,
        "is_open_to_everybody": open_to_everybody,
    }


def published_night(cursor: RealDictCursor) -> dict[str, Any] | None:
    """The night that readers see (`as_of`, `published_at`), None before the first."""
    cursor.execute("select as_of, published_at from ledger.published_night where as_of is not null")
    row = cursor.fetchone()
    return dict(row) if row else None


def held(cursor: RealDictCursor) -> list[dict[str, Any]]:
    """Held batches that no newer list of the extract has made pointless."""
    cursor.execute(HELD)
    return [{**row, "as_of": row["as_of"].isoformat()} for row in cursor.fetchall()]


def extracts(cursor: RealDictCursor, sources: Sources, today: dt.date) -> list[dict[str, Any]]:
    """One row per extract of the contracts: its newest accepted batch, age in days, and `state`."""
    cursor.execute(IN_FORCE)
    in_force = {row["extract"]: row for row in cursor.fetchall()}
    rows = []
    for extract in sources.extracts.values():
        batch = in_force.get(extract.key)
        age = (today - batch["data_date"]).days if batch else None
        limit = extract.delivery.max_age_days
        rows.append(
            {
                "department": extract.department,
                "extract": extract.key,
                "title": extract.title.zh,
                "batch_id": batch["batch_id"] if batch else None,
                "data_date": batch["data_date"].isoformat() if batch else None,
                "age_days": age,
                "max_age_days": limit,
                "rows": batch["rows_accepted"] if batch else None,
                "state": "missing" if age is None else "stale" if age > limit else "in_force",
            }
        )
    return rows


STATES = {"missing": "[red]缺失 missing[/]", "stale": "[yellow]过期 stale[/]", "in_force": "[green]生效 in force[/]"}

ACCESS_LOG = {
    "pgaudit": "访问日志：pgaudit · accesses are logged by pgaudit",
    "statements": "访问日志：数据库服务器日志（无 pgaudit），见 bidui accesses"
    " · accesses are in the server's log (no pgaudit here), see `bidui accesses`",
    "off": "[bold red]访问未记录[/]：请数据库管理员执行 grant set on parameter log_statement, log_min_messages to <所有者>，然后 bidui prepare"
    " · [bold red]accesses are not logged[/]: ask the server's administrator for"
    " `grant set on parameter log_statement, log_min_messages to <owner>`, then `bidui prepare`",
}

TO_CLOSE = (
    "[bold red]数据库尚有人人可用的权限[/]：请数据库管理员执行 psql -d <库> -f include/sql/administrator.sql"
    " · [bold red]whoever connects can stop the nights or fill the disk[/]: ask the server's administrator for"
    " `psql -d <database> -f include/sql/administrator.sql`"
)


def show(status: dict[str, Any], console: Console) -> None:
    """Print the status as tables."""
    console.print(f"已发布 published night: [bold]{status['published'] or '无 none'}[/]")
    table = narrow_table("生效批次 · what is in force")
    table.add_column("提取 extract", overflow="fold", ratio=1)
    for heading in ("批次 batch", "数据日期 data date", "天数/上限 age/max", "行数 rows"):
        table.add_column(two_lines(heading), no_wrap=True, justify="right")
    table.add_column(two_lines("状态 state"), no_wrap=True)
    for department, rows in groupby(status["extracts"], key=itemgetter("department")):
        table.add_row(f"[bold]{department}[/]")
        for row in rows:
            table.add_row(
                f"  {row['extract']} {row['title']}", str(row["batch_id"] or "-"), row["data_date"] or "-",
                f"{'-' if row['age_days'] is None else row['age_days']}/{row['max_age_days']}",
                "-" if row["rows"] is None else f"{row['rows']:,}", STATES[row["state"]],
            )
    console.print(table)
    for row in status["held"]:
        told = f"batch {row['batch_id']} {row['extract']} {row['source_name']}: {row['reason']}"
        console.print(f"[bold red]暂存待核 held[/] {escape(told)}")
    show_overlooked(status["overlooked"], console)
    show_rules_to_retire(status["rules_to_retire"], console)
    console.print(ACCESS_LOG[status["access_log"]])
    if status["is_open_to_everybody"]:
        console.print(TO_CLOSE)
