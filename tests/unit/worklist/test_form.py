"""The form by itself: choices as people type them, seals, and causes before effects whatever the data."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidui.worklist.findings import causes_first
from bidui.worklist.form import CHOICES, COLUMNS, WRONG_SIDES, chinese_part, choice, seal


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("属实", "confirmed"), (" 属 实 ", "confirmed"), ("属实 confirmed", "confirmed"), ("“不属实”", "false_positive"),
        ("不属实。", "false_positive"), ("待补正\n", "unclear"), ("confirmed", "confirmed"), ("", ""), ("也许", "也许"), ("不属", "不属"),
        ("不属实 false positive", "false_positive"), ("属实！", "confirmed"),
        # A doubt, two choices, a remark or a tick is none: the row goes back and nobody is judged by half a word.
        ("属实？", "属实？"), ("属实/不属实", "属实/不属实"), ("属实，但已搬走", "属实，但已搬走"), ("属实（待核）", "属实（待核）"),
        ("√", "√"), ("是", "是"),
        ("豁免", "豁免"),  # nobody grants an exemption by a worklist
    ],
)  # fmt: skip
def test_a_verdict_is_known_however_it_is_typed(typed: str, verdict: str) -> None:
    assert choice(typed, CHOICES) == verdict


def test_the_form_offers_three_verdicts_and_four_sides() -> None:
    assert list(CHOICES.values()) == ["confirmed", "false_positive", "unclear"]
    assert set(WRONG_SIDES.values()) == {"registry", "department", "both", "neither"}


def test_headers_are_told_apart_by_their_chinese() -> None:
    names = [chinese_part(column.header) for column in COLUMNS if column.header != "English"]
    assert len(set(names)) == len(names) and all(names)
    assert chinese_part("核实结果 Verdict") == chinese_part(" *核实结果\nVerdict") == "核实结果"


def test_a_seal_is_of_one_row_and_no_spreadsheet_takes_it_for_a_number() -> None:
    one = seal("f1", "v1", "2026-10-16")
    assert one == seal("f1", "v1", "2026-10-16")
    assert len({one, seal("f2", "v1", "2026-10-16"), seal("f1", "v2", "2026-10-16"), seal("f1", "v1", "2026-11-16")}) == 4
    assert one[0].isalpha() and one.isalnum()


@given(st.lists(st.one_of(st.none(), st.integers(-2, 12)), max_size=12))
def test_every_finding_is_told_once_and_below_its_cause(causes: list[int | None]) -> None:
    rows = [SimpleNamespace(finding_id=number, cause_finding_id=cause) for number, cause in enumerate(causes)]
    told = list(causes_first(rows))
    assert sorted(row.finding_id for _, row in told) == list(range(len(rows)))
    above: list[int] = []
    for depth, row in told:
        assert depth <= len(above)
        if depth:
            assert above[depth - 1] == row.cause_finding_id
        del above[depth:]
        above.append(row.finding_id)


def test_an_effect_of_an_effect_stands_two_steps_in() -> None:
    rows = [SimpleNamespace(finding_id=n, cause_finding_id=c) for n, c in ((1, 2), (2, 3), (3, None), (4, 3))]
    assert [(depth, row.finding_id) for depth, row in causes_first(rows)] == [(0, 3), (1, 2), (2, 1), (1, 4)]
