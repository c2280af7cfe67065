"""Commands that cannot do what was asked: an answer in words, and a traceback for a defect alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from bidui import cli
from bidui.warehouse.dbt import DbtError


@pytest.mark.parametrize("command", ["status", "grants", "alerts", "contract try hi_roll"])
def test_a_home_without_a_server_is_told_in_words(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path))
    for name in ("BIDUI_WAREHOUSE_URL", "BIDUI_AIRFLOW_DB_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.argv", ["bidui", *command.split()])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert "bidui up" in capsys.readouterr().err


def test_a_model_that_failed_is_told_in_words(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def failed() -> None:
        raise DbtError("dbt run failed\nfact_person: no such column")

    monkeypatch.setattr(cli, "app", failed)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert capsys.readouterr().err == "dbt run failed\nfact_person: no such column\n"


def test_a_defect_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise LookupError("no run")

    monkeypatch.setattr(cli, "app", broken)
    with pytest.raises(LookupError):
        cli.main()
