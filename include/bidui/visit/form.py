"""The form of one household: who lives there, what each has and lacks, what to ask, room for answers and signatures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from bidui.rule.words import FactWords
from bidui.visit.household import Household
from bidui.workbook import FormSheet
from bidui.workbook.form_sheet import Style
from bidui.worklist.findings import Finding

# Name, sex, age, relation; has; is missing; neither or not known; answer. They fill A4 portrait.
WIDTHS = (9, 5, 5, 9, 17, 20, 15, 12)

LEADS = (
    "每项均为待核实的线索，不是结论：请入户逐项询问、查看，如实填写“核实情况”。"
    " Every line is a lead to check at the door, not a decision: ask, look, and write what you found."
)
ROOM_FOR_NOTES = 5


def write_form(sheet: FormSheet, household: Household, where: str, night: dt.date, words: FactWords) -> None:
    """Write the form of one household, and end the page."""
    facts = household.facts
    sheet.line("title", ("入户走访表 Household visit sheet", 8))
    sheet.line("note", (f"{where} · 比对日期 as of {night}", 8))
    sheet.line("note", (LEADS, 8))
    _about(sheet, facts, words)
    _members(sheet, household, words)
    _findings(sheet, household.findings)
    sheet.line("heading", ("走访情况与群众诉求 · What was found, what the household asks for", 8))
    sheet.line("answer", ("", 8), least=ROOM_FOR_NOTES)
    sheet.line("label", (f"户编号 Household No. {facts['household_no'] or ''}", 4), ("户主或家庭成员签名 Signed by the household", 4), least=3)
    sheet.line("label", ("走访人签名 Visited by", 4), ("走访日期 Date", 4), least=3)
    sheet.end_form()


def _about(sheet: FormSheet, facts: dict[str, Any], words: FactWords) -> None:
    living = "living_members" if facts["living_members"] is not None else "members"
    monitored = "monitor_category" if facts["is_monitored"] and facts["monitor_category"] else "is_monitored"
    for row in (
        (("户编号 No.", "household_no"), ("户主 Head", "head_name"), ("人口 Members", living)),
        (("户类型 Type", "household_type"), ("监测 Monitored", monitored), ("致贫原因 Cause", "cause_1")),
        (("风险 Risks", "risks"), ("人均收入（元） Income", "income_per_capita"), ("住房等级 House", "house_grade")),
    ):
        parts: list[tuple[str, int] | tuple[str, int, Style]] = []
        for (label, fact), (of_label, of_fact) in zip(row, ((2, 2), (1, 1), (1, 1)), strict=True):
            parts += [(label, of_label, "label"), (_said(words, facts[fact]), of_fact)]
        sheet.line("text", *parts)


def _members(sheet: FormSheet, household: Household, words: FactWords) -> None:
    sheet.line("heading", ("家庭成员与保障 · Members and what they have", 8))
    sheet.line(
        "label", ("姓名\nName", 1), ("性别\nSex", 1), ("年龄\nAge", 1), ("与户主关系\nRelation", 1), ("已享受\nHas", 1),
        ("应有未有及原因\nMissing and why", 1), ("均无记载；无法比对\nNeither; not known", 1), ("核实情况\nAnswer", 1),
    )  # fmt: skip
    for member in household.members:
        relation = _said(words, member["relation_to_head"]) + ("" if member["is_living"] is not False else "\n（已故）")
        sheet.line(
            "text", (member["person_name"] or "", 1), (_said(words, member["sex"]), 1), (_said(words, member["age"]), 1),
            (relation, 1), *_standing(household.benefits_of(member), words), ("", 1), least=2,
        )  # fmt: skip
    of_household = household.benefits_of(None)
    if of_household:
        sheet.line("text", ("全户 Household", 4), *_standing(of_household, words), ("", 1), least=2)


def _standing(benefits: Iterable[dict[str, Any]], words: FactWords) -> tuple[tuple[str, int], ...]:
    """What is had, what is missing and why, what neither side has or cannot be told: three cells."""
    has, missing, unclear = [], [], []
    for one in benefits:
        title, source = one["title"].split(" · ")[0], words.side(one["extract"] or "") or "部门名单"
        match one["standing"]:
            case "has":
                has.append(f"{title}（名册未记）" if one["verdict"] == "department_only" else title)
            case "missing" if one["verdict"] == "registry_only":
                missing.append(f"{title}：按名册应有，{source}中没有")
            case "missing":
                missing.append(f"{title}：据{source}尚未落实")
            case "unknown":
                unclear.append(f"{title}：无法比对（{words.value(one['reason'])}）")
            case _:
                unclear.append(f"{title}：均无")
    return ("\n".join(has), 1), ("\n".join(missing), 1), ("\n".join(unclear), 1)


def _findings(sheet: FormSheet, findings: list[Finding]) -> None:
    sheet.line("heading", (f"待核实疑点（{len(findings)} 条）· Open findings to ask about ({len(findings)})", 8))
    if not findings:
        return
    sheet.line(
        "label", ("对象\nWhom", 1), ("疑点\nFinding", 3), ("名册记载\nRegistry", 1), ("部门记载\nDepartments", 1),
        ("请核实\nWhat to check", 1), ("核实情况\nAnswer", 1),
    )  # fmt: skip
    for finding in findings:
        under = "└ " if finding.depth else ""
        sheet.line(
            "text", (finding.person_name or "", 1), (f"{under}{finding.title.zh}", 3), (finding.registry_says, 1),
            (finding.departments_say, 1), (finding.remedy.zh, 1), ("", 1), least=2,
        )  # fmt: skip


def _said(words: FactWords, value: Any) -> str:
    """A value in words; what the registry leaves blank stays blank, to be filled in."""
    return words.value(value) if value is not None else ""
