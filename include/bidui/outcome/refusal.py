"""Why an answer cannot stand, in words for whoever wrote it. No word of the answer itself: it may name a person."""

from __future__ import annotations

from dataclasses import dataclass

from bidui.outcome.answer import Place
from bidui.problem import Problem


@dataclass(frozen=True)
class _Words:
    column: str
    what: tuple[str, str]
    fix: tuple[str, str]


_ASK_AGAIN = ("在最新下发的清单中重新核实填写", "answer it again in the newest list")

_REFUSALS = {
    "finding_unknown": _Words(
        "疑点编号 finding_id", ("已发布的疑点中没有此编号", "no published finding has this number"),
        ("核对编号，勿改动清单的编号列", "check the number; the list's number column is not to be edited"),
    ),
    "finding_closed": _Words(
        "疑点编号 finding_id", ("该疑点已关闭，无需答复", "the finding is closed and needs no answer"),
        ("删除此行；若再次出现会重新下发", "leave the row out; the finding is handed out again if it comes back"),
    ),
    "answers_contradict": _Words(
        "疑点编号 finding_id", ("同一疑点有不同的答复", "the same finding is answered differently elsewhere in this delivery"),
        ("只保留一条正确的答复", "keep the one answer that is right"),
    ),
    "answered_since": _Words(
        "核实日期 answered_on", ("该疑点此后已有更晚的核实结果", "the finding has been answered on a later day since"),
        ("删除此行；如那次答复有误，按今天的日期重新答复", "leave the row out; if that answer is wrong, answer again with today's date"),
    ),
    "verdict_missing": _Words(
        "核实结果 verdict", ("未填核实结果", "no verdict is given"),
        ("从下拉选项中选择一个", "choose one from the drop-down list"),
    ),
    "verdict_unknown": _Words(
        "核实结果 verdict", ("核实结果不在选项之内", "the verdict is none of the choices"),
        ("从下拉选项中选择；备注写在“说明”栏", "choose one from the drop-down list; remarks go into the note"),
    ),
    "wrong_side_unknown": _Words(
        "哪方有误 wrong_side", ("“哪方有误”不在选项之内", "the wrong side is none of the choices"),
        ("从下拉选项中选择", "choose one from the drop-down list"),
    ),
    "values_missing": _Words(
        "取值摘要 value_hash", ("缺少取值摘要，无法确定答复所针对的取值", "without the value hash nobody knows which values were answered"),
        _ASK_AGAIN,
    ),
    "values_changed": _Words(
        "取值摘要 value_hash", ("下发之后双方取值已变化", "the values have changed since the list was handed out"), _ASK_AGAIN,
    ),
    "answerer_missing": _Words(
        "核实人 answered_by", ("未写明核实人", "it is not said who answers"), ("填写核实人姓名", "write the name of whoever checked"),
    ),
    "date_unreadable": _Words(
        "核实日期 answered_on", ("核实日期缺失或无法识别", "the date of the answer is missing or unreadable"),
        ("按 2026-10-16 的形式填写", "write it like 2026-10-16"),
    ),
    "answered_before_opening": _Words(
        "核实日期 answered_on", ("核实日期早于疑点出现之日", "the answer is older than the finding"), _ASK_AGAIN,
    ),
    "answered_in_future": _Words(
        "核实日期 answered_on", ("核实日期晚于今天", "the date of the answer lies in the future"),
        ("填写实际核实的日期", "write the day of the check"),
    ),
    "field_check_missing": _Words(
        "实地核查 field_check", ("认定属实而没有实地核查记录", "confirmed without a record of a field check"),
        ("核实人、核实方式、核实日期三项都要填写", "say who looked, how and when, all three"),
    ),
    "reason_missing": _Words(
        "理由 reason", ("未写明理由", "the reason is missing"),
        ("在说明栏写明理由；不属实的也可选择“哪方有误”", "write the reason into the note (of a false positive the wrong side will do)"),
    ),
    "approver_missing": _Words(
        "批准人 approved_by", ("豁免未写明批准人", "the exemption has no approver"), ("填写批准人姓名", "write who granted it"),
    ),
    "expiry_missing": _Words(
        "有效期至 valid_until", ("豁免未写明有效期", "the exemption has no expiry"),
        ("按 2026-12-31 的形式填写", "write it like 2026-12-31"),
    ),
    "expiry_unreadable": _Words(
        "有效期至 valid_until", ("有效期无法识别", "the expiry is unreadable"),
        ("按 2026-12-31 的形式填写", "write it like 2026-12-31"),
    ),
    "expiry_passed": _Words(
        "有效期至 valid_until", ("有效期已过", "the expiry has passed"),
        ("填写将来的日期，或重新核实", "write a day to come, or check again"),
    ),
}  # fmt: skip


def refusal(code: str, place: Place) -> Problem:
    """The problem of a refused answer; `code` is one of `ledger.record_outcomes`."""
    words = _REFUSALS[code]
    return Problem(
        code=f"outcome.{code}",
        file=place.file,
        sheet=place.sheet,
        row=place.row,
        column=words.column,
        what_zh=words.what[0],
        what_en=words.what[1],
        fix_zh=words.fix[0],
        fix_en=words.fix[1],
    )


def codes() -> frozenset[str]:
    """Every reason there are words for."""
    return frozenset(_REFUSALS)
