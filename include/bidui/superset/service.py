"""Superset as a service beside the platform: its own environment, one process, its own login of the role bi."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from bidui import process
from bidui.home import REPOSITORY, folder, read_state, secret, superset_dir, write_state
from bidui.problem import Problem, ProblemError
from bidui.superset import bundle
from bidui.warehouse import people
from bidui.warehouse.connection import transaction

ADMIN = "admin"
LOGIN = "superset"
_NAME = "superset"
_LOCK = REPOSITORY / "requirements" / "superset.lock"
_PATIENCE_SECONDS = 180
Say = Callable[[str, str], None]


def up(say: Say) -> str:
    """Install, prepare, provision and start Superset; return its address. Doing it again brings it up to date.

    Raises ProblemError when a step fails, with the log to look into.
    """
    if not (_bin() / ".ready").exists() or (_bin() / ".ready").read_text(encoding="utf-8") != _lock_digest():
        say("安装 Superset（独立环境）", "installing Superset in an environment of its own")
        _install()
    say("Superset 的数据库与角色", "Superset's own database and roles")
    _superset("db", "upgrade")
    _superset("init")
    say("管理员与仪表板", "administrator and dashboards")
    provision()
    say("启动 Superset", "starting Superset")
    process.start(
        process.Component(
            _NAME,
            [
                str(_bin() / "gunicorn"), "--bind", f"127.0.0.1:{port()}", "--workers", "1", "--worker-class", "gthread",
                "--threads", "8", "--timeout", "120", "superset.app:create_app()",
            ],
        ),
        environment=environment_of_superset(),
        run_dir=folder("run"),
        log_dir=_folder(),
    )  # fmt: skip
    _wait()
    return address()


def provision() -> int:
    """Make the administrator and import the dashboards for the warehouse in use; return the number of charts."""
    archive = _folder() / "dashboards.zip"
    charts = bundle.write(archive, bi_url())
    try:
        _run([str(_bin() / "python"), str(superset_dir() / "provision.py"), str(archive)])
    finally:
        archive.unlink(missing_ok=True)  # it holds a password
    return charts


def down() -> None:
    """Stop Superset; nothing happens when it is not running."""
    process.stop([_NAME], run_dir=folder("run"))


def bi_url() -> str:
    """URL of Superset's own login of the role bi, which is made when missing."""
    with transaction() as connection:
        people.grant(connection, LOGIN, "bi", by="bidui", reason="Superset 仪表板 · dashboards")
        return people.connection_url(connection, LOGIN)


def port() -> int:
    """The port of the UI: `BIDUI_SUPERSET_PORT`, else a free one that is kept."""
    configured = os.environ.get("BIDUI_SUPERSET_PORT")
    if configured:
        return int(configured)
    state = read_state(_NAME)
    kept = state.get("port")
    if isinstance(kept, int):
        return kept
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        chosen = int(probe.getsockname()[1])
    write_state(_NAME, state | {"port": chosen})
    return chosen


def address() -> str:
    """Where Superset answers."""
    return f"http://127.0.0.1:{port()}"


def _install() -> None:
    environment = _folder() / "venv"
    _run([sys.executable, "-m", "venv", str(environment)])
    uv = str(Path(sys.executable).with_name("uv"))
    _run([uv, "pip", "install", "--quiet", "--python", str(_bin() / "python"), "--require-hashes", "--no-deps", "-r", str(_LOCK)])
    (_bin() / ".ready").write_text(_lock_digest(), encoding="utf-8")


def _lock_digest() -> str:
    from bidui.checkout import digest_of_files

    return digest_of_files(_LOCK.parent, _LOCK.name)


def _superset(*arguments: str) -> None:
    _run([str(_bin() / "superset"), *arguments])


def _run(command: list[str]) -> None:
    log = _folder() / "setup.log"
    with log.open("ab") as stream:
        done = subprocess.run(command, env=environment_of_superset(), stdout=stream, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise ProblemError(_failed(Path(command[0]).name, command[1] if len(command) > 1 else "", log))


def _wait() -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            if httpx.get(f"{address()}/health", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        if process.leader(_NAME, folder("run")) is None:
            break
        time.sleep(0.5)
    raise ProblemError(_failed("gunicorn", "superset", _folder() / f"{_NAME}.log"))


def environment_of_superset() -> dict[str, str]:
    """What Superset's processes are told."""
    database = os.environ.get("SUPERSET_DATABASE_URI") or f"sqlite:///{_folder() / 'superset.db'}"
    # Superset reads as its own login: what the platform is told (the owner's URL, secrets, connections) is not for it.
    theirs = {name: value for name, value in os.environ.items() if not name.startswith(("BIDUI_", "AIRFLOW_", "PG"))}
    return {
        **theirs,
        "FLASK_APP": "superset.app:create_app()",
        "SUPERSET_HOME": str(_folder()),
        "SUPERSET_CONFIG_PATH": str(superset_dir() / "superset_config.py"),
        "SUPERSET_SECRET_KEY": secret("superset_key", 42),
        "SUPERSET_DATABASE_URI": database,
        "SUPERSET_ADMIN": ADMIN,
        "SUPERSET_ADMIN_PASSWORD": secret("superset_admin"),
        "NO_COLOR": "1",
    }


def _bin() -> Path:
    return _folder() / "venv" / "bin"


def _folder() -> Path:
    return folder("superset")


def _failed(program: str, step: str, log: Path) -> Problem:
    return Problem(
        code="superset.step",
        what_zh=f"Superset 的一步没有完成：{program} {step}",
        what_en=f"a step of Superset did not succeed: {program} {step}",
        file=str(log),
        expected_zh="该步骤成功",
        expected_en="that it succeeds",
        fix_zh="查看该日志后重新运行 bidui superset up",
        fix_en="look into that log, then run `bidui superset up` again",
    )
