"""What Airflow is told: ports that stay, generated secrets, and one environment for all its processes."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from bidui.home import REPOSITORY, folder, home, read_state, secret, write_state
from bidui.warehouse import embedded

STATE = "platform"
ADMIN = "admin"
VIEWER = "viewer"

# The permission `can_read` on this resource opens the board (`bidui.board`), which the API server mounts there.
BOARD = "Bidui board"
BOARD_PREFIX = "/bidui"
BOARD_HREF = f"{BOARD_PREFIX}/"

# What must say "healthy" in Airflow's health report.
HEALTH_PARTS = ("metadatabase", "scheduler", "triggerer", "dag_processor")

# Tasks in one pool share its slots; a department's heavy tasks never starve the night of its own slot.
POOLS = {
    "ingest": (4, "Tasks of ingest_<department>: fetch, land, stage, validate, report"),
    "night": (1, "Tasks that write the marts or publish: one night at a time"),
}


def airflow_home() -> Path:
    """AIRFLOW_HOME of this installation."""
    return folder("airflow")


def log_dir() -> Path:
    """Folder of Airflow's logs: one file per component, task logs below `tasks/`."""
    return folder("airflow", "logs")


def run_dir() -> Path:
    """Folder of pid files and the lock of `up` and `down`."""
    return folder("run")


def metadata_url() -> str:
    """URL of Airflow's own database: `BIDUI_AIRFLOW_DB_URL`, else database `airflow` of the embedded server."""
    return os.environ.get("BIDUI_AIRFLOW_DB_URL") or embedded.ensure_database("airflow")


def has_own_metadata() -> bool:
    """Whether Airflow's database is somewhere else than on the embedded server."""
    return bool(os.environ.get("BIDUI_AIRFLOW_DB_URL"))


def api_port() -> int:
    """Port of the API server and UI: `BIDUI_UI_PORT`, else a free one that is kept from start to start."""
    configured = os.environ.get("BIDUI_UI_PORT")
    if configured:
        return int(configured)
    state = read_state(STATE)
    kept = state.get("api_port")
    if isinstance(kept, int):
        return kept
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    write_state(STATE, state | {"api_port": port})
    return port


def forget_api_port() -> None:
    """Choose another port at the next start (somebody else took ours while we were down)."""
    write_state(STATE, {key: value for key, value in read_state(STATE).items() if key != "api_port"})


def base_url() -> str:
    """Where the UI and the REST API answer: `BIDUI_AIRFLOW_URL` where Airflow is somebody else's to start."""
    return os.environ.get("BIDUI_AIRFLOW_URL") or f"http://127.0.0.1:{api_port()}"


def fernet_key() -> str:
    """Fernet key: 32 random bytes in padded URL-safe base64."""
    key = secret("airflow_fernet", 32)
    return key + "=" * (-len(key) % 4)


def parallelism() -> int:
    """Task slots of the LocalExecutor on this machine."""
    return max(4, os.cpu_count() or 1)


def environment(database_url: str) -> dict[str, str]:
    """Environment of every Airflow process.

    `database_url` is Airflow's metadata database. An `AIRFLOW__…` variable that is already set wins: that is how
    a site chooses another executor. Nothing is configured in a file.
    """
    alchemy = database_url.replace("postgresql://", "postgresql+psycopg2://", 1)
    ours = {
        "AIRFLOW_HOME": str(airflow_home()),
        "AIRFLOW__API__BASE_URL": base_url(),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(api_port()),
        "AIRFLOW__API__SECRET_KEY": secret("airflow_api_key", 32),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API_AUTH__JWT_SECRET": secret("airflow_jwt", 48),
        "AIRFLOW__CORE__AUTH_MANAGER": "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(REPOSITORY / "dags"),
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": "Asia/Shanghai",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{base_url()}/execution/",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__FERNET_KEY": fernet_key(),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PARALLELISM": str(parallelism()),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins"),
        "AIRFLOW__DAG_PROCESSOR__DAG_VERSION_INFLATION_CHECK_LEVEL": "error",
        # Files change with a restart (`up` sees it); parsing them twice a minute is idle work.
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "120",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": alchemy,
        "AIRFLOW__FAB__ENABLE_PROXY_FIX": "False",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(log_dir() / "tasks"),
        "AIRFLOW__LOGGING__COLORED_CONSOLE_LOG": "False",
        "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(log_dir() / "dag_processor"),
        "AIRFLOW__LOGGING__NAMESPACE_LEVELS": "great_expectations=WARNING",
        # A task whose process died with the machine is tried again after two minutes, not five.
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "120",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.5",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }
    theirs = {key: value for key, value in os.environ.items() if key.startswith("AIRFLOW__")}
    return {
        **os.environ,
        **ours,
        **theirs,
        "BIDUI_HOME": str(home()),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
        "GX_ANALYTICS_ENABLED": "false",
        "NO_COLOR": "1",
        # A process title must not overwrite the environment: `down` finds stragglers by it.
        "SPT_NOENV": "1",
    }


def join() -> None:
    """Let this process read what Airflow keeps (connections) as its servers do; before Airflow is imported."""
    os.environ.update(environment(metadata_url()))
    os.environ["_AIRFLOW_PROCESS_CONTEXT"] = "server"
