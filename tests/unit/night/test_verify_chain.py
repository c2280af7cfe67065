"""The chain of nights, offline: it holds as exported, and no byte of it can be changed unnoticed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidui.night import verify_chain
from bidui.night.verify_chain import faults, fingerprint_of, sealed


def run(run_id: int, as_of: str, previous: str | None, status: str = "published", **inputs: Any) -> dict[str, Any]:
    inputs = {"batches": [{"batch_id": 1, "sha256": "ab"}], "说明": "改", **inputs}
    return {
        "run_id": run_id, "as_of": as_of, "kind": "night", "status": status, "started_at": "2026-10-16 00:30:00+08",
        "finished_at": None, "reason": None, "inputs": inputs, "previous_fingerprint": previous,
        "fingerprint": fingerprint_of(as_of, previous, inputs),
    }  # fmt: skip


FIRST = run(1, "2026-10-16", None, digests={"mart.t": {"rows": 3, "hash_sum": "-17"}})
AGAIN = run(2, "2026-10-17", FIRST["fingerprint"], "superseded", last_outcome=1)
SECOND = run(3, "2026-10-17", FIRST["fingerprint"], last_outcome=2)
THIRD = run(4, "2026-10-18", SECOND["fingerprint"])
CHAIN = [FIRST, AGAIN, SECOND, THIRD]


def test_the_chain_holds_and_ends_where_it_should() -> None:
    assert faults(sealed(CHAIN)) == []
    assert faults(sealed(CHAIN), THIRD["fingerprint"]) == []
    assert "the chain ends in" in faults(sealed(CHAIN), SECOND["fingerprint"])[0]


@given(st.integers(0, len(sealed(CHAIN)) - 1), st.integers(1, 255))
def test_a_changed_byte_is_told(place: int, change: int) -> None:
    export = bytearray(sealed(CHAIN))
    export[place] ^= change
    assert faults(bytes(export))


def forged(**changes: Any) -> bytes:
    """Somebody changes the second night and seals the file anew."""
    return sealed([SECOND | changes if each is SECOND else each for each in CHAIN])


def test_what_is_changed_and_sealed_anew_is_told() -> None:
    other = json.loads(json.dumps(SECOND["inputs"])) | {"last_outcome": 3}
    assert "does not fit its inputs" in faults(forged(inputs=other))[0]
    assert "does not fit its inputs" in faults(forged(as_of="2026-10-16"))[0]
    # With a fingerprint that fits, the next night no longer follows.
    fitting = fingerprint_of("2026-10-17", FIRST["fingerprint"], other)
    assert faults(forged(inputs=other, fingerprint=fitting)) == ["2026-10-18: does not follow 2026-10-17"]
    assert faults(sealed([FIRST, AGAIN, THIRD])) == ["2026-10-18: does not follow 2026-10-16"]
    assert faults(sealed([SECOND, THIRD])) == ["2026-10-17: does not follow nothing"]
    assert "2026-10-17: published twice" in faults(sealed([FIRST, AGAIN | {"status": "published"}, SECOND, THIRD]))
    assert faults(b"{}") and faults(b"\xff") and faults(sealed([{}]))


@pytest.mark.parametrize(("export", "status"), [(sealed(CHAIN), 0), (forged(as_of="2026-10-19"), 1)])
def test_the_script_stands_alone(tmp_path: Path, export: bytes, status: int) -> None:
    """A copy of it, without the package and its libraries."""
    script = tmp_path / "verify_chain.py"
    script.write_bytes(Path(verify_chain.__file__).read_bytes())
    (tmp_path / "chain.json").write_bytes(export)
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(script), str(tmp_path / "chain.json"), "--head", THIRD["fingerprint"]],
        capture_output=True, check=False, text=True, encoding="utf-8", env={"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert done.returncode == status, done.stdout + done.stderr
    assert ("FAULT" in done.stdout) == bool(status)


def test_a_file_that_is_not_there_is_said_in_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify_chain.main([str(tmp_path / "gone.json")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
