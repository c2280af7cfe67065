"""Where everything written at run time lives: `BIDUI_HOME`, its folders and its generated secrets."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def home() -> Path:
    """Return `BIDUI_HOME` (default `.bidui/` in the checkout); created with mode 0711 when missing.

    The embedded server may run under another system user and has to pass through; nobody else can list it.
    """
    path = Path(os.environ.get("BIDUI_HOME") or REPOSITORY / ".bidui").absolute()
    if not path.exists():
        path.mkdir(parents=True)
        path.chmod(0o711)
    return path


def folder(*parts: str, mode: int = 0o700) -> Path:
    """Return a folder under the home; it and those above it are created (with `mode`) where missing."""
    path = home()
    for part in parts:
        path /= part
        if not path.exists():
            path.mkdir(mode=mode & 0o700, exist_ok=True)
            path.chmod(mode)
    return path


def sources_dir() -> Path:
    """Folder of the source contracts (`BIDUI_SOURCES` overrides; a county keeps its own beside the shipped)."""
    return Path(os.environ.get("BIDUI_SOURCES") or REPOSITORY / "include" / "sources")


def expectations_dir() -> Path:
    """Folder of the Great Expectations suites."""
    return Path(os.environ.get("BIDUI_EXPECTATIONS") or REPOSITORY / "expectations")


def sql_dir() -> Path:
    """Folder of the warehouse's plain SQL."""
    return REPOSITORY / "include" / "sql"


def dbt_dir() -> Path:
    """The dbt project."""
    return Path(os.environ.get("BIDUI_DBT_PROJECT") or REPOSITORY / "dbt_project")


def superset_dir() -> Path:
    """Configuration, datasets and dashboards of Apache Superset."""
    return REPOSITORY / "include" / "superset"


def drop_dir() -> Path:
    """The standing drop folder (`BIDUI_DROP` overrides)."""
    configured = os.environ.get("BIDUI_DROP")
    return Path(configured) if configured else folder("drop")


def return_dir(department: str) -> Path:
    """Where a department finds its receipts, unless its contract names a folder."""
    return folder("return", department, mode=0o755)


def secret(name: str, length: int = 24) -> str:
    """Return the named secret, generated on first use and kept in a 0600 file.

    An environment variable `BIDUI_SECRET_<NAME>` wins, for places that manage secrets themselves.
    """
    from_environment = os.environ.get(f"BIDUI_SECRET_{name.upper()}")
    if from_environment:
        return from_environment
    path = folder("secrets") / name
    if not path.exists():
        with taking_turns("secrets"):
            # Of two processes that need it first, the second finds it made.
            if not path.exists():
                save_secret(name, secrets.token_urlsafe(length))
    return path.read_text(encoding="utf-8").strip()


def has_secret(name: str) -> bool:
    """Whether the named secret was generated or given before, so that somebody else may know it."""
    return bool(os.environ.get(f"BIDUI_SECRET_{name.upper()}")) or (home() / "secrets" / name).exists()


def save_secret(name: str, value: str) -> None:
    """Keep a secret made elsewhere (a Fernet key, a port's password) in a 0600 file: whole, or the one before stays."""
    path = folder("secrets") / name
    _written_beside(path, value).replace(path)


@contextmanager
def taking_turns(name: str) -> Iterator[None]:
    """Only one process or thread at a time is in a block of this name; who is killed in it holds nobody up."""
    with (folder("run") / f"{name}.lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _written_beside(path: Path, value: str) -> Path:
    """The value on the disk under a name of its own (mode 0600 from the first byte), ready to be renamed."""
    descriptor, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(value + "\n")
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        Path(beside).unlink()
        raise
    return Path(beside)


def read_state(name: str) -> dict[str, object]:
    """Return a small JSON state file of the home, or {} when there is none."""
    path = home() / "state" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write_state(name: str, state: dict[str, object]) -> None:
    """Replace a small JSON state file of the home (written beside, then renamed)."""
    path = folder("state") / f"{name}.json"
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(state, ensure_ascii=False, indent=2), encoding="utf-8")
    beside.rename(path)
