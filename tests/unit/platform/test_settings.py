"""One environment for all of Airflow's processes: generated secrets, a port that stays, nothing at a default."""

from __future__ import annotations

import base64
import socket
import stat
from pathlib import Path

import pytest

from bidui.platform import settings

URL = "postgresql://somebody:secret@127.0.0.1:5/airflow"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path))
    for name in ("BIDUI_UI_PORT", "BIDUI_AIRFLOW_URL", "AIRFLOW__CORE__EXECUTOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_every_secret_is_generated_once_and_readable_by_its_owner_only(home: Path) -> None:
    first = settings.environment(URL)
    second = settings.environment(URL)
    for name in (
        "AIRFLOW__API__SECRET_KEY", "AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__CORE__FERNET_KEY",
    ):
        assert len(first[name]) >= 32
        assert first[name] == second[name]
    for path in (home / "secrets").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_homes_share_no_secret(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = settings.environment(URL)
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path / "other"))
    other = settings.environment(URL)
    assert one["AIRFLOW__CORE__FERNET_KEY"] != other["AIRFLOW__CORE__FERNET_KEY"]
    assert one["AIRFLOW__API_AUTH__JWT_SECRET"] != other["AIRFLOW__API_AUTH__JWT_SECRET"]


def test_the_fernet_key_is_one(home: Path) -> None:
    from cryptography.fernet import Fernet

    key = settings.fernet_key()
    assert len(base64.urlsafe_b64decode(key)) == 32
    assert Fernet(key).decrypt(Fernet(key).encrypt(b"x")) == b"x"


def test_the_port_stays_from_start_to_start(home: Path) -> None:
    port = settings.api_port()
    assert settings.api_port() == port
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", port))
    assert settings.environment(URL)["AIRFLOW__API__PORT"] == str(port)
    assert settings.environment(URL)["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == f"http://127.0.0.1:{port}/execution/"
    settings.forget_api_port()
    assert settings.read_state(settings.STATE) == {}


def test_a_site_may_choose_its_port_and_executor(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIDUI_UI_PORT", "8080")
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")
    chosen = settings.environment(URL)
    assert chosen["AIRFLOW__API__PORT"] == "8080"
    assert chosen["AIRFLOW__CORE__EXECUTOR"] == "CeleryExecutor"


def test_what_is_said_once_and_for_all(home: Path) -> None:
    told = settings.environment(URL)
    assert told["AIRFLOW__CORE__LOAD_EXAMPLES"] == "False"
    assert told["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert told["AIRFLOW__CORE__AUTH_MANAGER"].endswith("FabAuthManager")
    assert told["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == URL.replace("postgresql://", "postgresql+psycopg2://")
    assert told["GX_ANALYTICS_ENABLED"] == "false"
    assert told["BIDUI_HOME"] == str(home)


def test_airflows_own_database_may_be_elsewhere(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIDUI_AIRFLOW_DB_URL", URL)
    assert settings.has_own_metadata()
    assert settings.metadata_url() == URL
