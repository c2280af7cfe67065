"""Parse the DAG files the way the dag-processor does, with every way out closed, and print what was found as JSON.

Run in a process of its own: Airflow reads AIRFLOW_HOME when it is imported, and a test session must not keep it.
"""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

HEAVY = ("pandas", "dbt", "great_expectations", "openpyxl")


WORK: list[str] = []


def refuse(*arguments: Any, **named: Any) -> NoReturn:
    """Stand in for whatever a DAG file must not do while it is parsed; remembered, for the file may catch it."""
    WORK.append(repr(arguments))
    raise RuntimeError("work at parse time")


def parse(dags: str) -> dict[str, Any]:
    """Return the DAGs, import errors, ways out that were tried, and heavy libraries that parsing brought in."""
    import psycopg2
    from airflow.dag_processing.dagbag import DagBag
    from airflow.sdk import Connection, Variable
    from airflow.serialization.serialized_objects import DagSerialization

    before = {name for name in HEAVY if name in sys.modules}
    socket.socket.connect = refuse  # type: ignore[method-assign]
    socket.create_connection = refuse  # type: ignore[assignment]
    psycopg2.connect = refuse
    Variable.get = refuse  # type: ignore[method-assign, assignment]
    Connection.get = refuse  # type: ignore[method-assign, assignment]
    bag = DagBag(dags, load_op_links=False)
    return {
        "import_errors": bag.import_errors,
        "work": WORK,
        "heavy": sorted({name for name in HEAVY if name in sys.modules} - before),
        "dags": {dag_id: describe(dag) for dag_id, dag in bag.dags.items()},
        "serialized": {dag_id: DagSerialization.to_dict(dag) for dag_id, dag in bag.dags.items()},
    }


def describe(dag: Any) -> dict[str, Any]:
    """What the tests ask of a DAG."""
    timetable = dag.timetable
    return {
        "file": dag.fileloc,
        "doc": dag.doc_md,
        "title": dag.dag_display_name,
        "tags": sorted(dag.tags),
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "timetable": type(timetable).__name__,
        "cron": getattr(timetable, "expression", None),
        "timezone": str(getattr(timetable, "timezone", None)),
        "key_format": getattr(timetable, "key_format", None),
        "assets": uris(getattr(timetable, "asset_condition", None)),
        "tasks": {task.task_id: describe_task(task) for task in dag.tasks},
    }


def uris(condition: Any) -> list[str]:
    """URIs of the assets in a condition."""
    if condition is None:
        return []
    parts = getattr(condition, "objects", None)
    return [condition.uri] if parts is None else sorted(uri for part in parts for uri in uris(part))


def describe_task(task: Any) -> dict[str, Any]:
    """What the tests ask of a task."""
    from bidui.platform.failure import RETRIES, in_words

    return {
        "owner": task.owner,
        "pool": task.pool,
        "retries": task.retries,
        "backoff": task.retry_exponential_backoff,
        "longest_pause": task.max_retry_delay.total_seconds() if task.max_retry_delay else None,
        "timeout": task.execution_timeout.total_seconds() if task.execution_timeout else None,
        "rule": str(getattr(task.trigger_rule, "value", task.trigger_rule)),
        "tells": bool(task.on_failure_callback),
        "words": task.retry_policy is RETRIES and task.python_callable.__code__ is in_words(print).__code__,
        "upstream": sorted(task.upstream_task_ids),
        "outlets": sorted(asset.uri for asset in task.outlets),
        "is_sensor": getattr(task, "poke_interval", None) is not None,
        "mode": getattr(task, "mode", None),
    }


if __name__ == "__main__":
    with Path(sys.argv[2]).open("w", encoding="utf-8") as stream:
        json.dump(parse(sys.argv[1]), stream, ensure_ascii=False, sort_keys=True, default=str)
