"""Amounts, counts, yes and no, and the numbers that departments give to people and households."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

Parse = Callable[..., Any]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1234.5", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1234元", "1234.00"),
        ("0.12万元", "1200.00"),
        ("１２３４", "1234.00"),
        ("１，２３４．５０元", "1234.50"),
        ("(123)", "-123.00"),
        ("（1,123）", "-1123.00"),
        ("¥1,000", "1000.00"),
        ("-5", "-5.00"),
        ("400.00 ", "400.00"),
        ("300元/人", "300.00"),
        ("0.30000000000000004", "0.30"),
        ("1.2E3", "1200.00"),
        ("0", "0.00"),
        ("12,5", None),  # a decimal comma, or a group cut short: not ours to say
        ("1.2.3", None),
        ("(123", None),
        ("约300", None),
        ("-", None),
        ("无", None),
        ("", None),
        (None, None),
        ("9" * 60, None),
    ],
)
def test_amount(parse: Parse, text: str | None, expected: str | None) -> None:
    assert parse("to_amount", text) == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("12", 12), ("12.0", 12), ("１２", 12), ("12人", 12), ("1,234", 1234), ("-3", -3), ("12.5", None), ("十二", None),
     ("99999999999", None), ("无", None), (None, None)],
)
def test_int(parse: Parse, text: str | None, expected: int | None) -> None:
    assert parse("to_int", text) == expected


@pytest.mark.parametrize("text", ["是", "1", "1.0", "Y", "y", "√", "参加", "已参保", "代缴", " 是 ", "Ｙ", "有", "TRUE"])
def test_yes(parse: Parse, text: str) -> None:
    assert parse("to_bool", text) is True


@pytest.mark.parametrize("text", ["否", "0", "0.0", "N", "×", "没参加", "未参加", "未参保", "否 ", "Ｎ", "没有", "非留守儿童"])
def test_no(parse: Parse, text: str) -> None:
    assert parse("to_bool", text) is False


@pytest.mark.parametrize("text", [None, "", "无", "——", "待核实", "2"])
def test_neither_yes_nor_no(parse: Parse, text: str | None) -> None:
    assert parse("to_bool", text) is None


@pytest.mark.parametrize(
    ("text", "number", "key"),
    [
        ("001234", "001234", "1234"),
        ("1234", "1234", "1234"),
        ("1234.0", "1234", "1234"),
        ("'001234", "001234", "1234"),
        (" ００１２３４　", "001234", "1234"),
        ("h01", "H01", "H01"),
        ("000", "000", "0"),
        ("1.2E+11", "1.2E+11", None),  # digits are lost
        ("无", None, None),
        (None, None, None),
    ],
)
def test_numbers_join_without_leading_zeros(
    parse: Parse, text: str | None, number: str | None, key: str | None
) -> None:
    assert parse("number_text", text) == number
    assert parse("number_key", text) == key


@pytest.mark.parametrize("token", ["", "无", "无。", "——", "--", "-", "/", "\\", "N/A", "NA", "null", "NULL", "不详", "未知", "暂无",
                                   "#N/A", "#REF!", "0000-00-00", "00000000", "0000/00/00", "　", "－－", "NaN", "（空）"])
def test_null_tokens_are_null(parse: Parse, token: str) -> None:
    assert parse("clean", token) is None
    assert parse("code_key", token) is None


@pytest.mark.parametrize(("written", "code"), [("1.0", "1"), ("390.00", "390"), ("１.０", "1"), ("1.5", "1.5"), ("V1.0", "V1.0")])
def test_a_code_that_became_a_float_is_the_code(parse: Parse, written: str, code: str) -> None:
    assert parse("code_key", written) == code


@pytest.mark.parametrize(
    ("text", "expected"),
    [("　Ｃ级 ", "C级"), ("张\t三", "张 三"), ("a\u200bb\ufeff", "ab"), ("无房", "无房"), ("⼀", "一"), ("-5", "-5")],
)
def test_clean(parse: Parse, text: str, expected: str) -> None:
    assert parse("clean", text) == expected


def test_a_list_in_one_cell_has_one_order(parse: Parse) -> None:
    assert parse("sorted_list", "公益岗位，产业帮扶；公益岗位、务工") == parse("sorted_list", "务工,产业帮扶,公益岗位")
