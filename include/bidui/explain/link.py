"""Why a department's row is linked to a registry person, waits for a reviewer, or is nobody's: fetched and printed."""

from __future__ import annotations

import datetime as dt
from itertools import accumulate
from typing import Any

from rich.console import Console

from bidui.explain.story import asked
from bidui.explain.terminal import show_pairs, show_row, show_table
from bidui.explain.words import DECISIONS, said
from bidui.linkage.words import COMPARISONS, GATES, LEVELS, both
from bidui.problem import Problem, ProblemError

# What decided: of tier 1 number and name, of tier 2 the block in which both met.
RULES = {
    "id_name": "号码与姓名一致 number and name",
    "id_name_variant": "号码一致，姓名缺字或异形 number, variant of the name",
    "id_name_one_character": "号码一致，姓名差一字 number, name one character apart",
    "id_sex_role": "号码与角色性别一致 number and sex of the role",
    "id_name_conflict": "号码一致，姓名不同 number with another name",
    "id_without_name": "有号码无姓名 number without a name",
    "id15_name": "15位旧号与姓名 15-digit number and name",
    "name_birth": "姓名与出生日期相同 met by name and birth date",
    "name_village": "姓名与村相同 met by name and village",
    "name_last_4": "姓名与号码后四位相同 met by name and last four characters",
    "birth_village": "出生日期与村相同 met by birth date and village",
    "number_end": "号码后八位相同 met by the last eight characters",
    "number_15": "15位旧号相同 met by the 15-digit form",
    "name_household": "姓名与户相同 met by name and household",
    "reviewer": "复核结论 a reviewer's verdict",
}
VERDICTS = {"same": "同一人 same person", "different": "不同人 different people"}


def story(
    url: str, batch_id: int, row_no: int, role: str, night: dt.date | None = None, *, with_names: bool = False
) -> dict[str, Any]:
    """Return the evidence of one link, read with the login of `url`; `with_names` asks for both rows' names and numbers.

    Raises ProblemError when the login sees no such row on that night.
    """
    found = asked(
        url, "select audit.explain_link(%s::bigint, %s::bigint, %s, %s, %s::date)", batch_id, row_no, role, with_names, night
    )
    if found is None:
        raise ProblemError(
            Problem(
                code="explain.link",
                column="BATCH ROW",
                what_zh="看不到这一行的关联",
                what_en="no link of such a row can be seen",
                found=f"{batch_id} {row_no} {role}",
                expected_zh=f"audit.link 中的批次、行号与角色（{night or '已发布之夜'}，限授权的县）",
                expected_en=f"batch, row and role of audit.link on {night or 'the published night'}, in a county granted",
                fix_zh="核对批次、行号和 --role",
                fix_en="check the batch, the row and --role",
            )
        )
    return found


def waterfall(found: dict[str, Any]) -> list[tuple[str, str, float, float]]:
    """Return what each comparison adds: its name, how it compares, bits, running total. Nothing for tier 1."""
    bits: dict[str, float] = found["comparison"].get("bits") or {}
    ordered = [name for name in COMPARISONS if name in bits]
    totals = accumulate(bits[name] for name in ordered)
    return [
        (both(COMPARISONS, name), both(LEVELS, found["comparison"].get(name) or ""), bits[name], round(total, 2))
        for name, total in zip(ordered, totals, strict=True)
    ]


def show(found: dict[str, Any], console: Console) -> None:
    """Print the story; text from files is never read as markup."""
    console.rule(f"关联 link {found['batch_id']} / {found['row_no']} / {found['subject_role']}")
    limits = found["limits"] or {}
    show_pairs(
        console,
        ("结论 decision", said(DECISIONS, found["decision"])),
        ("名册人员 person", found["person_key"]),
        ("层级与依据 tier, rule", found["tier"] and f"{found['tier']}，{said(RULES, found['rule'])}"),
        ("模型版本 model", found["model_version"]),
        ("比对之夜 night", found["as_of"]),
    )
    steps = waterfall(found)
    show_table(
        console, "权重构成 · what weighs how much", ("比较项 comparison", "结果 level", "比特 bits", "累计 total"),
        [(name, level, f"{bits:+.2f}", f"{total:.2f}") for name, level, bits, total in steps],
    )  # fmt: skip
    if steps:
        show_pairs(
            console,
            ("权重 weight", f"{found['match_weight']}（关联 link ≥ {limits.get('link_at')}，复核 review ≥ {limits.get('review_at')}）"),
            ("次优 runner-up", found["runner_up_weight"]),
        )
    else:
        show_table(
            console, "逐项比较 · how each attribute compares", ("比较项 comparison", "结果 level"),
            [
                (both(COMPARISONS, name), both(LEVELS, str(level)))
                for name, level in found["comparison"].items()
                if name in COMPARISONS
            ],
        )  # fmt: skip
    show_pairs(console, ("不利之处 what speaks against it", [both(GATES, gate) for gate in found["gates"]]))
    if verdict := found["verdict"]:
        show_pairs(
            console,
            ("复核 verdict", f"{said(VERDICTS, verdict['verdict'])}，{verdict['decided_by']}，{verdict['decided_on']}"),
            ("理由 reason", verdict["reason"]),
        )
    for row in found["rows"] or []:
        show_row(row, console)
    if not found["names_are_shown"]:
        console.print("姓名和证件号未显示（--login 以有权限者查看） · names and numbers are not shown (--login)")
