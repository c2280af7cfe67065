"""A finding's story in the terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bidui.explain.words import (
    DECISIONS,
    EVENTS,
    SEVERITIES,
    SIDES,
    STATES,
    SUBJECTS,
    VERDICTS,
    department,
    free_words,
    label,
    parameter,
    said,
    shown,
    side_title,
)


def show(story: dict[str, Any], console: Console) -> None:
    """Print the story; text from files is never read as markup."""
    _show_finding(story, console)
    _show_rule(story["rule"] or {}, console)
    console.print("\n[bold]双方取值 · what each side says[/]")
    for side, values in (story["values"] or {}).items():
        console.print(side_title(side), style="dim", markup=False)
        show_pairs(console, *((label(story, side, name), value) for name, value in values.items()))
    for row in story["rows"] or []:
        show_row(row, console)
    _show_events(story["events"] or [], console)
    _show_answers(story["outcomes"] or [], console)
    _show_related(story["related"] or [], console)
    if not story["names_are_shown"]:
        console.print("姓名和证件号已遮蔽 · names and numbers are withheld from this login")
    console.print("疑点须经核实，不是结论 · a finding is a lead to be verified, not a decision")


def _show_finding(story: dict[str, Any], console: Console) -> None:
    finding, rule, subject = story["finding"], story["rule"] or {}, story["subject"]
    console.rule(f"疑点 finding {finding['finding_id']}")
    show_pairs(
        console,
        ("规则 rule", f"{finding['rule_id']} {rule.get('title', '')}（版本 version {rule.get('version', '')}）"),
        ("对象 subject", f"{said(SUBJECTS, subject['kind'])} {subject['key']} {shown(subject['name'])} {shown(subject['id_no'])}"),
        ("户 household", subject["household_no"]),
        ("地点 place", subject["place"] or subject["county_code"]),
        ("期间 period", finding["object_key"]),
        ("状态 state", said(STATES, finding["state"]) + ("，首夜存量 baseline" if finding["is_baseline"] else "")),
        ("级别 severity", said(SEVERITIES, finding["severity"])),
        ("首次/最近 first/last seen", f"{finding['first_seen']} / {finding['last_seen']}（{finding['times_opened']} 次 times opened）"),
        ("牵头部门 answers", department(finding["owner_department"])),
        ("比对之夜 night", f"{story['as_of']}，指纹 fingerprint {(story['run'] or {}).get('fingerprint', '')}"),
    )  # fmt: skip


def _show_rule(rule: dict[str, Any], console: Console) -> None:
    console.print("\n[bold]规则内容 · what the rule says[/]")
    show_pairs(
        console,
        ("条件 predicate", rule.get("predicate")),
        ("例外 exceptions", rule.get("exceptions")),
        *(("当夜参数 parameter", parameter(row)) for row in rule.get("parameters") or []),
        ("处理 remedy", rule.get("remedy")),
        ("依据 source", rule.get("source")),
    )


def _show_events(events: list[dict[str, Any]], console: Console) -> None:
    show_table(
        console, "经过 · what happened", ("日期 night", "事件 event", "状态 state"),
        [(event["as_of"], said(EVENTS, event["event"]), said(STATES, event["state"])) for event in events],
    )  # fmt: skip


def _show_answers(answers: list[dict[str, Any]], console: Console) -> None:
    show_table(
        console,
        "核查结果 · answers",
        ("编号", "结论 verdict", "哪方有误 wrong side", "原因 reason", "核查 check", "答复 by", "日期 on", "生效 in force"),
        [
            (
                answer["outcome_id"], said(VERDICTS, answer["verdict"]), said(SIDES, answer["wrong_side"]),
                free_words(answer, "reason"), free_words(answer, "field_check"), answer["answered_by"],
                answer["answered_on"], shown(answer["is_in_force"]),
            )
            for answer in answers
        ],
    )  # fmt: skip


def _show_related(related: list[dict[str, Any]], console: Console) -> None:
    show_table(
        console, "相关疑点 · related findings", ("关系 relation", "编号 id", "规则 rule", "状态 state"),
        [
            ("原因 cause" if other["relation"] == "cause" else "后果 effect", other["finding_id"], other["rule_id"],
             said(STATES, other["state"]))
            for other in related
        ],
    )  # fmt: skip


def show_row(row: dict[str, Any], console: Console) -> None:
    """Print a row as delivered and as read, with its links and why it is quarantined."""
    place = " ".join(filter(None, (row["file"], row["sheet"] and f"[{row['sheet']}]")))
    console.print(
        f"\n[bold]{escape(row['title'] or row['extract'])}[/]：{escape(place)} 第 {row['row_no']} 行 row"
        f"（批次 batch {row['batch_id']}，数据日期 data date {row['data_date']}，{escape(row['contract_version'])}）"
    )
    console.print(f"  sha256 {row['sha256']}", highlight=False)
    if not row["is_kept"]:
        console.print("  原始行已过保留期 · the row is past its retention")
    table = Table(show_edge=False)
    for heading in ("列", "表头 header", "原文 as delivered", "规范化 as read"):
        table.add_column(heading)
    for column in row["columns"] or []:
        if column["delivered"] is None and column["normalised"] is None and not column["is_withheld"]:
            continue
        withheld = "（遮蔽 withheld）" if column["is_withheld"] else None
        table.add_row(
            column["letter"] or "", escape(column["header"]),
            withheld or escape(shown(column["delivered"])), withheld or escape(shown(column["normalised"])),
        )  # fmt: skip
    if table.row_count:
        console.print(table)
    for link in row.get("links") or []:
        show_pairs(
            console,
            ("关联 link", f"{said(DECISIONS, link['decision'])}，层级 tier {shown(link['tier'])}，{shown(link['rule'])}"),
            ("权重 weight", link["match_weight"] and f"{link['match_weight']}（次优 runner-up {shown(link['runner_up_weight'])}）"),
            ("逐项 levels", link["comparison"] or None),
            ("门槛 gates", link["gates"] or None),
        )  # fmt: skip
    for failed in row["quarantined"] or []:
        console.print(f"  [red]隔离 quarantined[/]: {escape(failed['reason'])}")


def show_pairs(console: Console, *pairs: tuple[str, Any]) -> None:
    """Print names and values, one a line; what is empty is left out."""
    for name, value in pairs:
        if value not in (None, "", [], {}):
            console.print(f"  [cyan]{escape(name)}[/]: {escape(shown(value))}", soft_wrap=True, highlight=False)


def show_table(console: Console, title: str, headings: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """Print a table, nothing where it has no rows."""
    if not rows:
        return
    table = Table(title=title, title_justify="left")
    for heading in headings:
        table.add_column(heading)
    for row in rows:
        table.add_row(*(escape(shown(value)) for value in row))
    console.print(table)
