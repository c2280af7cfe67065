"""Every form in which files write dates, months, years and times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Parse = Callable[..., Any]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-01-31", "2020-01-31"),
        ("20200131", "2020-01-31"),
        ("2020.1.31", "2020-01-31"),
        ("2020/1/31", "2020-01-31"),
        ("2020-1-3", "2020-01-03"),
        ("2020年1月31日", "2020-01-31"),
        ("２０２０．１．３１", "2020-01-31"),
        (" 2020-01-31　", "2020-01-31"),
        ("20200131.0", "2020-01-31"),
        ("43831", "2020-01-01"),
        ("43831.0", "2020-01-01"),
        ("2020-01-31 12:30:45", "2020-01-31"),
        ("2020-01-31T12:30:45.123+08:00", "2020-01-31"),
        ("20200131123045", "2020-01-31"),
        # a month is its first day
        ("2020-01", "2020-01-01"),
        ("2020年1月", "2020-01-01"),
        ("202001", "2020-01-01"),
        ("202208.0", "2022-08-01"),
        ("2020.10", "2020-10-01"),
        ("长期", "9999-12-31"),
        ("2020-02-29", "2020-02-29"),
        # nothing is guessed
        ("2021-02-29", None),
        ("2020-13-01", None),
        ("20200230", None),
        ("2020", None),
        ("0001-01-01", None),
        ("1/31/2020", None),
        ("99999", None),
        ("9999", None),
        ("2020-01-01至2020-12-31", None),
        ("无", None),
        ("", None),
        (None, None),
    ],
)
def test_date(parse: Parse, text: str | None, expected: str | None) -> None:
    assert parse("to_date", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("202208", "2022-08-01"), ("2022-08", "2022-08-01"), ("202208.0", "2022-08-01"), ("2022-08-17", "2022-08-01"),
     ("2022年8月", "2022-08-01"), ("2022年8月份", "2022-08-01"), ("202213", None), ("8月", None)],
)
def test_month_is_its_first_day(parse: Parse, text: str, expected: str | None) -> None:
    assert parse("to_month", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("198503", True), ("198503.0", True), ("1985-03", True), ("1985.3", True), ("1985年3月份", True), ("１９８５０３", True),
     ("19850301", False), ("1985-03-01", False), ("1985年3月1日", False), ("31472", False), ("无", False)],
)
def test_whether_a_date_is_a_month_only(parse: Parse, text: str, expected: bool) -> None:
    assert parse("names_no_day", text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2026", 2026), ("2026年", 2026), ("2026.0", 2026), ("２０２６年度", 2026), ("2026-03-01", 2026), ("26", None),
     ("3026", None), ("待定", None)],
)
def test_year(parse: Parse, text: str, expected: int | None) -> None:
    assert parse("to_year", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-01-31 12:30:45", "2020-01-31T12:30:45"),
        ("2020/1/31 8:05", "2020-01-31T08:05:00"),
        ("20200131123045", "2020-01-31T12:30:45"),
        ("2020年1月31日 12时30分", "2020-01-31T12:30:00"),
        ("43831.75", "2020-01-01T18:00:00"),
        ("2020-01-31T20:00:00Z", "2020-02-01T04:00:00"),
        ("2020-01-31T20:00:00+08:00", "2020-01-31T20:00:00"),
        ("2020-01-31", "2020-01-31T00:00:00"),
        ("2020-01-31 25:00:00", None),
        ("2020-01-31 12:61:00", None),
    ],
)
def test_timestamp_is_the_clock_of_the_county(parse: Parse, text: str, expected: str | None) -> None:
    assert parse("to_timestamp", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-2026学年第一学期", "2025年秋季学期"),
        ("2025—2026学年度第二学期", "2026年春季学期"),
        ("2025-2026-2", "2026年春季学期"),
        ("2025-26学年下学期", "2026年春季学期"),
        ("2025年秋", "2025年秋季学期"),
        ("2025-2026学年春季学期", "2026年春季学期"),
        ("2019A", "2019年秋季学期"),
        ("2019S", "2019年春季学期"),
        ("2026年上半年", "2026年春季学期"),
        ("202609", "2026年秋季学期"),
        ("2026-01", "2025年秋季学期"),
        ("第一学期", None),
        ("2026", None),
    ],
)
def test_school_term(parse: Parse, text: str, expected: str | None) -> None:
    assert parse("school_term", text) == expected


@pytest.mark.parametrize("term", [1, 2])
@pytest.mark.parametrize("year", range(2005, 2090, 7))
def test_five_digits_are_a_term_of_the_school_year(parse: Parse, year: int, term: int) -> None:
    said = parse("school_term", f"{year}-{year + 1}学年第{'一二'[term - 1]}学期")
    assert said == (f"{year}年秋季学期" if term == 1 else f"{year + 1}年春季学期")
    assert parse("school_term", f"{year}{term}") == said == parse("school_term", f" {year}{term}.0 ")


@pytest.mark.parametrize(
    ("grade", "stage", "expected"),
    [("一年级", "小学", 1), ("2024级", "小学", 3), ("2024级", "初中", 9), ("初二", "初中", 8), ("八年级", "初中", 8),
     ("一年级", "普通高中", 10), ("中职二年级", "中职", 11), ("大一", "本科", None), ("2023届", "初中", None), ("2030级", "小学", None),
     (None, "小学", None)],
)
def test_grade_counts_from_the_first_of_primary_school(
    parse: Parse, grade: str | None, stage: str, expected: int | None
) -> None:
    assert parse("school_grade", grade, stage, 2026) == expected
