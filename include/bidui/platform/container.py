"""A service of docker-compose.yml: reads its secrets, becomes an ordinary user, and is one of Airflow's processes.

`python -m bidui.platform.container init | api-server | scheduler | dag-processor | triggerer | bi-bundle | check <component>`
"""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from bidui.platform import settings
from bidui.platform.preload import LOCAL_SETTINGS
from bidui.platform.rest import Airflow

SECRETS = Path("/run/secrets")
USER = "bidui"
# A volume that Superset's container reads.
BI_BUNDLE = Path("/var/lib/bidui-bi/dashboards.zip")
COMMANDS = {
    "api-server": ("api-server",),
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
}


def main(arguments: Sequence[str]) -> None:
    """Be the service named by the first argument."""
    service = arguments[0] if arguments else ""
    if service == "check":
        check(arguments[1])
        return
    if service not in {"init", "bi-bundle", *COMMANDS}:
        sys.exit(f"one of init, {', '.join(COMMANDS)}, bi-bundle, check is expected")
    read_secrets(SECRETS)
    name_databases()
    become(USER)
    if service == "bi-bundle":
        write_bi_bundle(BI_BUNDLE)
        return
    environment = settings.environment(settings.metadata_url())
    if service == "init":
        initialise(environment)
    else:
        os.execve(sys.executable, [sys.executable, "-m", "airflow", *COMMANDS[service]], environment)  # noqa: S606


def read_secrets(folder: Path) -> None:
    """Put every secret where `bidui.home.secret` looks first; the environment of a process is its owner's alone."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        os.environ[f"BIDUI_SECRET_{path.name.upper()}"] = path.read_text(encoding="utf-8").strip()


def name_databases() -> None:
    """Form the URLs of the warehouse and of Airflow's database, unless they are given."""
    host = os.environ.get("BIDUI_PG_HOST", "postgres")
    for variable, user, secret in (
        ("BIDUI_WAREHOUSE_URL", "bidui", "BIDUI_SECRET_WAREHOUSE_OWNER"),
        ("BIDUI_AIRFLOW_DB_URL", "airflow", "BIDUI_SECRET_AIRFLOW_DATABASE"),
    ):
        if not os.environ.get(variable):
            os.environ[variable] = f"postgresql://{user}:{quote(os.environ[secret], safe='')}@{host}:5432/{user}"


def become(user: str) -> None:
    """Give up root for good; somebody who is not root stays who they are."""
    if os.geteuid() != 0:
        return
    entry = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    os.environ |= {"HOME": entry.pw_dir, "USER": user}


def initialise(environment: dict[str, str]) -> None:
    """Bring the warehouse and Airflow's database to their shape; safe to repeat."""
    from bidui.connector import make_folders
    from bidui.contract import load_sources
    from bidui.warehouse import prepare

    make_folders(load_sources())
    prepare.prepare()
    config = settings.airflow_home() / "config"
    config.mkdir(exist_ok=True)
    (config / "airflow_local_settings.py").write_text(LOCAL_SETTINGS, encoding="utf-8")
    subprocess.run([sys.executable, "-m", "bidui.platform.prepare"], env=environment, check=True)


def write_bi_bundle(path: Path) -> None:
    """Write the dashboards for Superset, with its own login of the role bi."""
    from bidui.superset import bundle, service

    bundle.write(path, service.bi_url())


def check(component: str) -> None:
    """Exit with 0 when Airflow calls the component healthy, else with 1: a container's health check."""
    airflow = Airflow(settings.base_url(), settings.VIEWER, "")
    try:
        state = airflow.health().get(component, "no answer")
    finally:
        airflow.close()
    if state != "healthy":
        sys.exit(f"{component}: {state}")


if __name__ == "__main__":
    main(sys.argv[1:])
