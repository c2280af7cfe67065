"""Upkeep on files and on Airflow: the cut-off, health, logs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

import pytest

from bidui.alert import Alert
from bidui.platform import upkeep
from bidui.platform.departments import departments
from bidui.problem import ProblemError

NIGHT = dt.date(2026, 10, 16)


class FakeAirflow:
    def __init__(self, runs: list[str], reported: set[str], errors: dict[str, str] | None = None) -> None:
        self._runs = runs
        self._reported = reported
        self.errors = errors or {}
        self.states = {"scheduler": "healthy", "triggerer": "healthy"}
        self.events: list[tuple[str, dt.date]] = []

    def runs(self, as_of: dt.date) -> list[dict[str, Any]]:
        return [{"dag_id": dag_id} for dag_id in self._runs]

    def reported(self, as_of: dt.date) -> set[str]:
        return self._reported

    def report(self, asset: str, as_of: dt.date, extra: dict[str, Any]) -> None:
        self.events.append((asset, as_of))

    def health(self) -> dict[str, str]:
        return self.states

    def import_errors(self) -> dict[str, str]:
        return self.errors


def test_the_cut_off_reports_those_who_have_not_reported() -> None:
    silent, *others = departments()
    airflow = FakeAirflow([f"ingest_{name}" for name in others], {f"ingest_{name}" for name in others})
    assert upkeep.close_night(airflow, NIGHT) == [silent]  # type: ignore[arg-type]
    assert airflow.events == [(f"ingest_{silent}", NIGHT)]


def test_a_night_that_was_started_is_left_alone() -> None:
    airflow = FakeAirflow(["reconcile"], set())
    assert upkeep.close_night(airflow, NIGHT) == []  # type: ignore[arg-type]
    assert airflow.events == []


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """(kind, subject) of what people are told."""
    alerts: list[tuple[str, str]] = []

    def tell(news: list[Alert], today: dt.date, closes: Collection[str]) -> None:
        alerts.extend((alert.kind, alert.subject) for alert in news)
        assert set(closes) == {"component_silent", "dag_import_error"}

    monkeypatch.setattr(upkeep, "tell", tell)
    return alerts


def test_health_passes_when_all_is_well(told: list[tuple[str, str]]) -> None:
    upkeep.health(FakeAirflow([], set()), NIGHT)  # type: ignore[arg-type]
    assert told == []


def test_health_names_the_silent_component_and_the_broken_file(told: list[tuple[str, str]]) -> None:
    airflow = FakeAirflow([], set(), {"dags/ingest.py": "Traceback\nNameError: name 'x' is not defined"})
    airflow.states["triggerer"] = "unhealthy"
    with pytest.raises(ProblemError, match=r"(?s)triggerer.*unhealthy.*ingest\.py.*NameError: name 'x' is not defined"):
        upkeep.health(airflow, NIGHT)  # type: ignore[arg-type]
    assert told == [("component_silent", "triggerer"), ("dag_import_error", "ingest.py")]
