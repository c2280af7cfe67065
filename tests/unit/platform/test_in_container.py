"""A container's service: secrets from files, URLs from secrets, and a health check that can fail."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bidui.home import secret
from bidui.platform import container
from bidui.platform.rest import Airflow


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "secrets"
    folder.mkdir()
    values = {"warehouse_owner": "p@ss/word", "airflow_database": "other", "airflow_jwt": "j" * 43}
    for name, value in values.items():
        (folder / name).write_text(value + "\n", encoding="utf-8")
        monkeypatch.setenv(f"BIDUI_SECRET_{name.upper()}", "before")
    for name in ("BIDUI_WAREHOUSE_URL", "BIDUI_AIRFLOW_DB_URL", "BIDUI_PG_HOST"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path / "home"))
    return folder


def test_secrets_are_read_from_their_files(secrets: Path) -> None:
    container.read_secrets(secrets)
    assert secret("airflow_jwt") == "j" * 43
    assert not (Path(os.environ["BIDUI_HOME"]) / "secrets" / "airflow_jwt").exists()


def test_urls_are_formed_from_secrets(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIDUI_PG_HOST", "db")
    container.read_secrets(secrets)
    container.name_databases()
    assert os.environ["BIDUI_WAREHOUSE_URL"] == "postgresql://bidui:p%40ss%2Fword@db:5432/bidui"
    assert os.environ["BIDUI_AIRFLOW_DB_URL"] == "postgresql://airflow:other@db:5432/airflow"


def test_a_warehouse_elsewhere_is_left_as_it_is_named(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIDUI_WAREHOUSE_URL", "postgresql://me@elsewhere/x")
    container.read_secrets(secrets)
    container.name_databases()
    assert os.environ["BIDUI_WAREHOUSE_URL"] == "postgresql://me@elsewhere/x"


def test_an_unknown_service_is_refused() -> None:
    with pytest.raises(SystemExit, match="init, api-server, scheduler"):
        container.main(["webserver"])


@pytest.mark.parametrize(
    ("states", "fails"),
    [({"scheduler": "healthy"}, False), ({"scheduler": "unhealthy"}, True), ({}, True)],
)
def test_the_health_check_can_fail(
    states: dict[str, str], fails: bool, secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Airflow, "health", lambda self: states)
    if fails:
        with pytest.raises(SystemExit, match="scheduler: "):
            container.main(["check", "scheduler"])
    else:
        container.main(["check", "scheduler"])
