"""Control totals read money as people write it."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidui.landing.amount import sum_amounts, to_amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,234.50", "1234.50"),
        ("１，２３４．５０", "1234.50"),
        ("1234元", "1234"),
        ("0.12万元", "1200"),
        ("(123)", "-123"),
        ("（123.4）", "-123.40"),
        ("-20", "-20"),
        (" 380.00\u3000", "380"),
        ("¥380", "380"),
        ("500元/人", "500"),
        (".5", "0.5"),
        ("0.125", "0.13"),
    ],
)
def test_amounts_as_people_write_them(text: str, amount: str) -> None:
    assert to_amount(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", " ", "-", "——", "无", "1,23", "12-3", "nan", "Infinity", "1_000", "(5", "1.2.3"])
def test_what_is_no_amount(text: str) -> None:
    assert to_amount(text) is None


def test_blanks_do_not_count_and_words_are_told_apart_from_null_tokens() -> None:
    total, count, unread = sum_amounts(Counter(["380", "", "待定", "—", "0.12万元", "  "]), frozenset({"—"}))
    assert (total, count, unread) == (Decimal(1580), 2, 1)


@given(st.lists(st.decimals(min_value=-10**7, max_value=10**7, places=2).map(str), max_size=60), st.booleans())
def test_the_quick_way_and_the_careful_way_agree(texts: list[str], repeated: bool) -> None:
    texts = texts * 8 if repeated else texts
    amounts = [to_amount(text) for text in texts]
    assert None not in amounts
    assert sum_amounts(Counter(texts)) == (sum((a for a in amounts if a is not None), Decimal(0)), len(texts), 0)


@given(st.lists(st.decimals(min_value=0, max_value=100, places=3).map(str), max_size=20, unique=True))
def test_parts_of_a_cent_are_rounded_amount_by_amount(texts: list[str]) -> None:
    assert sum_amounts(Counter(texts))[0] == sum((to_amount(text) or Decimal(0) for text in texts), Decimal(0))
