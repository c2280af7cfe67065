"""What happens when a task has failed for good: a record that names the task and its log, and nothing personal."""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Mapping
from typing import Any

from bidui import clock
from bidui.home import folder

log = logging.getLogger(__name__)


def task_failed(context: Mapping[str, Any]) -> None:
    """Airflow's on_failure_callback: append one line to `BIDUI_HOME/log/alerts.jsonl`, and tell people (bidui.alert).

    The exception's text stays out of it: libraries put values into their messages.
    """
    task = context["ti"]
    record = {
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "kind": "task_failed",
        "as_of": getattr(context.get("dag_run"), "partition_key", None),
        "dag_id": task.dag_id,
        "task_id": task.task_id,
        "run_id": task.run_id,
        "try_number": task.try_number,
        "exception": type(context.get("exception")).__name__,
    }
    with (folder("log") / "alerts.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(record, ensure_ascii=False) + "\n")
    log.error("任务失败 · task failed: %s.%s, night %s", task.dag_id, task.task_id, record["as_of"])
    try:
        _tell(f"{task.dag_id}.{task.task_id}", record["as_of"])
    except Exception as error:  # the warehouse itself may be what has failed: the line above stays
        log.error("提醒没有记录 · the alert was not recorded: %s", type(error).__name__)


def _tell(task: str, night: str | None) -> None:
    from bidui.alert import Alert, tell

    today = dt.date.fromisoformat(night) if night else clock.today()
    tell([Alert.of("task_failed", task, f"night {today}", {"night": today})], today)
