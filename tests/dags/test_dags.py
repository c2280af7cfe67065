"""What every DAG of the house must be, and which DAGs there are."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bidui.platform.settings import POOLS

Parse = Callable[..., dict[str, Any]]

REPOSITORY = Path(__file__).resolve().parents[2]
DAG_FILES = sorted((REPOSITORY / "dags").glob("*.py"))

DEPARTMENTS = ("civil_affairs", "education", "health_insurance", "housing", "registry")
INGEST = tuple(f"ingest_{department}" for department in DEPARTMENTS)
DAG_IDS = {*INGEST, "reconcile", "publish", "upkeep"}
TAGS = {"bidui", "ingest", "reconcile", "publish", "upkeep"}

# Tasks that are tried once: one paints a run red, the other waits by itself.
TRIED_ONCE = {"ingest_failed", "in_turn"}
# They fail because another task has, which has told it.
TELL_NOBODY = {"ingest_failed", "reconcile_failed"}


def test_exactly_these_dags_and_no_import_error(parsed: dict[str, Any]) -> None:
    assert parsed["import_errors"] == {}
    assert set(parsed["dags"]) == DAG_IDS


def test_parsing_reaches_out_nowhere(parsed: dict[str, Any]) -> None:
    assert parsed["work"] == []


def test_parsing_brings_in_no_heavy_library(parsed: dict[str, Any]) -> None:
    assert parsed["heavy"] == []


@pytest.mark.parametrize("path", DAG_FILES, ids=lambda path: path.name)
def test_a_dag_file_only_wires(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) < 80
    assert not path.name.startswith("dbt_")  # Cosmos takes such a file for its own
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(source))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        )
    }
    assert imported <= {"airflow", "bidui"}
    assert not re.search(r"\bselect\b.+\bfrom\b|environ|getenv", source.split('"""')[2])


@pytest.mark.parametrize(
    "work",
    [
        "import socket\nsocket.create_connection(('127.0.0.1', 9))",
        "from airflow.sdk import Variable\nVariable.get('county')",
        "from airflow.sdk import Connection\nConnection.get('hospital')",
        "import sqlalchemy\nsqlalchemy.create_engine('postgresql+psycopg2://127.0.0.1:9/x').connect()",
    ],
    ids=["socket", "variable", "connection", "database"],
)
def test_work_at_parse_time_is_seen(parse: Parse, tmp_path: Path, work: str) -> None:
    """A DAG file that reaches out is seen even when it catches the refusal, so none seen of ours means none done."""
    tried = work.replace("\n", "\ntry:\n    ", 1) + "\nexcept Exception:\n    pass\n"
    (tmp_path / "greedy.py").write_text(f"from airflow.sdk import DAG\n{tried}", encoding="utf-8")
    found = parse(tmp_path, dags=tmp_path)
    assert found["work"]
    assert found["import_errors"] == {}


@pytest.mark.parametrize("dag_id", sorted(DAG_IDS))
def test_documents_for_the_person_on_call(dags: dict[str, Any], dag_id: str) -> None:
    doc = dags[dag_id]["doc"]
    for section in ("**Reads**", "**Writes**", "**Triage**", "**Re-run**"):
        assert section in doc
    assert re.match(r"\*\*[\u4e00-\u9fff]+ · [A-Z]", doc)
    assert re.match(r"[\u4e00-\u9fff]+ · [a-z]", dags[dag_id]["title"])


@pytest.mark.parametrize("dag_id", sorted(DAG_IDS))
def test_tags_and_runs(dags: dict[str, Any], dag_id: str) -> None:
    dag = dags[dag_id]
    assert "bidui" in dag["tags"]
    assert len(dag["tags"]) == 2
    assert set(dag["tags"]) <= TAGS
    assert dag["catchup"] is False
    assert dag["max_active_runs"] == 1


@pytest.mark.parametrize("dag_id", sorted(DAG_IDS))
def test_every_task_has_an_owner_a_pool_tries_and_a_limit(dags: dict[str, Any], dag_id: str) -> None:
    tasks = dags[dag_id]["tasks"]
    assert tasks
    for task_id, task in tasks.items():
        assert task["owner"] == "bidui", task_id
        assert task["pool"] in POOLS, task_id
        assert task["words"], task_id  # by `bidui.platform.dag.task`, and not by Airflow's own
        assert task["tells"] is (task_id not in TELL_NOBODY), task_id
        if task_id in TRIED_ONCE:
            assert task["retries"] == 0, task_id
            continue
        assert task["retries"] == 2, task_id
        assert task["backoff"], task_id
        assert task["timeout"], task_id


@pytest.mark.parametrize("dag_id", INGEST)
def test_ingest_is_partitioned_by_the_night_in_county_time(dags: dict[str, Any], dag_id: str) -> None:
    dag = dags[dag_id]
    assert dag["timetable"] == "CronPartitionTimetable"
    assert dag["cron"] == "30 0 * * *"
    assert "Asia/Shanghai" in dag["timezone"]
    assert dag["key_format"] == "%Y-%m-%d"


@pytest.mark.parametrize("dag_id", INGEST)
def test_ingest_reports_whatever_happened(dags: dict[str, Any], dag_id: str) -> None:
    tasks = dags[dag_id]["tasks"]
    work = ["fetch", "land", "stage", "validate"]
    assert set(tasks) == {*work, "report", "ingest_failed"}
    assert [tasks[name]["upstream"] for name in work] == [[], ["fetch"], ["land"], ["stage"]]
    report = tasks["report"]
    # Runs after failures, but not when the night was skipped.
    assert report["rule"] == "none_skipped"
    assert report["upstream"] == sorted(work)
    assert report["outlets"] == [f"bidui://ingest/{dag_id.removeprefix('ingest_')}"]
    # A second leaf fails with the work, so a run whose report went well is not green.
    assert tasks["ingest_failed"]["rule"] == "one_failed"
    assert tasks["ingest_failed"]["upstream"] == sorted(work)


@pytest.mark.parametrize("dag_id", INGEST)
def test_ingest_ends_by_the_cut_off_even_at_its_worst(dags: dict[str, Any], dag_id: str) -> None:
    """00:30 plus every try of every task at its limit and the longest pauses between is before upkeep's 06:00."""
    worst = sum(
        (task["retries"] + 1) * task["timeout"] + task["retries"] * task["longest_pause"]
        for name, task in dags[dag_id]["tasks"].items()
        if name not in TRIED_ONCE
    )
    hour, minute = (int(part) for part in reversed(dags["upkeep"]["cron"].split()[:2]))
    assert worst <= (hour * 60 + minute - 30) * 60


def test_reconcile_waits_for_every_department_and_publish_for_reconcile(dags: dict[str, Any]) -> None:
    assert dags["reconcile"]["timetable"] == dags["publish"]["timetable"] == "PartitionedAssetTimetable"
    assert dags["reconcile"]["assets"] == [f"bidui://ingest/{name}" for name in DEPARTMENTS]
    assert dags["publish"]["assets"] == dags["reconcile"]["tasks"]["fingerprint"]["outlets"]


def test_reconcile_builds_layer_after_layer_and_records_its_failure(dags: dict[str, Any]) -> None:
    tasks = dags["reconcile"]["tasks"]
    chain = ["in_turn", "freeze", "identity", "comparison", "bind_rules", "finding", "summary", "fingerprint"]
    assert set(tasks) == {*chain, "reconcile_failed"}
    for before, after in itertools.pairwise(chain):
        assert tasks[after]["upstream"] == [before]
    assert tasks["reconcile_failed"]["rule"] == "one_failed"
    assert tasks["reconcile_failed"]["upstream"] == sorted(chain[1:])


def test_waiting_for_ones_turn_holds_no_slot_of_the_night(dags: dict[str, Any]) -> None:
    """With the night's only slot held by a waiting night, the earlier one could never be published."""
    waiting = dags["reconcile"]["tasks"]["in_turn"]
    assert waiting["is_sensor"]
    assert waiting["mode"] == "reschedule"
    assert waiting["pool"] != "night"
    assert POOLS["night"][0] == 1
    assert all(task["pool"] == "night" for name, task in dags["reconcile"]["tasks"].items() if name != "in_turn")
    assert all(task["pool"] == "night" for task in dags["publish"]["tasks"].values())


def test_parsing_twice_gives_the_same_dags(parsed: dict[str, Any], parse: Parse, tmp_path: Path) -> None:
    """Code that varies from parse to parse would make a new DAG version every half minute."""
    again = parse(tmp_path, PYTHONHASHSEED="7")["serialized"]
    for dag in (*again.values(), *parsed["serialized"].values()):
        dag["dag"].pop("_processor_dags_folder")  # says where Airflow's home is
    assert again == parsed["serialized"]


def test_a_department_is_yaml_alone(parse: Parse, tmp_path: Path) -> None:
    """A sixth contract makes a sixth DAG, and reconcile waits for it."""
    sources = tmp_path / "sources"
    sources.mkdir()
    for path in (REPOSITORY / "include" / "sources").glob("*.yml"):
        (sources / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (sources / "justice.yml").write_text("version: 1\ndepartment: justice\nextracts: {}\n", encoding="utf-8")
    found = parse(tmp_path, BIDUI_SOURCES=str(sources))
    assert set(found["dags"]) == {*DAG_IDS, "ingest_justice"}
    assert "bidui://ingest/justice" in found["dags"]["reconcile"]["assets"]
