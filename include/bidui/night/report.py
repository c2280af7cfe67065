"""What an operator wants to know when a night has ended: as data, and as tables in the terminal."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from operator import itemgetter
from typing import Any

import psycopg2.extensions
from psycopg2 import sql
from psycopg2.extras import RealDictCursor
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bidui.landing.batch import STATUS_WORDS
from bidui.night.overlooked import show_overlooked
from bidui.night.seldom_right import rules_to_retire, show_rules_to_retire
from bidui.warehouse.query import query

EXTRACTS = """
select
    department, extract, source_name, data_date::text as data_date, batch_id, status,
    rows_read, rows_skipped, rows_landed, rows_accepted, rows_quarantined, reason
from ledger.batch
where as_of = %(as_of)s
order by department, extract, batch_id
"""

IN_FORCE = """
select department, extract, count(*) as batches, max(data_date)::text as data_date, bool_or(is_stale) as is_stale
from ledger.night_batch
where as_of = %(as_of)s and is_current
group by department, extract
order by department, extract
"""


def collect(connection: psycopg2.extensions.connection, as_of: dt.date) -> dict[str, Any]:
    """Return the closing report of a night as plain data (counts only, nothing of a person)."""
    parameters = {"as_of": as_of}
    with connection.cursor(cursor_factory=RealDictCursor) as cursor:
        cursor.execute(
            "select run_id, status, started_at::text, finished_at::text, fingerprint from ledger.run"
            " where as_of = %(as_of)s and kind <> 'replay' order by run_id desc limit 1",
            parameters,
        )
        run = cursor.fetchone()
        cursor.execute("select as_of::text as as_of from ledger.published_night")
        published = cursor.fetchone()
        cursor.execute(EXTRACTS, parameters)
        batches = cursor.fetchall()
        cursor.execute(IN_FORCE, parameters)
        in_force = cursor.fetchall()
        verdicts = _verdicts(cursor, as_of)
        cursor.execute("select to_regclass('mart_finding.finding') is not null as ready")
        ready = cursor.fetchone()
        findings: list[Any] = []
        if ready and ready["ready"]:
            cursor.execute(query("findings_by_rule"), parameters)
            findings = cursor.fetchall()
        to_retire = rules_to_retire(cursor, as_of)
    return {
        "as_of": as_of.isoformat(),
        "published": bool(published and published["as_of"] == as_of.isoformat()),
        "run": dict(run) if run else None,
        "batches": [dict(row) for row in batches],
        "in_force": [dict(row) for row in in_force],
        "verdicts": verdicts,
        "findings": [dict(row) for row in findings],
        "rules_to_retire": to_retire,
    }


def _verdicts(cursor: RealDictCursor, as_of: dt.date) -> list[dict[str, Any]]:
    cursor.execute(
        "select table_name from information_schema.tables where table_schema = 'mart_comparison'"
        " and table_name like 'comparison\\_%%' and table_name not like '%%\\_\\_new' order by 1"
    )
    rows: list[dict[str, Any]] = []
    for record in cursor.fetchall():
        table = record["table_name"]
        cursor.execute(
            sql.SQL(
                "select verdict, count(*) as subjects from mart_comparison.{}"
                " where from_night <= %(as_of)s and %(as_of)s < to_night group by 1"
            ).format(sql.Identifier(table)),
            {"as_of": as_of},
        )
        counts = {row["verdict"]: row["subjects"] for row in cursor.fetchall()}
        rows.append({"department": table.removeprefix("comparison_"), **counts})
    return rows


def narrow_table(title: str) -> Table:
    """A table that cuts no word off where a line has 80 characters: in a log, over ssh, in a mail."""
    return Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))


def two_lines(heading: str) -> str:
    """Chinese above English, so that a heading is no wider than its numbers."""
    return heading.replace(" ", "\n", 1)


def show(report: dict[str, Any], places: dict[str, str], console: Console) -> None:
    """Print the report; `places` is label → where to look (Data Docs, Airflow, connect command)."""
    console.rule(f"比对之夜 · the night of {report['as_of']}")
    extracts = narrow_table("提取数据 · extracts")
    extracts.add_column("提取 extract", no_wrap=True)
    for heading in ("读取 read", "略过 skipped", "接受 accepted", "隔离 quarantined"):
        extracts.add_column(two_lines(heading), justify="right")
    extracts.add_column(two_lines("状态 status"), no_wrap=True)
    for department, batches in groupby(report["batches"], key=itemgetter("department")):
        extracts.add_row(f"[bold]{department}[/]")
        for batch in batches:
            extracts.add_row(
                f"  {batch['extract']}", f"{batch['rows_read']:,}", f"{batch['rows_skipped']:,}",
                f"{batch['rows_accepted']:,}", f"{batch['rows_quarantined']:,}",
                STATUS_WORDS.get(batch["status"], batch["status"]),
            )
    if report["batches"]:
        console.print(extracts)
    else:
        console.print("当夜没有新文件，沿用生效的批次 · no file came; the lists in force were compared")
    for batch in report["batches"]:
        if batch["status"] == "held":
            held = f"{batch['source_name']} (batch {batch['batch_id']}): {batch['reason']}"
            console.print(f"[bold red]暂存待核 held[/] {escape(held)}")
    show_overlooked(report.get("overlooked", []), console)
    _show_verdicts(report, console)
    _show_findings(report, console)
    show_rules_to_retire(report["rules_to_retire"], console)
    for label, place in places.items():
        console.print(f"{label}: {place}", soft_wrap=True, highlight=False)


VERDICTS = {
    "agree": "一致 agree",
    "differ": "不一致 differ",
    "registry_only": "仅名册有 registry only",
    "department_only": "仅部门有 department only",
    "not_comparable": "无法比对 not comparable",
}


def _show_verdicts(report: dict[str, Any], console: Console) -> None:
    table = narrow_table("比对结果 · verdicts (subjects × fields)")
    table.add_column("部门 department", no_wrap=True)
    for label in VERDICTS.values():
        table.add_column(two_lines(label), justify="right")
    for row in report["verdicts"]:
        table.add_row(row["department"], *(f"{row.get(verdict, 0):,}" for verdict in VERDICTS))
    console.print(table)


def _show_findings(report: dict[str, Any], console: Console) -> None:
    table = narrow_table("疑点 · findings by rule")
    table.add_column(two_lines("规则 rule"), no_wrap=True)
    table.add_column("内容 what", overflow="fold", ratio=1)
    table.add_column(two_lines("级别 severity"), no_wrap=True)
    for heading in ("未结 open", "新增 opened", "关闭 closed"):
        table.add_column(two_lines(heading), justify="right")
    for row in report["findings"]:
        table.add_row(
            row["rule_id"], f"{row['title_zh'] or ''} · {row['title_en'] or ''}", row["severity"],
            f"{row['open']:,}", f"{row['opened']:,}", f"{row['closed']:,}",
        )
    console.print(table)
    if report["findings"] and all(row["is_baseline"] for row in report["findings"]):
        console.print(
            "首夜为基线：以上疑点标为首夜存量，核实清单默认不含 · the first night is the baseline: its findings are marked,"
            " and worklists leave them out unless asked (--all)"
        )
