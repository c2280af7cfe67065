"""The platform as a whole: up, down, and what is running."""

from __future__ import annotations

import datetime as dt
import fcntl
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bidui import process
from bidui.checkout import digest_of_files
from bidui.connector import make_folders
from bidui.contract import load_sources
from bidui.home import REPOSITORY, drop_dir, read_state, secret, sources_dir, write_state
from bidui.platform import settings
from bidui.platform.preload import LOCAL_SETTINGS
from bidui.platform.rest import Airflow
from bidui.process import Component
from bidui.warehouse import connection, embedded, prepare

COMPONENTS = (
    Component("api-server", (sys.executable, "-m", "airflow", "api-server")),
    # Logs are read from the shared disk: no log server, which would listen on every interface.
    Component("scheduler", (sys.executable, "-m", "airflow", "scheduler", "--skip-serve-logs")),
    Component("dag-processor", (sys.executable, "-m", "airflow", "dag-processor")),
    Component("triggerer", (sys.executable, "-m", "airflow", "triggerer", "--skip-serve-logs")),
)
HEALTHY_AFTER_SECONDS = 180.0

Say = Callable[[str, str], None]


class PlatformFailedError(RuntimeError):
    """The platform did not come up; carries the component and the last lines of its log."""

    def __init__(self, what: str, log: str, lines: list[str]):
        super().__init__(what)
        self.log = log
        self.lines = lines


def airflow() -> Airflow:
    """A session of the administrator with this platform's Airflow."""
    return Airflow(settings.base_url(), settings.ADMIN, secret("airflow_admin"))


def up(say: Say) -> None:
    """Start whatever is not running: warehouse, Airflow's database, the four components; wait until healthy.

    Airflow boots while dbt prepares the warehouse. Components that run older code than the checkout are started
    anew. Raises PlatformFailedError with the log's last lines when a component ends or stays unhealthy.
    """
    with _only_one():
        make_folders(load_sources(sources_dir()))
        say("仓库 PostgreSQL", "warehouse")
        if not connection.is_external() or not settings.has_own_metadata():
            embedded.start()
        code = _code_digest()
        if read_state(settings.STATE).get("code") != code:
            _stop_components(15.0)
        if all(running().values()) and _healthy():
            prepare.prepare()
            return
        if not process.leader("api-server", settings.run_dir()):
            _keep_port_free()
        environment = settings.environment(settings.metadata_url())
        with ThreadPoolExecutor(max_workers=1) as beside:
            booting = beside.submit(_boot, environment)
            say("建表、代码表与暂存模型", "schema, code lists, staging models")
            prepare.prepare()
            say("Airflow 元数据库与各进程", "Airflow's database and processes")
            booting.result()
        write_state(settings.STATE, read_state(settings.STATE) | {"code": code})
        _wait_until_healthy()


def down(*, grace_seconds: float = 15.0) -> list[int]:
    """Stop Airflow and the embedded server; return the pids that did not end when asked and were killed."""
    with _only_one():
        killed = _stop_components(grace_seconds)
        embedded.stop()
    return killed


def keep_nights(*, by_hand: bool) -> None:
    """Remember who starts nights here: the clock, or people only.

    By hand, the runs that the clock starts end at once and report nothing: the sample county's nights lie in the
    past, and a night of today would close the door on them.
    """
    write_state(settings.STATE, read_state(settings.STATE) | {"by_hand": by_hand})


def nights_by_hand() -> bool:
    """Whether only people start nights here."""
    return bool(read_state(settings.STATE).get("by_hand"))


def published_night() -> dt.date | None:
    """The night that readers see, None before the first."""
    with connection.transaction() as session, session.cursor() as cursor:
        cursor.execute("select as_of from ledger.published_night")
        row = cursor.fetchone()
    return row[0] if row else None


def closing_report(as_of: dt.date, drop: Path | None) -> dict[str, Any]:
    """The closing report of a night as plain data, and what lies in its drop folder where nobody reads it."""
    from bidui.night import report
    from bidui.night.overlooked import overlooked

    with connection.transaction() as session:
        told = report.collect(session, as_of)
    return told | {"overlooked": overlooked(drop or drop_dir(), load_sources(sources_dir()))}


def running() -> dict[str, int | None]:
    """Pid per component, None for one that is not running."""
    leaders = {c.name: process.leader(c.name, settings.run_dir()) for c in COMPONENTS}
    return {name: found.pid if found else None for name, found in leaders.items()}


def _stop_components(grace_seconds: float) -> list[int]:
    names = [component.name for component in COMPONENTS]
    return process.stop(names, run_dir=settings.run_dir(), grace_seconds=grace_seconds)


def _code_digest() -> str:
    """What the running processes have imported, in one hash."""
    parts = [
        (REPOSITORY / "include" / "bidui", "**/*.py"),
        (REPOSITORY / "dags", "*.py"),
        (REPOSITORY / "plugins", "**/*.py"),
        (REPOSITORY, "requirements.lock"),
        (sources_dir(), "*.yml"),  # a new department is a new DAG
    ]
    return " ".join(digest_of_files(folder, pattern)[:16] for folder, pattern in parts)


def _boot(environment: dict[str, str]) -> None:
    if not all(running().values()):
        _prepare(environment)
    for component in COMPONENTS:
        process.start(component, environment=environment, run_dir=settings.run_dir(), log_dir=settings.log_dir())


def _prepare(environment: dict[str, str]) -> None:
    config = settings.airflow_home() / "config"
    config.mkdir(exist_ok=True)
    (config / "airflow_local_settings.py").write_text(LOCAL_SETTINGS, encoding="utf-8")
    log = settings.log_dir() / "prepare.log"
    with log.open("wb") as stream:
        done = subprocess.run(
            [sys.executable, "-m", "bidui.platform.prepare"], env=environment, cwd=settings.log_dir(),
            stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.STDOUT,
        )
    if done.returncode != 0:
        raise PlatformFailedError("Airflow 元数据库准备失败 · preparing Airflow's database failed", str(log),
                             process.last_lines(log))


def _keep_port_free() -> None:
    """Take another port when somebody else listens on the one kept from last time."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", settings.api_port()))
        except OSError:
            settings.forget_api_port()


def _healthy() -> bool:
    session = airflow()
    try:
        states = session.health()
    finally:
        session.close()
    return bool(states) and all(states.get(name) == "healthy" for name in settings.HEALTH_PARTS)


def _wait_until_healthy() -> None:
    deadline = time.monotonic() + HEALTHY_AFTER_SECONDS
    while time.monotonic() < deadline:
        if _healthy():
            return
        for name, pid in running().items():
            if pid is None:
                log = settings.log_dir() / f"{name}.log"
                raise PlatformFailedError(f"{name} 已退出 · {name} ended", str(log), process.last_lines(log))
        time.sleep(0.5)
    log = settings.log_dir() / "scheduler.log"
    raise PlatformFailedError("Airflow 未在限时内就绪 · Airflow is not healthy in time", str(log), process.last_lines(log))


@contextmanager
def _only_one() -> Iterator[None]:
    """Two people who type `up` or `down` together take turns."""
    with (settings.run_dir() / "lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
