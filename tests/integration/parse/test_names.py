"""Names of people in one form, and how far apart two of them are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg2.extensions
import pytest

from bidui.reference.characters import character_map

Parse = Callable[..., Any]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("张三", "张三"),
        ("张 三", "张三"),
        ("张　三\u200b", "张三"),
        ("張偉", "张伟"),
        ("阿不都·热西提", "阿不都·热西提"),
        ("阿不都•热西提", "阿不都·热西提"),
        ("阿不都．热西提", "阿不都·热西提"),
        ("阿不都・热西提", "阿不都·热西提"),
        ("阿不都‧熱西提", "阿不都·热西提"),
        ("张?明", "张?明"),
        ("张？？明", "张?明"),
        ("张yan明", "张?明"),
        ("张YÁN明", "张?明"),
        ("张(yan)明", "张?明"),
        ("张□明", "张?明"),
        ("张\ue001明", "张?明"),
        ("张三（户主）", "张三"),
        ("張三 (已故)", "张三"),
        ("张三丰（女", "张三丰"),
        ("张三2", "张三"),
        ("阿不都·热西提(户主)", "阿不都·热西提"),
        ("张(无)", "张(无)"),  # what would be left is no name
        ("张三(yan)", "张三?"),
        ("张(三)丰", "张(三)丰"),
        ("John Smith", "JOHNSMITH"),
        ("无", None),
        ("——", None),
        ("", None),
        (None, None),
    ],
)
def test_name(parse: Parse, written: str | None, expected: str | None) -> None:
    assert parse("person_name", written) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("张明", "张明", "same"),
        ("张?明", "张燕明", "variant"),
        ("张?", "张燕", "variant"),
        ("张?", "张燕明", "variant"),
        ("阿不都·热西提", "阿不都热西提", "variant"),
        ("张伟", "张玮", "one_character"),
        ("张三", "张三丰", "one_character"),
        ("欧阳娜娜", "欧阳娜", "one_character"),
        ("阿不都·热西提", "阿不都", "one_character"),
        ("阿不都·热西提", "热西提", "different"),
        ("阿不都·热西提", "阿不都·买买提", "different"),
        ("阿不都·热西提", "阿不都热", "different"),
        ("张三丰", "张", "different"),
        ("张", "王", "different"),
        ("王五", "李四", "different"),
        ("?", "张明", "different"),
        ("?", "?", "different"),
        ("张%", "张明亮", "different"),  # a pattern to nobody
        ("张三", None, None),
    ],
)
def test_distance(parse: Parse, one: str, other: str | None, expected: str | None) -> None:
    assert parse("name_matches", one, other) == expected
    assert parse("name_matches", other, one) == expected


def test_characters_are_opencc_s(connection: psycopg2.extensions.connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select variant, simplified, parse.simplify(variant) from reference.character_variant")
        rows = cursor.fetchall()
    assert {variant: simplified for variant, simplified, _ in rows} == character_map()
    assert all(answer == simplified for _, simplified, answer in rows)


def test_simplifying_twice_changes_nothing(connection: psycopg2.extensions.connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from reference.character_variant where parse.simplify(simplified) <> simplified"
        )
        assert cursor.fetchone() == (0,)
