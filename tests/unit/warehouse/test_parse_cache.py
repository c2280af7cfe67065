"""dbt's parsed project goes from the newest target to the others, and never backwards."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bidui.warehouse import parse_cache


@pytest.fixture
def dbt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path))
    return tmp_path / "dbt"


def parsed(dbt: Path, target: str, age: int, text: str) -> Path:
    path = dbt / target / parse_cache.PARSED
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (1_000_000 - age, 1_000_000 - age))
    return path


def test_a_new_target_is_lent_the_newest(dbt: Path) -> None:
    parsed(dbt, "seed", 20, "older")
    parsed(dbt, "staging", 10, "newer")
    assert parse_cache.lend("identity")
    assert (dbt / "identity" / parse_cache.PARSED).read_text(encoding="utf-8") == "newer"
    assert not parse_cache.lend("identity")  # its own is as new now


def test_the_newest_target_keeps_its_own(dbt: Path) -> None:
    parsed(dbt, "staging", 20, "older")
    own = parsed(dbt, "identity", 10, "own")
    assert not parse_cache.lend("identity")
    assert own.read_text(encoding="utf-8") == "own"


def test_without_any_parse_there_is_nothing_to_lend(dbt: Path) -> None:
    assert not parse_cache.lend("identity")


def test_what_was_built_beside_lends_nothing(dbt: Path) -> None:
    parsed(dbt, "staging", 20, "older")
    parsed(dbt, "replay_beside", 10, "other variables")
    assert parse_cache.lend("identity")
    assert (dbt / "identity" / parse_cache.PARSED).read_text(encoding="utf-8") == "older"
