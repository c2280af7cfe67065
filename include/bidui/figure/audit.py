"""What the checks say about a load of typed-in figures, as data and as a table."""

from __future__ import annotations

from typing import Any

import psycopg2.extensions
from psycopg2.extras import RealDictCursor
from rich.console import Console
from rich.table import Table

OWN_CHECKS = """
select report, check_kind, rule_id, indicator, period, stated, computed, difference, verdict, note
from mart_summary.int_figure__check
where load_id = %(load_id)s
"""
AGAINST_WAREHOUSE = """
select report, check_kind, rule_id, indicator, period, stated, computed, difference, verdict, note
from mart_summary.int_figure__warehouse
where load_id = %(load_id)s
"""

VERDICTS = {
    "OK": "[green]相符 OK[/]",
    "MISMATCH": "[bold red]不符 MISMATCH[/]",
    "NOTE": "[yellow]提示 NOTE[/]",
    "NOT_COMPARABLE": "[dim]无法核对 NOT COMPARABLE[/]",
}
KINDS = {
    "sum": "合计 sum",
    "pct": "占比 share",
    "pct_sum": "占比之和 shares",
    "identity": "恒等 identity",
    "cross": "前后 cross",
    "ratio": "比率 ratio",
    "unit": "口径 unit",
    "warehouse": "与数据库 warehouse",
}


def checks_of(connection: psycopg2.extensions.connection, load_id: int) -> list[dict[str, Any]]:
    """Return every check of a load, mismatches first; those against the warehouse once a night has been computed."""
    with connection.cursor(cursor_factory=RealDictCursor) as cursor:
        cursor.execute(OWN_CHECKS, {"load_id": load_id})
        checks = [dict(row) for row in cursor.fetchall()]
        cursor.execute("select to_regclass('mart_summary.int_figure__warehouse') is not null as ready")
        row = cursor.fetchone()
        if row and row["ready"]:
            cursor.execute(AGAINST_WAREHOUSE, {"load_id": load_id})
            checks += [dict(row) for row in cursor.fetchall()]
    worst_first = ["MISMATCH", "NOTE", "NOT_COMPARABLE", "OK"]
    return sorted(
        checks,
        key=lambda c: (worst_first.index(c["verdict"]), c["report"], c["check_kind"], c["indicator"], c["period"]),
    )


def show(checks: list[dict[str, Any]], console: Console) -> None:
    """Print the checks as one table per report."""
    for report in dict.fromkeys(sorted(check["report"] for check in checks)):
        table = Table(title=f"填报数核对 · typed-in figures: {report}", title_justify="left")
        for heading in ("核对 check", "规则 rule", "指标 indicator", "时期 period"):
            table.add_column(heading)
        for heading in ("填报 stated", "复算 computed", "差 difference"):
            table.add_column(heading, justify="right")
        table.add_column("结论 verdict")
        table.add_column("说明 note")
        for check in checks:
            if check["report"] == report:
                table.add_row(
                    KINDS[check["check_kind"]], check["rule_id"], check["indicator"], check["period"],
                    *(_plain(check[name]) for name in ("stated", "computed", "difference")),
                    VERDICTS[check["verdict"]], check["note"],
                )
        console.print(table)


def _plain(value: Any) -> str:
    if value is None:
        return "-"
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
