"""The steps of a night as Airflow's tasks call them: strings in, nothing personal out.

What a task returns is kept in Airflow's database (XCom), so steps return batch numbers and counts only.
Heavy imports are inside: this module is read whenever a DAG file is parsed.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bidui.night.layers import AFTER_RULES, BEFORE_RULES

log = logging.getLogger(__name__)


def fetch(as_of: str, department: str, drop: str, run_type: str) -> dict[str, int]:
    """List what the department has waiting, pulling from its servers; return the number of files per extract.

    `drop` names a drop folder ('' is the standing one). A run that the clock started is skipped where nights are
    run by hand. Raises PullError, final for a wrong password or a changed host key, not for a cut connection.
    """
    from bidui.platform import intake, service

    if run_type == "scheduled" and service.nights_by_hand():
        from airflow.sdk.exceptions import AirflowSkipException

        raise AirflowSkipException("nights are run by hand here; `bidui up --by-clock` changes that")
    return intake.fetch(_night(as_of), department, Path(drop) if drop else None)


def land(as_of: str, department: str) -> dict[str, int]:
    """Keep the listed files and copy them into raw partitions; return the number of batches per status."""
    from bidui.platform import intake

    return intake.land(_night(as_of), department)


def stage(as_of: str, department: str) -> list[int]:
    """Type and normalise the batches landed this night; return them."""
    from bidui.platform import intake

    return intake.stage(_night(as_of), department)


def validate(as_of: str, department: str) -> dict[str, int]:
    """Validate and decide the batches staged this night; return how many were accepted, held, …"""
    from bidui.platform import intake

    return intake.validate(_night(as_of), department)


def report(as_of: str, department: str) -> dict[str, str]:
    """Close the department's night: say what came and what is missing, whatever happened before; send receipts.

    A receipt that cannot be sent keeps nobody's night: it stays due, and `upkeep` turns red over it.
    """
    from bidui.platform import intake
    from bidui.problem import ProblemError

    said = intake.report(_night(as_of), department)
    try:
        log.info("回执 · receipts sent: %s", intake.send_receipts(department))
    except ProblemError as error:
        log.error("%s", error)
    return said


def ingest_failed(as_of: str, department: str) -> None:
    """Paint the run red: a task before has failed, the night went on without it."""
    from bidui.problem import Problem, ProblemError

    raise ProblemError(
        Problem(
            code="night.department_failed",
            what_zh=f"{department} 在 {as_of} 的接收任务有失败的，比对沿用其现行数据",
            what_en=f"a task of {department} failed for the night {as_of}; the night goes on with what is in force",
            fix_zh="看同一次运行中红色任务的日志末尾，按其提示处理后清除该任务",
            fix_en="read the end of the red task's log in this run, do what it says, and clear that task",
        )
    )


def in_turn(as_of: str) -> bool:
    """Whether the night may start: its own ingest runs have ended and no earlier night is unpublished."""
    from bidui.platform import turn

    waiting_for = turn.waiting_for(_night(as_of))
    if waiting_for:
        log.info("等待 · waiting for: %s", waiting_for)
    return not waiting_for


def freeze(as_of: str) -> int:
    """End readers' sessions that go on for too long, take in the answers that have come back, then freeze the night's
    inputs; return the run's number.

    A refusal is not tried again.
    """
    from bidui.contract import load_sources
    from bidui.night import freeze as night_freeze
    from bidui.problem import ProblemError
    from bidui.warehouse import sessions
    from bidui.warehouse.connection import transaction

    with transaction() as connection:
        if ended := sessions.end_overlong(connection):
            log.warning("结束超时会话 · sessions ended that went on for too long: %s", ", ".join(ended))

    try:
        take_returned()
    except (ProblemError, OSError) as error:  # the files stay where they are, and `upkeep` turns red over them
        log.error("%s", error)
    with _refusal_is_final(), transaction() as connection:
        return night_freeze.freeze(connection, load_sources(), _night(as_of))


def build(layer: str, as_of: str) -> None:
    """Build one layer of the marts with its data tests, in one dbt process."""
    from bidui.warehouse import dbt, parse_cache

    parse_cache.lend(layer)
    dbt.build(layer, _night(as_of))


def bind_rules(as_of: str) -> dict[str, int]:
    """Bind the night's rules to the fact tables just built; refused ones are told and the others run."""
    from bidui import rule
    from bidui.warehouse.connection import transaction

    with transaction() as connection:
        binding = rule.bind(connection, _night(as_of))
    for refused in binding.refused:
        log.warning("%s", refused.problem)
    return {"active": len(binding.active), "inactive": len(binding.inactive), "refused": len(binding.refused)}


def fingerprint(as_of: str) -> str:
    """Record the night's fingerprint and return it."""
    from bidui.night import fingerprint as night_fingerprint
    from bidui.warehouse.connection import transaction

    with transaction() as connection:
        return night_fingerprint.record(connection, _night(as_of))


def reconcile_failed(as_of: str) -> None:
    """Record that the night failed, so that the next one is not held up by it, and paint the run red."""
    from bidui.night import publish as night_publish
    from bidui.problem import Problem, ProblemError
    from bidui.warehouse.connection import transaction

    with transaction() as connection:
        night_publish.fail(connection, _night(as_of), "reconcile failed; the task's log in Airflow says why")
    # The last task of its run: did it end well, Airflow would call the run a success.
    raise ProblemError(
        Problem(
            code="night.failed",
            what_zh=f"{as_of} 的比对失败并已记录，读者看到的是最近发布的一夜",
            what_en=f"the night {as_of} has failed, which is on record; readers see the last night published",
            fix_zh="看同一次运行中红色任务的日志末尾，按其提示处理后清除 freeze 及其后各任务",
            fix_en="read the end of the red task's log in this run, do what it says, and clear `freeze` and what follows",
        ),
        final=True,
    )


def refresh_outward(as_of: str) -> list[str]:
    """Make the outward views anew on what dbt has built; return the files applied."""
    from bidui.warehouse.migrate import refresh_outward as refresh

    return refresh()


def publish(as_of: str) -> int:
    """Make the night visible by one UPDATE; return the run's number."""
    from bidui.night import publish as night_publish
    from bidui.warehouse.connection import transaction

    with _refusal_is_final(), transaction() as connection:
        return night_publish.publish(connection, _night(as_of))


def worklists(as_of: str) -> dict[str, int]:
    """Write the worklists of the night, a workbook per village; return counts."""
    from bidui import worklist
    from bidui.contract import load_sources
    from bidui.warehouse.connection import transaction
    from bidui.worklist.places import worklist_folder

    with transaction() as connection:
        cycle = worklist.write_cycle(connection, load_sources(), _night(as_of), worklist_folder(), by="publish")
    log.info("核实清单 · worklists: %s", cycle.folder)
    return {"files": cycle.files, "findings": cycle.findings}


def documents(as_of: str) -> dict[str, int]:
    """Write what people read: the index of Data Docs, what is new or has changed in them, and the handbook."""
    from bidui import handbook
    from bidui.validation import build_docs

    built = build_docs()
    log.info("数据质量报告 · Data Docs of %s: %s", _night(as_of), built.index)
    pages = handbook.build()
    return {"suites": built.suites, "batches": built.batches, "nights": built.nights, "pages": len(pages)}


def alerts(as_of: str | None = None) -> dict[str, int]:
    """Tell people what is late, held, stale or has jumped: at the night, or (None) today; return counts."""
    from bidui import clock
    from bidui.alert import evaluate

    return evaluate(_night(as_of) if as_of else clock.today())


def close_night() -> list[str]:
    """At the cut-off, report the departments that have not reported; return them."""
    from bidui.platform import upkeep

    return upkeep.close_tonight()


def health() -> None:
    """Fail when a component is silent or a DAG file does not import."""
    from bidui.platform import upkeep

    upkeep.check_health()


def take_returned() -> dict[str, int]:
    """Take in the returned worklists that lie in their folder; return how many files, answers recorded and refused."""
    from bidui import worklist
    from bidui.warehouse.connection import connect
    from bidui.worklist.places import refused_folder, returned_folder, taken_folder

    done = {"files": 0, "recorded": 0, "refused": 0}
    lists = 0
    connection = connect(application="bidui returned worklists")
    try:
        for one in worklist.take_folder(
            connection, returned_folder(), taken_folder(), refused_folder(), by="returned folder"
        ):
            done["files"] += 1
            done["recorded"] += one.recorded
            done["refused"] += len(one.refused)
            lists += one.refused_list is not None
    finally:
        connection.close()
        if lists:  # counted, not named: their names are the senders', and may be a person's
            log.warning("退回名单 %s 份 · %s lists to send back: %s", lists, lists, refused_folder())
    return done


def receipts() -> int:
    """Send every receipt that is still due, of all departments; return how many."""
    from bidui.platform import upkeep

    return upkeep.send_receipts()


def expire() -> dict[str, int]:
    """Drop partitions and logs beyond their retention; return counts."""
    from bidui import clock
    from bidui.platform import upkeep

    return upkeep.expire(clock.today())


def tidy() -> int:
    """Vacuum and analyse; return how many tables."""
    from bidui.platform import upkeep

    return upkeep.tidy()


@dataclass(frozen=True)
class Step:
    """A step of the night: its name (the task's in Airflow), what it does, and how long it may take."""

    name: str
    work: Callable[..., Any]
    minutes: int
    arguments: Mapping[str, str] = field(default_factory=dict)

    def run(self, as_of: str) -> Any:
        """Take the step here and now; return what its work returns."""
        return self.work(**self.arguments, as_of=as_of)


def _build_each(layers: tuple[str, ...]) -> tuple[Step, ...]:
    """One dbt process per layer."""
    return tuple(Step(layer, build, 90, {"layer": layer}) for layer in layers)


# The order of a night: every step follows the one before it. The DAGs wire it, benches and tests walk it.
RECONCILE = (
    Step("freeze", freeze, 15),
    *_build_each(BEFORE_RULES),
    Step("bind_rules", bind_rules, 30),
    *_build_each(AFTER_RULES),
    Step("fingerprint", fingerprint, 30),
)
PUBLISH = (Step("outward_views", refresh_outward, 10), Step("publish", publish, 5))
NIGHT = (*RECONCILE, *PUBLISH)


@contextmanager
def _refusal_is_final() -> Iterator[None]:
    """A refused night stays refused, however often it is tried."""
    from bidui.problem import ProblemError

    try:
        yield
    except ProblemError as error:
        raise ProblemError(error.problems, final=True) from None


def _night(as_of: str) -> dt.date:
    return dt.date.fromisoformat(as_of)
