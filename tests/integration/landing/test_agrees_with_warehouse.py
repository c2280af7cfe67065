"""What landing and `inspect` read in Python is what staging reads in SQL."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

import psycopg2.extensions
import pytest

from bidui.contract import load_sources
from bidui.landing.amount import to_amount
from bidui.landing.id_number import id_state

AMOUNTS = [
    "", " ", "0", "380", "380.00", "1,234.50", "１，２３４．５０", "1234元", "1234 元", "0.12万元", "1.5万", "(123)", "（123.40）",
    "-20", "−20", "+5", "¥380", "￥380", ".5", "5.", "0.125", "0.124999", "1E3", "1.2E+3", "人民币500元", "500元整", "500元/人",
    "500/月", "1,23", "12,345,678.9", "12-3", "(5", "5)", "1.2.3", "nan", "Infinity", "1_000", "-", "--", "——", "/", "无", "待定",
    "'380", "380.00\u3000", "99999999999999", "1234567890123456789012345678901234567890123", "3..5", "一百",
]  # fmt: skip

IDS = [
    "", " ", "无", "990101199001011238", "990101199001011230", "99010119900101123x", "99010119900101123X", "９９０１０１１９９００１０１１２３８",
    " 990101199001011238 ", "'990101199001011238", "990101 19900101 1238", "990101900101123", "990101901301123", "999999199001011234",
    "999999", "111111111111111111", "000000000000000000", "000000", "123456789", "3.41E+17", "3.41234567890123E+17", "9.9E17",
    "990101199001000000", "990101199001011000", "990101199013011230", "990101189001011230", "990101203001011230",
    "99010119900101123841", "9901011990010112384121", "99010119900101123", "9901011990010112345", "99010119900101123A", "身份证",
    "090101199001011238", "990101199001011238\t", "990101-19900101-1238", "99010119900101123×", "990101199001011238.0", "——", "/",
]  # fmt: skip

AS_OF = date(2026, 10, 20)
NULLS = load_sources().common.null_tokens


def check_digit(body: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]


def test_amounts(connection: psycopg2.extensions.connection) -> None:
    with connection, connection.cursor() as cursor:
        cursor.execute("select t, parse.to_amount(t) from unnest(%s::text[]) as t", (AMOUNTS,))
        in_sql: dict[str, Decimal | None] = dict(cursor.fetchall())
    assert {text: to_amount(text) for text in AMOUNTS} == in_sql


def test_id_numbers(connection: psycopg2.extensions.connection) -> None:
    generator = random.Random(7)
    bodies = [
        f"9901{generator.randrange(100):02d}{generator.randrange(1880, 2040)}{generator.randrange(14):02d}"
        f"{generator.randrange(33):02d}{generator.randrange(1000):03d}"
        for _ in range(400)
    ]
    numbers = [*IDS, *(body + check_digit(body) for body in bodies), *(body + "000"[:1] for body in bodies)]
    with connection, connection.cursor() as cursor:
        cursor.execute("select t, parse.id_state(t, %s) from unnest(%s::text[]) as t", (AS_OF, numbers))
        in_sql: dict[str, str] = dict(cursor.fetchall())
    assert {text: id_state(text, AS_OF, NULLS) for text in numbers} == in_sql
    assert set(in_sql.values()) >= {"ok", "blank", "placeholder", "mangled", "length", "check", "birth", "old15"}


@pytest.mark.parametrize("token", load_sources().common.null_tokens)
def test_null_tokens_of_the_contracts_are_null_in_staging(connection: psycopg2.extensions.connection, token: str) -> None:
    with connection, connection.cursor() as cursor:
        cursor.execute("select parse.clean(%s)", (token,))
        assert cursor.fetchone() == (None,)
