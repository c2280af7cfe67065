"""Where nights are run by hand, a run that the clock started skips itself; a run by hand does not."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from bidui.platform import intake, service, steps


@pytest.fixture
def fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[dt.date, str, Path | None]]:
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path))
    calls: list[tuple[dt.date, str, Path | None]] = []

    def fetch(as_of: dt.date, department: str, drop: Path | None) -> dict[str, int]:
        calls.append((as_of, department, drop))
        return {}

    monkeypatch.setattr(intake, "fetch", fetch)
    return calls


@pytest.mark.parametrize("run_type", ["manual", "backfill"])
def test_by_hand_people_and_backfills_still_run(run_type: str, fetched: list[object]) -> None:
    service.keep_nights(by_hand=True)
    steps.fetch("2026-10-16", "housing", "", run_type)
    assert fetched == [(dt.date(2026, 10, 16), "housing", None)]


def test_by_hand_the_clock_is_skipped(fetched: list[object]) -> None:
    service.keep_nights(by_hand=True)
    with pytest.raises(AirflowSkipException):
        steps.fetch("2026-10-16", "housing", "", "scheduled")
    assert fetched == []


def test_by_clock_the_clock_runs(fetched: list[object]) -> None:
    service.keep_nights(by_hand=False)
    steps.fetch("2026-10-16", "housing", "/drop", "scheduled")
    assert fetched == [(dt.date(2026, 10, 16), "housing", Path("/drop"))]
