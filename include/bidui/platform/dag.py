"""What all DAGs of the house share: who is called, how often a task is tried again, which asset is which.

Read when DAG files are parsed, so nothing here may touch a database, the network or a heavy library.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from airflow.sdk import Asset
from airflow.sdk import task as airflow_task

from bidui.platform.alert import task_failed
from bidui.platform.failure import RETRIES, in_words

TIMEZONE = "Asia/Shanghai"
OWNER = "bidui"

# The night opens at 00:30 and every ingest run ends by the cut-off, whatever its department sends:
# timeouts, tries and pauses of its tasks add up to less (a test adds them).
OPENS = "30 0 * * *"
CUT_OFF = "0 6 * * *"
PARTITION_KEY = "%Y-%m-%d"

AS_OF = "{{ dag_run.partition_key }}"


def reported(department: str) -> Asset:
    """The asset that says: this department's ingest has ended for the night, well or badly."""
    return Asset(name=f"ingest_{department}", uri=f"bidui://ingest/{department}")


# The asset that says: the night is computed and may be published.
RECONCILED = Asset(name="reconciled_night", uri="bidui://reconcile/night")


def defaults(pool: str) -> dict[str, Any]:
    """Arguments of every task: owner, pool, two more tries with growing pauses where they may help,
    and whom to tell."""
    return {
        "owner": OWNER,
        "pool": pool,
        "retries": 2,
        "retry_delay": dt.timedelta(seconds=30),
        "retry_exponential_backoff": True,
        "max_retry_delay": dt.timedelta(minutes=3),
        "retry_policy": RETRIES,
        "on_failure_callback": task_failed,
    }


def task(**arguments: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Airflow's decorator `task`, for a step whose log ends with what a person has to mend (`bidui.platform.failure`)."""
    return lambda work: airflow_task(**arguments)(in_words(work))


def sensor(**arguments: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The same of `task.sensor`."""
    return lambda work: airflow_task.sensor(**arguments)(in_words(work))


def minutes(count: int) -> dt.timedelta:
    """A task's time limit."""
    return dt.timedelta(minutes=count)
