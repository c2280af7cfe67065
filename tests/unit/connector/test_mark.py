"""A watermark: what comes late comes, what came does not come again."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidui.connector import PullError
from bidui.connector.mark import Mark
from bidui.connector.memory import Reached
from bidui.contract import SqlOrigin
from bidui.contract.origin import Watermark

NIGHT = dt.date(2026, 10, 16)
moment = dt.datetime.fromisoformat  # databases give times without a zone


def origin(kind: Any = "int", start: str = "0", overlap: int = 0) -> SqlOrigin:
    return SqlOrigin(connection="c", columns={"id_no": "a"}, table="t", watermark=Watermark("m", kind, start, overlap))


def pull(rows: list[tuple[int, str]], after: Reached | None, overlap: int) -> tuple[list[tuple[int, str]], Reached]:
    """What one pull brings of a table that holds `rows`, and where it has come to."""
    mark = Mark(origin(overlap=overlap), NIGHT, after)
    came = [row for row in rows if row[0] >= mark.since and mark.is_new(row[0], [row[1]])]
    return came, Reached(1, str(mark.highest), mark.last_rows())


@given(
    pulls=st.lists(st.lists(st.tuples(st.integers(0, 6), st.sampled_from("甲乙丙")), max_size=8), min_size=1, max_size=6),
    overlap=st.integers(0, 8),
    order=st.randoms(use_true_random=False),
)
def test_every_row_within_the_overlap_comes_exactly_once(
    pulls: list[list[tuple[int, str]]], overlap: int, order: Any
) -> None:
    table: list[tuple[int, str]] = []
    due: list[tuple[int, str]] = []
    came: list[tuple[int, str]] = []
    after: Reached | None = None
    for committed in pulls:
        lowest = 0 if after is None else int(after.watermark) - overlap
        due += [row for row in committed if row[0] >= lowest]
        table += committed
        order.shuffle(table)
        some, after = pull(table, after, overlap)
        came += some
    assert sorted(came) == sorted(due)


def test_a_row_dated_far_ahead_hides_none_before_it() -> None:
    start = origin("timestamp", "2026-01-01 00:00:00")
    first = Mark(start, NIGHT, None)
    assert first.is_new(moment("2099-01-01"), ["甲"])
    assert first.highest == moment("2026-10-17")
    second = Mark(start, NIGHT + dt.timedelta(days=3), Reached(1, str(first.highest), first.last_rows()))
    assert not second.is_new(moment("2099-01-01"), ["甲"])
    assert second.is_new(moment("2026-10-18 08:00"), ["乙"])


def test_rows_without_a_value_come_once_and_again_when_they_change() -> None:
    start = origin("timestamp", "2026-01-01 00:00:00")
    first = Mark(start, NIGHT, None)
    assert first.is_new(None, ["甲"])
    assert first.is_new("0000-00-00 00:00:00", ["乙"])
    assert first.is_new(moment("2026-10-15 08:00"), ["丙"])
    second = Mark(start, NIGHT, Reached(1, str(first.highest), first.last_rows()))
    assert not second.is_new(None, ["甲"])
    assert not second.is_new("0000-00-00 00:00:00", ["乙"])
    assert second.is_new(None, ["甲甲"])


def test_a_zone_of_the_source_is_kept() -> None:
    china = dt.timezone(dt.timedelta(hours=8))
    first = Mark(origin("timestamp", "2026-01-01 00:00:00", overlap=3600), NIGHT, None)
    assert first.is_new(dt.datetime(2026, 10, 1, 8, tzinfo=china), ["甲"])
    second = Mark(origin("timestamp", "2026-01-01 00:00:00", overlap=3600), NIGHT, Reached(1, str(first.highest), first.last_rows()))
    assert second.since == dt.datetime(2026, 10, 1, 7, tzinfo=china)
    assert not second.is_new(dt.datetime(2026, 10, 1, 8, tzinfo=china), ["甲"])


def test_dates_and_times_are_taken_for_each_other_but_words_are_not() -> None:
    days = Mark(origin("date", "2026-01-01"), NIGHT, None)
    assert days.is_new(moment("2026-03-01 09:00"), ["甲"])
    assert days.highest == dt.date(2026, 3, 1)
    times = Mark(origin("timestamp", "2026-01-01"), NIGHT, None)
    assert times.is_new(dt.date(2026, 3, 1), ["甲"])
    with pytest.raises(TypeError):
        times.is_new("2026-03-01", ["甲"])


def test_a_start_that_is_no_value_of_its_type_is_told() -> None:
    with pytest.raises(PullError) as caught:
        Mark(origin("int", "gestern"), NIGHT, None)
    assert caught.value.problems[0].code == "pull.bad_query"


def test_memory_stays_flat_when_values_grow() -> None:
    mark = Mark(origin(), NIGHT, None)
    for value in range(100_000):
        mark.is_new(value, ["甲"])
    assert len(mark._recent) <= 20_000
    assert len(mark.last_rows()) == 12
