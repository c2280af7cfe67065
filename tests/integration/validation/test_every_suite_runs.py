"""Every suite is valid SQL on the columns that staging gives, and points at rows."""

from __future__ import annotations

import pytest

from bidui.contract import load_sources
from bidui.validation import load_suite

EXTRACTS = sorted(load_sources().extracts)


@pytest.mark.parametrize("extract", EXTRACTS)
def test_every_expectation_is_computed_and_its_rows_are_set_apart(stage, judge, rows_of, extract):
    """On rows without content but a damaged number: nothing is impossible to compute, what fails critically has as
    many rows in quarantine as it counted."""
    damaged = {
        f"{'' if person.role == 'self' else person.role + '_'}id_state": "mangled"
        for person in load_sources().extract(extract).persons
        if person.id
    }
    batch = stage(extract, [damaged for _ in range(6)], first_row=11)
    judge(batch)
    results = rows_of(
        "select expectation, severity, success, element_count, unexpected_count from ledger.validation where batch_id = %s",
        batch,
    )
    assert len(results) == len(load_suite(extract).checks)
    assert {row[3] for row in results} == {6}
    counted = {name: count for name, severity, success, _, count in results if severity == "critical" and not success}
    apart = rows_of(
        "select expectation, count(*) from ledger.quarantined_row where batch_id = %s and row_no between 11 and 16 group by 1",
        batch,
    )
    assert counted == dict(apart)
    assert counted
