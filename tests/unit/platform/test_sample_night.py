"""The sample county's nights follow one another, each written once."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest

from bidui.platform import sample_night

REAL = subprocess.Popen
WRITER = """
import pathlib, sys
out = pathlib.Path(sys.argv[1])
(out / "reference").mkdir(parents=True)
(out / "reference" / "divisions.csv").write_text("x")
(out / sys.argv[2]).mkdir()
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path))
    return tmp_path


def begin_with(script: str, monkeypatch: pytest.MonkeyPatch) -> sample_night.Writing:
    """`begin`, with a small script in the generator's place."""
    def start(command: list[str], **arguments: object) -> subprocess.Popen[str]:
        number, out = command[-2:]
        return REAL([sys.executable, "-c", script, out, f"night_{number}"], **arguments)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(sample_night.subprocess, "Popen", start)
    return sample_night.begin()


def test_nights_follow_one_another(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = begin_with(WRITER, monkeypatch)
    assert first.as_of == sample_night.FIRST_NIGHT
    assert first.wait() == home / "sample" / "night_1"
    assert (sample_night.reference_dir() / "divisions.csv").exists()
    sample_night.advance(first.number)
    second = begin_with(WRITER, monkeypatch)
    assert second.as_of == sample_night.FIRST_NIGHT + dt.timedelta(days=1)
    assert second.wait() == home / "sample" / "night_2"
    assert sorted(path.name for path in (home / "sample").iterdir()) == ["night_1", "night_2", "reference"]


def test_a_night_that_was_not_published_is_not_written_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begin_with(WRITER, monkeypatch).wait()
    again = begin_with("raise SystemExit('written twice')", monkeypatch)
    assert again.process is None
    assert again.wait() == home / "sample" / "night_1"


def test_a_cut_attempt_leaves_nothing_that_looks_complete(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    half = WRITER + "\nraise SystemExit('no space left')\n"
    with pytest.raises(RuntimeError, match="no space left"):
        begin_with(half, monkeypatch).wait()
    assert not (home / "sample" / "night_1").exists()
    assert begin_with(WRITER, monkeypatch).wait().is_dir()


def test_a_later_night_may_send_a_file_of_an_earlier_one_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real generator, on a small county: night 2 holds a copy of a file of night 1, and night 1 is untouched."""
    from bidui import sample

    monkeypatch.setattr(sample, "default_persons", lambda: 300)
    for number in (1, 2):
        out = home / f"night_{number}.part"
        sample_night.write(number, out)
        (out / f"night_{number}").rename(home / f"night_{number}")
    files = {
        number: {path.read_bytes() for path in (home / f"night_{number}").rglob("*") if path.is_file()}
        for number in (1, 2)
    }
    assert files[1] & files[2]
    assert files[2] - files[1]
    assert not (home / "night_1").is_symlink()
