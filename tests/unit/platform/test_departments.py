"""Departments are found in the folder of contracts, whatever else is wrong in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bidui.contract import load_sources
from bidui.platform.departments import departments


def test_the_departments_are_those_of_the_contracts() -> None:
    assert departments() == sorted(source.department for source in load_sources().departments)


def test_a_contract_with_a_typo_still_names_its_department(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIDUI_SOURCES", str(tmp_path))
    (tmp_path / "common.yml").write_text("null_tokens: []\n", encoding="utf-8")
    (tmp_path / "b.yml").write_text("version: 1\ndepartment: housing  # 住建局\nextracts: [unclosed\n", encoding="utf-8")
    (tmp_path / "a.yml").write_text("department: education\nextracts:\n  roll:\n    department: other\n", encoding="utf-8")
    assert departments() == ["education", "housing"]
