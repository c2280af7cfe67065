"""Slow libraries are imported in the scheduler alone, and a failed task leaves a record without its exception's text."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from bidui.platform import preload
from bidui.platform.alert import task_failed


@pytest.mark.parametrize("component", ["api-server", "dag-processor", "triggerer", "tasks"])
def test_other_processes_do_not_pay(component: str, monkeypatch: pytest.MonkeyPatch) -> None:
    imported: list[str] = []
    monkeypatch.setattr(preload.importlib, "import_module", imported.append)
    assert not preload.preload_in_scheduler(["airflow", component, "scheduler"])
    assert imported == []


def test_the_scheduler_imports_what_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    imported: list[str] = []
    monkeypatch.setattr(preload.importlib, "import_module", imported.append)
    assert preload.preload_in_scheduler(["airflow", "scheduler", "--skip-serve-logs"])
    assert {"dbt.cli.main", "great_expectations", "pandas"} <= set(imported)


def test_a_failed_task_is_recorded_without_the_text_of_its_exception(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path))
    task = SimpleNamespace(dag_id="ingest_housing", task_id="land", run_id="r", try_number=3)
    task_failed(
        {"ti": task, "dag_run": SimpleNamespace(partition_key="2026-10-16"), "exception": ValueError("张三 11010119")}
    )
    text = (tmp_path / "log" / "alerts.jsonl").read_text(encoding="utf-8")
    record = json.loads(text)
    assert record["dag_id"] == "ingest_housing"
    assert record["as_of"] == "2026-10-16"
    assert record["exception"] == "ValueError"
    assert "张三" not in text
