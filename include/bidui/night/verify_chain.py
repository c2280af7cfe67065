"""Verify the chain of nights from an export, offline: `python verify_chain.py EXPORT.json [--head FINGERPRINT]`.

Standard library only and nothing of the package, so that the file can be handed to an auditor with the export
(`bidui chain export` lays it beside). The warehouse computes fingerprints with the very functions below.

A night's fingerprint is the SHA-256 of what went in and what came out: the night, every input by number or digest, the
row count and digest of every table, and the fingerprint of the night before. So no night can be changed, left out or
put in without changing every later one; who keeps the last fingerprint (it ends the nightly report) holds them all.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

FORMAT = "bidui-chain-1"


def canonical(value: Any) -> bytes:
    """The one way to write a value as bytes: JSON, keys sorted, no blanks, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def fingerprint_of(as_of: str, previous: str | None, inputs: dict[str, Any]) -> str:
    """Fingerprint of a night (ISO date); `inputs` includes the digests of its tables under `digests`."""
    return hashlib.sha256(canonical({"as_of": as_of, "inputs": inputs, "previous_fingerprint": previous})).hexdigest()


def sealed(runs: list[dict[str, Any]]) -> bytes:
    """An export of runs as bytes. The seal covers what no fingerprint does: status, times, reasons."""
    seal = hashlib.sha256(canonical(runs)).hexdigest()
    return canonical({"format": FORMAT, "runs": runs, "seal": seal}) + b"\n"


def faults(export: bytes, head: str | None = None) -> list[str]:
    """What is wrong with an export; empty when the chain holds. `head`: the last fingerprint, known from elsewhere."""
    try:
        content = json.loads(export)
        runs = content["runs"]
        intact = content["format"] == FORMAT and export == sealed(runs)
    except (ValueError, KeyError, TypeError):
        return ["the file is no export, or damaged"]
    found = [] if intact else ["the file is not as it was exported: its seal or its form does not fit"]
    try:
        return found + _faults_of_runs(runs) + _faults_of_chain(runs, head)
    except (KeyError, TypeError, AttributeError):
        return [*found, "a run lacks what every run has"]


def _faults_of_runs(runs: list[dict[str, Any]]) -> list[str]:
    return [
        f"run {run['run_id']} of {run['as_of']}: the fingerprint does not fit its inputs and tables"
        for run in runs
        if run["fingerprint"] != fingerprint_of(run["as_of"], run["previous_fingerprint"], run["inputs"])
    ]


def _faults_of_chain(runs: list[dict[str, Any]], head: str | None) -> list[str]:
    published = sorted((run for run in runs if run["status"] == "published"), key=lambda run: str(run["as_of"]))
    found = []
    previous: dict[str, Any] | None = None
    for run in published:
        before = previous["fingerprint"] if previous else None
        if previous and run["as_of"] == previous["as_of"]:
            found.append(f"{run['as_of']}: published twice")
        elif run["previous_fingerprint"] != before:
            found.append(f"{run['as_of']}: does not follow {previous['as_of'] if previous else 'nothing'}")
        previous = run
    last = previous["fingerprint"] if previous else None
    if head is not None and head != last:
        found.append(f"the chain ends in {last}, not in {head}")
    return found


def main(arguments: list[str]) -> int:
    """Print what is wrong, or that all is well; 0 only when the chain holds."""
    head = None
    if len(arguments) == 3 and arguments[1] == "--head":
        head = arguments.pop()
        arguments.pop()
    if len(arguments) != 1:
        sys.stderr.write((__doc__ or "").splitlines()[0] + "\n")
        return 2
    try:
        export = Path(arguments[0]).read_bytes()
    except OSError as error:
        sys.stderr.write(f"无法读取 · cannot be read: {arguments[0]}: {error.strerror}\n")
        return 2
    found = faults(export, head)
    for fault in found:
        sys.stdout.write(f"不符 · FAULT: {fault}\n")
    if found:
        return 1
    runs = json.loads(export)["runs"]
    nights = [run for run in runs if run["status"] == "published"]
    last = max(nights, key=lambda run: str(run["as_of"]))["fingerprint"] if nights else "-"
    sys.stdout.write(f"相符 · the chain holds: {len(nights)} nights, {len(runs)} runs; it ends in {last}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
