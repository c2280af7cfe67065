"""Thresholds and shares at their edges."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidui.contract import load_sources
from bidui.contract.model import FEWEST_GATED_ROWS
from bidui.validation import load_suite
from bidui.validation.gate import (
    Predecessor,
    Thresholds,
    fewest_rows,
    most_rows,
    row_problems,
    share_problems,
    usable_problems,
)
from bidui.validation.gx_session import Outcome

ROLL = load_sources().extract("hi_roll")
DELTA = dataclasses.replace(ROLL, delivery=dataclasses.replace(ROLL.delivery, content="delta"))
LIMITS = Thresholds(
    max_row_drop=0.2, max_row_growth=1, max_blank_share=0.005, max_blank_share_tolerant=0.05, max_mangled_share=0.05
)
OCTOBER = dt.date(2026, 10, 16)


@given(before=st.integers(1, 5_000_000), drop=st.floats(0, 1))
def test_the_fewest_rows_are_within_the_drop_and_one_less_is_not(before, drop):
    limits = dataclasses.replace(LIMITS, max_row_drop=drop)
    fewest = fewest_rows(ROLL, limits, Predecessor(OCTOBER, before))
    assert 0 <= fewest <= before
    assert fewest >= before * (1 - drop) > fewest - 1


@given(before=st.integers(1, 5_000_000), growth=st.floats(0.01, 10))
def test_the_most_rows_are_within_the_growth_and_one_more_is_not(before, growth):
    limits = dataclasses.replace(LIMITS, max_row_growth=growth)
    most = most_rows(ROLL, limits, Predecessor(OCTOBER, before))
    assert most >= before + FEWEST_GATED_ROWS, "a few more are a clerk's work"
    assert most == before + FEWEST_GATED_ROWS or most <= before * (1 + growth) < most + 1
    assert row_problems(ROLL, limits, Predecessor(OCTOBER, before), most, [1]) == []
    (problem,) = row_problems(ROLL, limits, Predecessor(OCTOBER, before), most + 1, [1])
    assert problem.code == "gate.row_growth"


def test_without_a_delivery_in_force_there_is_nothing_to_measure():
    assert fewest_rows(ROLL, LIMITS, None) == 0
    assert row_problems(ROLL, LIMITS, None, 1, [1]) == []


def test_a_delta_may_have_few_rows_or_none():
    assert fewest_rows(DELTA, LIMITS, Predecessor(OCTOBER, 100)) == 0
    assert row_problems(DELTA, LIMITS, Predecessor(OCTOBER, 100), 0, [1]) == []
    assert row_problems(DELTA, LIMITS, Predecessor(OCTOBER, 100), 10_000, [1]) == []


def outcome(name, count, extract="hi_roll"):
    return {name: Outcome(load_suite(extract).by_name[name], count == 0, 1000, count)}


@pytest.mark.parametrize(
    ("name", "count", "rows", "held"),
    [
        ("id_no_blank", 5, 1000, False),  # exactly the share
        ("id_no_blank", 6, 1000, True),
        ("id_no_blank", FEWEST_GATED_ROWS - 1, 10, False),  # a clerk's slips
        ("id_no_blank", FEWEST_GATED_ROWS, 10, True),
        ("id_no_mangled", 50, 1000, False),
        ("id_no_mangled", 51, 1000, True),
        ("id_no_checksum", 400, 1000, False),  # sets rows apart, has no gate of its own
    ],
)
def test_shares(name, count, rows, held):
    problems = share_problems(ROLL, LIMITS, outcome(name, count), rows, 7)
    assert bool(problems) is held
    assert all("bidui release 7" in problem.en and "bidui" not in problem.for_sender().en for problem in problems)


@pytest.mark.parametrize(("count", "held"), [(50, False), (51, True)])
def test_blanks_that_do_not_quarantine_have_their_own_share(count, held):
    registry = load_sources().extract("registry_person")
    assert bool(share_problems(registry, LIMITS, outcome("id_no_blank", count, "registry_person"), 1000, 7)) is held


@pytest.mark.parametrize(("quarantined", "held"), [(50, False), (51, True)])
def test_more_than_half_unusable(quarantined, held):
    assert bool(usable_problems(ROLL, 100, quarantined, 7)) is held
