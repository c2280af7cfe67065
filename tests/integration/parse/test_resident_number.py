"""Resident numbers (GB 11643): what is joined, and in which state a number is.

Numbers here carry the county code 470001, which GB/T 2260 never allocated; check characters are python-stdnum's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import psycopg2.extensions
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric

Parse = Callable[..., Any]
NIGHT = dt.date(2026, 10, 16)


def number(birth: str = "19800229", sequence: str = "123", county: str = "470001") -> str:
    """A number whose check character is right."""
    first = f"{county}{birth}{sequence}"
    return first + ric.calc_check_digit(first + "0")


GOOD = number()
WITH_X = next(n for n in (number(sequence=f"{i:03}") for i in range(999)) if n.endswith("X"))


@pytest.mark.parametrize(
    "written",
    [
        GOOD,
        f"{GOOD} ",
        f"　{GOOD}　",
        f"'{GOOD}",
        f"’{GOOD}",
        f"`{GOOD}",
        "".join(chr(ord(c) + 0xFEE0) for c in GOOD),
        f"{GOOD[:6]} {GOOD[6:14]} {GOOD[14:]}",
        f"{GOOD}43",
        f"{GOOD}4301",
        f"{GOOD}43B1",
        f"{GOOD}\u200b",
    ],
)
def test_one_number_however_it_is_written(parse: Parse, written: str) -> None:
    assert parse("id_no", written) == GOOD
    assert parse("id_state", written, NIGHT) == "ok"
    assert parse("id_key", written) == int(GOOD[:17])


def test_lower_case_x(parse: Parse) -> None:
    assert parse("id_no", WITH_X.lower()) == WITH_X
    assert parse("id_state", WITH_X.lower(), NIGHT) == "ok"
    assert parse("id_no", WITH_X[:17] + "×") == WITH_X


@pytest.mark.parametrize(
    ("written", "state"),
    [
        (None, "blank"),
        ("", "blank"),
        ("　", "blank"),
        ("无", "blank"),
        ("——", "blank"),
        ("999999999999999999", "placeholder"),
        ("999999", "placeholder"),
        ("999999198001010018", "placeholder"),
        ("000000000000000000", "placeholder"),
        ("111111111111111111", "placeholder"),
        ("0", "placeholder"),
        ("4.70E+17", "mangled"),
        ("4.70001198002E+17", "mangled"),
        ("4.7e17", "mangled"),
        (GOOD[:15] + "000", "mangled"),
        (GOOD[:15] + "00000", "mangled"),
        (GOOD[:17], "length"),
        (GOOD + "1", "length"),
        ("E12345678", "length"),
        (GOOD[:17] + ("1" if GOOD[17] != "1" else "2"), "check"),
        (GOOD[:10] + "A" + GOOD[11:], "check"),
        (number("19800230"), "birth"),
        (number("20261017"), "birth"),
        (number("19051016"), "birth"),  # 121 years old on the night
        (number("19051017"), "ok"),
        (number("20261016"), "ok"),
        (number("19061017"), "ok"),
        ("470001800229123", "old15"),
        ("470001801329123", "birth"),
    ],
)
def test_state(parse: Parse, written: str | None, state: str) -> None:
    assert parse("id_state", written, NIGHT) == state


def test_the_mangled_states_above_have_a_wrong_check_character() -> None:
    # guards the parametrisation: …000 with a right check character is a number like any other
    assert ric.calc_check_digit(GOOD[:15] + "000") != "0"


@pytest.mark.parametrize("state_other_than_ok", ["blank", "4.70E+17", GOOD[:17], "470001800229123", number("19800230")])
def test_no_key_without_a_good_number(parse: Parse, state_other_than_ok: str) -> None:
    assert parse("id_key", state_other_than_ok) is None


def test_what_a_number_says(parse: Parse) -> None:
    assert parse("id_birth", GOOD) == "1980-02-29"
    assert parse("id_birth", "470001800229123") == "1980-02-29"
    assert parse("id_sex", number(sequence="123")) == "男"
    assert parse("id_sex", number(sequence="124")) == "女"
    assert parse("id_sex", "470001800229122") == "女"
    assert parse("id_disability_category", f"{GOOD}43") == "4"
    assert parse("id_disability_grade", f"{GOOD}43B1") == "3"
    assert parse("id_disability_grade", GOOD) is None
    assert parse("id_disability_grade", f"{GOOD}93") is None


@settings(max_examples=60, deadline=None)
@given(first=st.integers(10**16, 10**17 - 1))
def test_check_character_agrees_with_stdnum(connection: psycopg2.extensions.connection, first: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select parse.id_check_character(%s)", (first,))
        answer = cursor.fetchone()
    assert answer is not None
    assert answer[0] == ric.calc_check_digit(f"{first}0")
