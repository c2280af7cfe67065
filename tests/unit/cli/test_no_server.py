"""Commands where no server was ever started: an answer in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from bidui import cli


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
