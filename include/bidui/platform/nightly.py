"""One night through the real DAGs: start the ingest runs over REST, follow the night until it is published."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bidui.platform.rest import Airflow
from bidui.platform.settings import log_dir
from bidui.problem import Problem, ProblemError

# A machine's clock may be wrong, and `as_of` is the only today that logic knows; but a mistyped year, once published,
# would stand before every real night.
MAX_AHEAD = dt.timedelta(days=731)

FINISHED = {"success", "failed"}
# Tasks that fail because another has: they paint the run red and say nothing new.
PAINT_RED = {"ingest_failed", "reconcile_failed"}

# The scheduler creates an asset-triggered run within seconds; longer means that it never will.
NEXT_RUN_WITHIN_SECONDS = 120.0
DAGS_WITHIN_SECONDS = 120.0
# A long task changes no state for many minutes; whether anybody works on it is asked after this time.
LOOK_AFTER_HEALTH_SECONDS = 90.0


@dataclass(frozen=True)
class FailedTask:
    """A task that failed for good, with the end of its log."""

    dag_id: str
    task_id: str
    run_id: str
    try_number: int
    log: str
    lines: Sequence[str]


@dataclass
class Progress:
    """How far the night is: DAG → state, and per DAG how many of its tasks are done."""

    states: dict[str, str] = field(default_factory=dict)
    done: dict[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Night:
    """How the night ended. `failed` may name tasks of a department even when the night was published."""

    as_of: dt.date
    published: bool
    failed: Sequence[FailedTask]
    runs: Sequence[dict[str, Any]]
    reason: str = ""


def check_request(as_of: dt.date, drop: Path | None, published: dt.date | None, today: dt.date) -> None:
    """Raise ProblemError when the night cannot be run: no such folder, a night to come, or one that has passed."""
    if drop is not None and not drop.is_dir():
        raise ProblemError(
            Problem(
                code="nightly.drop",
                what_zh="投递目录不存在或不是目录",
                what_en="the drop folder does not exist or is not a folder",
                file=str(drop),
                expected_zh="<目录>/<部门>/<提取>/<文件>",
                expected_en="<folder>/<department>/<extract>/<file>",
                fix_zh="检查 --drop 的路径",
                fix_en="check the path given to --drop",
            )
        )
    if as_of > today + MAX_AHEAD:
        raise ProblemError(
            Problem(
                code="nightly.future",
                what_zh=f"比对日期 {as_of} 太远",
                what_en=f"the night {as_of} is too far ahead",
                expected_zh=f"不晚于 {today + MAX_AHEAD}",
                expected_en=f"not after {today + MAX_AHEAD}",
                fix_zh="检查年份",
                fix_en="check the year",
            )
        )
    if published is not None and as_of < published:
        raise ProblemError(
            Problem(
                code="nightly.passed",
                what_zh=f"{published} 已发布，不能再比对更早的 {as_of}",
                what_en=f"{published} is published, so the earlier night {as_of} cannot be run any more",
                expected_zh=f"不早于 {published}",
                expected_en=f"not before {published}",
                fix_zh=f"核验旧日期用 bidui replay --as-of {as_of}；重算用 bidui rebuild --from {as_of}",
                fix_en=f"check an older night with `bidui replay --as-of {as_of}`,"
                f" recompute with `bidui rebuild --from {as_of}`",
            )
        )


def run_night(
    airflow: Airflow,
    departments: Sequence[str],
    as_of: dt.date,
    drop: Path | None,
    watch: Callable[[Progress], None],
    *,
    poll_seconds: float = 1.0,
) -> Night:
    """Trigger `ingest_<department>` for the night and follow ingest → reconcile → publish to the end.

    `watch` is called with the state after each look. Raises ProblemError when Airflow does not know the DAGs.
    """
    ingests = [f"ingest_{department}" for department in departments]
    _wait_for_dags(airflow, {*ingests, "reconcile", "publish"}, poll_seconds)
    conf = {"drop": str(drop.absolute())} if drop is not None else {}
    triggered = [airflow.trigger(dag_id, as_of, conf) for dag_id in ingests]
    since = min(_at(run) for run in airflow.runs(as_of) if run["dag_run_id"] in triggered)
    follower = _Follower(airflow, as_of, since, triggered)
    while not follower.look():
        watch(_progress(airflow, follower.runs))
        time.sleep(poll_seconds)
    watch(_progress(airflow, follower.runs))
    failed = _failed_tasks(airflow, follower.runs)
    return Night(as_of, follower.states.get("publish") == "success", failed, follower.runs, follower.reason)


class _Follower:
    """Looks at the night's runs until it is published, has failed, or nothing can follow any more."""

    def __init__(self, airflow: Airflow, as_of: dt.date, since: dt.datetime, triggered: Sequence[str]):
        self._airflow = airflow
        self._as_of = as_of
        self._since = since
        self._triggered = triggered
        self._changed = time.monotonic()
        self.runs: list[dict[str, Any]] = []
        self.states: dict[str, str] = {}
        self.reason = ""

    def look(self) -> bool:
        """Take a look; return whether it was the last one (`reason` says why, when not by the runs' own states)."""
        before = self.states
        self.runs = [run for run in self._airflow.runs(self._as_of) if self._is_ours(run)]
        self.states = {run["dag_id"]: run["state"] for run in self.runs}
        if self.states != before:
            self._changed = time.monotonic()
        if self.states.get("publish") in FINISHED or self.states.get("reconcile") == "failed":
            return True
        still = time.monotonic() - self._changed
        if all(state in FINISHED for state in self.states.values()) and still > NEXT_RUN_WITHIN_SECONDS:
            waiting = "publish" if "reconcile" in self.states else "reconcile"
            self.reason = f"{waiting} 未在限时内启动 · {waiting} did not start in time"
        elif still > LOOK_AFTER_HEALTH_SECONDS:
            silent = [name for name, state in self._airflow.health().items() if state != "healthy"]
            if silent:
                self.reason = f"Airflow 进程无响应 · Airflow's processes are silent: {', '.join(silent)}"
        return bool(self.reason)

    def _is_ours(self, run: dict[str, Any]) -> bool:
        """Runs of an earlier try for the same night do not count."""
        if run["dag_run_id"] in self._triggered:
            return True
        return run["run_type"] == "asset_triggered" and _at(run) >= self._since


def _at(run: dict[str, Any]) -> dt.datetime:
    return dt.datetime.fromisoformat(run["run_after"])


def _progress(airflow: Airflow, runs: Sequence[dict[str, Any]]) -> Progress:
    progress = Progress()
    for run in runs:
        progress.states[run["dag_id"]] = run["state"]
        if run["state"] == "running":
            tasks = airflow.tasks(run["dag_id"], run["dag_run_id"])
            ended = sum(task["state"] in {"success", "failed", "upstream_failed", "skipped"} for task in tasks)
            progress.done[run["dag_id"]] = (ended, len(tasks))
    return progress


def _failed_tasks(airflow: Airflow, runs: Sequence[dict[str, Any]]) -> list[FailedTask]:
    """Tasks that failed themselves: those that only failed because another did are left out."""
    failed = []
    for run in runs:
        if run["state"] != "failed":
            continue
        for task in airflow.tasks(run["dag_id"], run["dag_run_id"]):
            if task["state"] == "failed" and task["task_id"] not in PAINT_RED:
                number = int(task["try_number"])
                lines = airflow.log_lines(run["dag_id"], run["dag_run_id"], task["task_id"], number)
                failed.append(
                    FailedTask(run["dag_id"], task["task_id"], run["dag_run_id"], number, log_file(run, task), lines[-20:])
                )
    return failed


def log_file(run: dict[str, Any], task: dict[str, Any]) -> str:
    """Where Airflow writes the log of a task's last try (its default file name template)."""
    parts = (f"dag_id={run['dag_id']}", f"run_id={run['dag_run_id']}", f"task_id={task['task_id']}")
    return str(log_dir().joinpath("tasks", *parts, f"attempt={task['try_number']}.log"))


def _wait_for_dags(airflow: Airflow, wanted: set[str], poll_seconds: float) -> None:
    deadline = time.monotonic() + DAGS_WITHIN_SECONDS
    while missing := wanted - set(airflow.dags()):
        errors = airflow.import_errors()
        if errors or time.monotonic() > deadline:
            first = next(iter(errors.items()), ("", ""))
            raise ProblemError(
                Problem(
                    code="nightly.dags",
                    what_zh=f"Airflow 中缺少 DAG：{'、'.join(sorted(missing))}",
                    what_en=f"Airflow does not know: {', '.join(sorted(missing))}",
                    file=first[0] or None,
                    found=first[1].strip().splitlines()[-1] if first[1] else None,
                    fix_zh="修正 DAG 文件的导入错误后重试",
                    fix_en="mend the import error of the DAG file and try again",
                )
            )
        time.sleep(poll_seconds)
    if paused := sorted(name for name, is_paused in airflow.dags().items() if is_paused and name in wanted):
        raise ProblemError(
            Problem(
                code="nightly.paused",
                what_zh=f"DAG 已暂停：{'、'.join(paused)}",
                what_en=f"paused in Airflow: {', '.join(paused)}",
                fix_zh="在 Airflow 界面中启用后重试",
                fix_en="switch it on in Airflow's UI and try again",
            )
        )
