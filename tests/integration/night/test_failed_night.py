"""A night that fails is on record as failed, holds up nobody, and ends its run red."""

from __future__ import annotations

import datetime as dt

import pytest

from bidui.platform import steps
from bidui.problem import ProblemError
from bidui.warehouse.connection import transaction

NIGHT = dt.date(2026, 10, 16)
RUNS = {
    ("2026-10-15", "night", "published"): "published",
    ("2026-10-16", "night", "superseded"): "superseded",
    ("2026-10-16", "replay", "running"): "running",
    ("2026-10-16", "night", "running"): "failed",
}


def test_a_failed_night_is_on_record_and_ends_red(warehouse: str) -> None:
    with transaction() as connection, connection.cursor() as cursor:
        for run in RUNS:
            cursor.execute("insert into ledger.run (as_of, kind, status, inputs) values (%s, %s, %s, '{}')", run)
    with pytest.raises(ProblemError, match="the night 2026-10-16 has failed") as raised:
        steps.reconcile_failed(NIGHT.isoformat())
    assert raised.value.final  # what was recorded needs no second try
    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute("select status from ledger.run order by run_id")
        assert [status for (status,) in cursor.fetchall()] == list(RUNS.values())
        cursor.execute("select as_of from ledger.night_under_way")
        assert cursor.fetchall() == []
