"""The DAG files, parsed once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).with_name("parse_dags.py")
DAGS = SCRIPT.parents[2] / "dags"
BESIDE = {"PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV"}


def parse_in_own_process(folder: Path, dags: Path = DAGS, **environment: str) -> dict[str, Any]:
    """Run parse_dags.py in a bare environment (no AIRFLOW_ or BIDUI_ variable of ours) and return its findings."""
    answer = folder / "dags.json"
    bare = {name: value for name, value in os.environ.items() if name in BESIDE}
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(dags), str(answer)],
        env=bare
        | {
            "AIRFLOW_HOME": str(folder),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "BIDUI_HOME": str(folder / "home"),
        }
        | environment,
        cwd=folder, capture_output=True, text=True, timeout=120,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(answer.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def parse() -> Callable[..., dict[str, Any]]:
    """For tests that parse again."""
    return parse_in_own_process


@pytest.fixture(scope="session")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Findings of parse_dags.py."""
    return parse_in_own_process(tmp_path_factory.mktemp("airflow"))


@pytest.fixture(scope="session")
def dags(parsed: dict[str, Any]) -> dict[str, Any]:
    """DAG id → its description."""
    return parsed["dags"]
