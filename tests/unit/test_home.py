"""Folders of the home: each level is as closed as what lies in it, whoever makes it first."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bidui.home import folder, return_dir


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_folder_and_those_above_it_are_closed_from_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path / "home"))
    taken = folder("returned", "taken")
    assert (mode_of(taken), mode_of(taken.parent), mode_of(tmp_path / "home")) == (0o700, 0o700, 0o711)
    # The clerk who fetches a receipt is another user.
    returned = return_dir("education")
    assert (mode_of(returned), mode_of(returned.parent)) == (0o755, 0o755)
