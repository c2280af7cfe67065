"""The driver: refuses what cannot be run, follows a night to its end, and tells failure from success."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from bidui.platform import nightly
from bidui.problem import ProblemError

NIGHT = dt.date(2026, 10, 16)
START = dt.datetime(2026, 10, 16, 1, 0, tzinfo=dt.UTC)


class FakeAirflow:
    """A scheduler in miniature: each look is a step further through `plot`, a list of DAG → state."""

    def __init__(self, plot: list[dict[str, str]], *, earlier: list[dict[str, Any]] | None = None) -> None:
        self.plot = plot
        self.looks = 0
        self.earlier = earlier or []
        self.triggered: dict[str, dict[str, Any]] = {}
        self.failed_tasks: dict[str, list[str]] = {}
        self.known = {"ingest_a", "ingest_b", "reconcile", "publish"}
        self.errors: dict[str, str] = {}
        self.paused: set[str] = set()
        self.states = {"scheduler": "healthy"}

    def dags(self) -> dict[str, bool]:
        return {name: name in self.paused for name in self.known}

    def health(self) -> dict[str, str]:
        return self.states

    def import_errors(self) -> dict[str, str]:
        return self.errors

    def trigger(self, dag_id: str, as_of: dt.date, conf: dict[str, Any]) -> str:
        self.triggered[dag_id] = conf
        return f"run_{dag_id}"

    def runs(self, as_of: dt.date) -> list[dict[str, Any]]:
        states = self.plot[min(self.looks, len(self.plot) - 1)]
        self.looks += 1
        return self.earlier + [
            {
                "dag_id": dag_id,
                "dag_run_id": f"run_{dag_id}",
                "state": state,
                "run_type": "manual" if dag_id.startswith("ingest") else "asset_triggered",
                "run_after": (START + dt.timedelta(seconds=number)).isoformat().replace("+00:00", "Z"),
            }
            for number, (dag_id, state) in enumerate(states.items())
        ]

    def tasks(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        names = self.failed_tasks.get(dag_id, [])
        return [
            {"task_id": "fetch", "state": "success", "try_number": 1},
            *({"task_id": name, "state": "failed", "try_number": 3} for name in names),
            {"task_id": "later", "state": "upstream_failed", "try_number": 0},
        ]

    def log_lines(self, dag_id: str, run_id: str, task_id: str, try_number: int) -> list[str]:
        return [f"line {number}" for number in range(30)]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(nightly, "NEXT_RUN_WITHIN_SECONDS", 0.05)
    monkeypatch.setattr(nightly, "DAGS_WITHIN_SECONDS", 0.05)


def run(airflow: FakeAirflow, drop: Path | None = None) -> tuple[nightly.Night, list[nightly.Progress]]:
    seen: list[nightly.Progress] = []
    night = nightly.run_night(airflow, ["a", "b"], NIGHT, drop, seen.append, poll_seconds=0.001)  # type: ignore[arg-type]
    return night, seen


BEGINNING = {"ingest_a": "running", "ingest_b": "queued"}
INGESTED = {"ingest_a": "success", "ingest_b": "success"}


def test_a_night_is_followed_until_it_is_published(tmp_path: Path) -> None:
    airflow = FakeAirflow(
        [
            BEGINNING,
            BEGINNING,
            INGESTED,
            INGESTED | {"reconcile": "running"},
            INGESTED | {"reconcile": "success", "publish": "running"},
            INGESTED | {"reconcile": "success", "publish": "success"},
        ]
    )
    night, seen = run(airflow, tmp_path)
    assert night.published
    assert night.failed == []
    assert night.reason == ""
    assert airflow.triggered == {"ingest_a": {"drop": str(tmp_path)}, "ingest_b": {"drop": str(tmp_path)}}
    assert seen[-1].states["publish"] == "success"
    assert seen[0].done["ingest_a"] == (2, 2)


def test_without_a_drop_folder_the_standing_one_is_used() -> None:
    airflow = FakeAirflow([INGESTED | {"reconcile": "success", "publish": "success"}])
    run(airflow)
    assert airflow.triggered["ingest_a"] == {}


def test_a_failed_department_keeps_nobody_from_publishing_and_is_named() -> None:
    airflow = FakeAirflow([{"ingest_a": "failed", "ingest_b": "success", "reconcile": "success", "publish": "success"}])
    airflow.failed_tasks = {"ingest_a": ["land", "ingest_failed"]}
    night, _ = run(airflow)
    assert night.published
    assert [(task.dag_id, task.task_id) for task in night.failed] == [("ingest_a", "land")]
    assert night.failed[0].lines == [f"line {number}" for number in range(10, 30)]
    assert night.failed[0].log.endswith("dag_id=ingest_a/run_id=run_ingest_a/task_id=land/attempt=3.log")


@pytest.mark.parametrize("dag_id", ["reconcile", "publish"])
def test_a_failed_night_is_not_published(dag_id: str) -> None:
    states = INGESTED | {"reconcile": "success"} | {dag_id: "failed"}
    airflow = FakeAirflow([states])
    airflow.failed_tasks = {dag_id: ["freeze", "reconcile_failed"]}
    night, _ = run(airflow)
    assert not night.published
    assert night.reason == ""
    assert [task.task_id for task in night.failed] == ["freeze"]


@pytest.mark.parametrize(("states", "missing"), [(INGESTED, "reconcile"), (INGESTED | {"reconcile": "success"}, "publish")])
def test_a_night_that_stops_short_says_what_did_not_start(states: dict[str, str], missing: str) -> None:
    night, _ = run(FakeAirflow([states]))
    assert not night.published
    assert missing in night.reason


def test_runs_of_an_earlier_try_do_not_count() -> None:
    """The night was published before; this time reconcile fails."""
    before = START - dt.timedelta(hours=1)
    earlier = [
        {
            "dag_id": dag_id, "dag_run_id": f"old_{dag_id}", "state": "success", "run_type": "asset_triggered",
            "run_after": before.isoformat(),
        }
        for dag_id in ("reconcile", "publish")
    ]
    night, _ = run(FakeAirflow([INGESTED, INGESTED | {"reconcile": "failed"}], earlier=earlier))
    assert not night.published
    assert {entry["dag_run_id"] for entry in night.runs} == {"run_ingest_a", "run_ingest_b", "run_reconcile"}


def test_an_import_error_is_told_at_once() -> None:
    airflow = FakeAirflow([BEGINNING])
    airflow.known = {"ingest_a", "reconcile", "publish"}
    airflow.errors = {"ingest.py": "Traceback …\nSyntaxError: invalid syntax"}
    with pytest.raises(ProblemError) as refused:
        run(airflow)
    assert "ingest_b" in str(refused.value)
    assert "ingest.py" in str(refused.value)
    assert "SyntaxError" in str(refused.value)
    assert airflow.triggered == {}


def test_a_paused_dag_is_refused_instead_of_waited_for() -> None:
    airflow = FakeAirflow([BEGINNING])
    airflow.paused = {"ingest_b"}
    with pytest.raises(ProblemError, match=r"paused in Airflow: ingest_b"):
        run(airflow)
    assert airflow.triggered == {}


def test_a_dead_scheduler_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "LOOK_AFTER_HEALTH_SECONDS", 0.02)
    airflow = FakeAirflow([BEGINNING])
    airflow.states = {"scheduler": "unhealthy", "triggerer": "healthy"}
    night, _ = run(airflow)
    assert not night.published
    assert "silent: scheduler" in night.reason


def test_a_long_task_is_waited_for_while_somebody_works_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "LOOK_AFTER_HEALTH_SECONDS", 0.0)
    working = INGESTED | {"reconcile": "running"}
    airflow = FakeAirflow([working] * 20 + [INGESTED | {"reconcile": "success", "publish": "success"}])
    night, _ = run(airflow)
    assert night.published


TODAY = dt.date(2026, 11, 1)


def test_a_request_that_can_be_run_passes(tmp_path: Path) -> None:
    nightly.check_request(NIGHT, tmp_path, NIGHT - dt.timedelta(days=1), TODAY)
    nightly.check_request(NIGHT, None, NIGHT, TODAY)  # the latest night again
    nightly.check_request(TODAY, None, None, TODAY)
    nightly.check_request(TODAY + nightly.MAX_AHEAD, None, None, TODAY)


@pytest.mark.parametrize(
    ("as_of", "drop", "published", "code"),
    [
        (NIGHT, "missing", None, "nightly.drop"),
        (NIGHT, "file.csv", None, "nightly.drop"),
        (dt.date(2062, 10, 16), None, None, "nightly.future"),
        (NIGHT, None, NIGHT + dt.timedelta(days=1), "nightly.passed"),
    ],
)
def test_a_request_that_cannot_be_run_is_refused_in_both_languages(
    tmp_path: Path, as_of: dt.date, drop: str | None, published: dt.date | None, code: str
) -> None:
    (tmp_path / "file.csv").write_text("x", encoding="utf-8")
    with pytest.raises(ProblemError) as refused:
        nightly.check_request(as_of, tmp_path / drop if drop else None, published, TODAY)
    problem = refused.value.problems[0]
    assert problem.code == code
    assert problem.fix_zh
    assert problem.fix_en
