"""The shipped code lists are written in the form in which staging looks them up."""

from __future__ import annotations

import csv
import re

import psycopg2.extensions
import pytest
from psycopg2.extras import execute_values

from bidui.home import dbt_dir


@pytest.fixture(scope="module")
def code_list() -> list[dict[str, str]]:
    with (dbt_dir() / "seeds" / "code_list.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_values_are_lookup_keys(
    connection: psycopg2.extensions.connection, code_list: list[dict[str, str]]
) -> None:
    with connection.cursor() as cursor:
        found = execute_values(
            cursor,
            "select value from (values %s) as v (value) where parse.code_key(value) is distinct from value",
            [(row["value"],) for row in code_list],
            page_size=5000,
            fetch=True,
        )
    assert found == []


def test_a_code_beside_its_word_never_says_another_word(code_list: list[dict[str, str]]) -> None:
    """`1-男` is read because both halves say the same; `2-男` is in no list, and somebody looks at it."""
    said = {(row["list"], row["value"]): row["canonical"] for row in code_list}
    written = [row for row in code_list if row["note"] == "code and word together"]
    assert len(written) > 80
    for row in written:
        halves = [half for half in re.findall(r"[0-9]+|[一-龥]+", row["value"]) if half]
        assert len(halves) == 2
        assert {said[row["list"], half] for half in halves} == {row["canonical"]}, row
    assert said["sex", "1-男"] == "男"
    assert ("sex", "2-男") not in said


def test_yes_and_no_are_what_to_bool_says(
    connection: psycopg2.extensions.connection, code_list: list[dict[str, str]]
) -> None:
    words = [(row["value"], row["canonical"]) for row in code_list if row["list"] == "yes_no"]
    assert len(words) > 20
    with connection.cursor() as cursor:
        found = execute_values(
            cursor,
            "select value from (values %s) as v (value, canonical)"
            " where parse.to_bool(value) is distinct from (canonical = '是')",
            words,
            fetch=True,
        )
    assert found == []
