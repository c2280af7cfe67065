"""A cell is the text a person sees; a number that a spreadsheet has damaged can be told."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidui.landing.cell import as_seen, number_as_seen


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.0, "3"),
        (-0.0, "0"),
        (0.1 + 0.2, "0.3"),
        (1234.5, "1234.5"),
        (45, "45"),
        (123456789012345.0, "123456789012345"),
        (341234567890123456.0, "3.41234567890123E+17"),
        (6217000012345678901, "6.21700001234568E+18"),
        (True, "TRUE"),
        (None, ""),
        ("  张 三 ", "  张 三 "),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2), "2026-01-02"),  # noqa: DTZ001
        (datetime(2026, 1, 2, 3, 4, 5), "2026-01-02 03:04:05"),  # noqa: DTZ001
        (time(3, 4), "03:04:00"),
        (timedelta(days=1, hours=2, minutes=3), "26:03:00"),
    ],
)
def test_the_text_a_person_sees(value: object, text: str) -> None:
    assert as_seen(value) == text


@given(st.integers(min_value=-(10**15) + 1, max_value=10**15 - 1))
def test_whole_numbers_of_up_to_15_digits_are_exact(value: int) -> None:
    assert as_seen(value) == str(value)
    assert as_seen(float(value)) == str(value)


@given(st.integers(min_value=10**15, max_value=10**20))
def test_longer_numbers_can_never_be_taken_for_an_id(value: int) -> None:
    for text in (number_as_seen(value), number_as_seen(float(value))):
        assert "E+" in text
        assert not text.isdigit()


@given(st.decimals(min_value=-10**9, max_value=10**9, places=2))
def test_amounts_come_back_as_typed(value: object) -> None:
    assert float(as_seen(float(value))) == float(value)  # type: ignore[arg-type]
    assert "E" not in as_seen(float(value))  # type: ignore[arg-type]
