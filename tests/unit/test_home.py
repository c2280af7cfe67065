"""Folders of the home: each level is as closed as what lies in it, whoever makes it first."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bidui.home import folder, has_secret, return_dir, save_secret, secret


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_folder_and_those_above_it_are_closed_from_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path / "home"))
    taken = folder("returned", "taken")
    assert (mode_of(taken), mode_of(taken.parent), mode_of(tmp_path / "home")) == (0o700, 0o700, 0o711)
    # The clerk who fetches a receipt is another user.
    returned = return_dir("education")
    assert (mode_of(returned), mode_of(returned.parent)) == (0o755, 0o755)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "secrets"


def test_a_secret_is_replaced_whole_or_not_at_all(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_secret("key", "old")
    assert (secret("key"), mode_of(kept / "key")) == ("old", 0o600)

    def disk_full(descriptor: int) -> None:
        assert [mode_of(path) for path in kept.iterdir()] == [0o600, 0o600]
        raise OSError("no space left")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", disk_full)
        with pytest.raises(OSError, match="no space"):
            save_secret("key", "new")
    assert [path.name for path in kept.iterdir()] == ["key"]
    assert secret("key") == "old"
    save_secret("key", "new")
    assert secret("key") == "new"


def test_who_needs_a_secret_first_and_at_once_gets_the_same(kept: Path) -> None:
    assert not has_secret("shared")
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(secret, ["shared"] * 32))) == 1
    assert has_secret("shared")
    assert [path.name for path in kept.iterdir()] == ["shared"]
