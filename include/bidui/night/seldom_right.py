"""Rules whose findings are seldom confirmed: to be reviewed or retired, told to the operator."""

from __future__ import annotations

import datetime as dt
from typing import Any

from psycopg2.extras import RealDictCursor
from rich.console import Console

# The operator is told a share that is not published where it stands for a few.
TO_RETIRE = """
select r.rule_id, r.title_zh, r.title_en, p.precision
from mart_summary.rule_precision as p
inner join reference.rule as r on r.rule_id = p.rule_id and r.rule_version = p.rule_version
where p.is_to_retire and p.from_night <= %(night)s and %(night)s < p.to_night
order by r.rule_id, r.rule_version
"""


def rules_to_retire(cursor: RealDictCursor, night: dt.date) -> list[dict[str, Any]]:
    """Rule, title and share confirmed (`precision`) of each rule that fell short on the night; none before the first."""
    cursor.execute("select to_regclass('mart_summary.rule_precision') is not null as ready")
    ready = cursor.fetchone()
    if not ready or not ready["ready"]:
        return []
    cursor.execute(TO_RETIRE, {"night": night})
    return [{**row, "precision": float(row["precision"])} for row in cursor.fetchall()]


def show_rules_to_retire(rules: list[dict[str, Any]], console: Console) -> None:
    """Print a line for each."""
    for row in rules:
        console.print(
            f"[yellow]建议停用或修改 to be reviewed or retired[/] {row['rule_id']} {row['title_zh']} · {row['title_en']}:"
            f" 准确率 precision {row['precision']:.0%}"
        )
