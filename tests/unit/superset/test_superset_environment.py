"""Superset's processes know nothing of the platform's own rights."""

from __future__ import annotations

from pathlib import Path

import pytest

from bidui.superset.service import environment_of_superset


def test_superset_is_not_told_how_the_owner_connects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BIDUI_WAREHOUSE_URL", "postgresql://owner:of-the-owner@db/bidui")
    monkeypatch.setenv("AIRFLOW_CONN_BUREAU", "sftp://login:of-the-bureau@host")
    told = environment_of_superset()
    assert "SUPERSET_SECRET_KEY" in told
    assert not [name for name, value in told.items() if "of-the-" in value]
