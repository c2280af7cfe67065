"""A problem says where, what, what was expected and what to do, in both languages."""

from __future__ import annotations

import json

from bidui.problem import Problem, ProblemError, reason_of

MISSING = Problem(
    code="header.missing",
    what_zh="缺少必需的表头",
    what_en="a required header is missing",
    file="低保 (3).xlsx",
    sheet="Sheet1",
    row=3,
    column="证件号码",
    expected_zh="证件号码",
    expected_en="证件号码",
    found="证件号",
    fix_zh="改名",
    fix_en="rename it",
)


def test_both_sentences_name_place_expectation_and_fix() -> None:
    assert MISSING.zh == (
        "文件 低保 (3).xlsx，工作表“Sheet1”，第 3 行，“证件号码”：缺少必需的表头；应为 证件号码；实际为 证件号。请改名。"
    )
    assert MISSING.en == (
        "file 低保 (3).xlsx, sheet 'Sheet1', row 3, '证件号码': a required header is missing;"
        " expected 证件号码; found 证件号. To mend it: rename it."
    )


def test_a_problem_without_a_place_is_still_a_sentence() -> None:
    assert Problem(code="x", what_zh="坏了", what_en="broken").en == "broken."


def test_json_keeps_every_field() -> None:
    restored = Problem.from_dict(json.loads(json.dumps(MISSING.as_dict())))
    assert restored == MISSING


def test_the_reason_is_the_first_that_holds_and_counts_the_others() -> None:
    told = Problem(code="a", what_zh="提示", what_en="a hint", severity="info")
    other = Problem(code="b", what_zh="又一处", what_en="another")
    reason = reason_of([told, MISSING, other])
    assert reason.startswith(MISSING.zh)
    assert reason.endswith("(and 1 more)")
    assert reason_of([told]) == ""
    assert ProblemError([told, MISSING, other]).reason == reason
