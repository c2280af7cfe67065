"""The form by itself: its columns and choices, and causes before effects whatever the data."""

from __future__ import annotations

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from bidui.workbook.answer_form import chinese_part
from bidui.worklist.findings import causes_first
from bidui.worklist.form import CHOICES, COLUMNS, FORM, WRONG_SIDES


def test_the_form_offers_three_verdicts_and_four_sides() -> None:
    assert list(CHOICES.values()) == ["confirmed", "false_positive", "unclear"]
    assert set(WRONG_SIDES.values()) == {"registry", "department", "both", "neither"}


def test_headers_are_told_apart_by_their_chinese() -> None:
    names = [chinese_part(column.header) for column in COLUMNS if column.header != "English"]
    assert len(set(names)) == len(names) and all(names)
    assert set(FORM.columns) <= set(names)
    assert chinese_part("核实结果 Verdict") == chinese_part(" *核实结果\nVerdict") == "核实结果"


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
