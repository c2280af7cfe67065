"""Components start once, are told apart from strangers, and end without an orphan, however stubborn they are."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from bidui import process
from bidui.process import Component

# Starts a child, a grandchild in a session of its own, and writes their pids; `stubborn` ignores SIGTERM.
FAMILY = """
import os, signal, subprocess, sys, time
if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
sleep = [sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"]
child = subprocess.Popen(sleep)
runaway = subprocess.Popen(sleep, start_new_session=True)
with open(sys.argv[1] + ".part", "w") as stream:
    stream.write(f"{child.pid} {runaway.pid}")
os.rename(sys.argv[1] + ".part", sys.argv[1])
print("family is here", flush=True)
while True:
    time.sleep(0.05)
"""


@pytest.fixture
def run_dir(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    process.stop([path.stem for path in tmp_path.glob("*.pid")], run_dir=tmp_path, grace_seconds=0)


def start_family(run_dir: Path, *arguments: str, name: str = "family") -> list[int]:
    """Start a component with a child and a runaway grandchild; return all three pids."""
    pids = run_dir / f"{name}.pids"
    component = Component(name, (sys.executable, "-c", FAMILY, str(pids), *arguments))
    leader = process.start(component, environment=os.environ, run_dir=run_dir, log_dir=run_dir)
    deadline = time.monotonic() + 20
    while not pids.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return [leader, *(int(pid) for pid in pids.read_text(encoding="utf-8").split())]


def alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE]


def test_a_component_has_its_own_session_a_pid_file_and_a_log(run_dir: Path) -> None:
    leader, *_ = start_family(run_dir)
    assert os.getsid(leader) == leader
    assert json.loads((run_dir / "family.pid").read_text(encoding="utf-8"))["pid"] == leader
    found = process.leader("family", run_dir)
    assert found is not None
    assert found.pid == leader
    assert process.last_lines(run_dir / "family.log") == ["family is here"]


def test_starting_twice_starts_once(run_dir: Path) -> None:
    leader, *_ = start_family(run_dir)
    component = Component("family", (sys.executable, "-c", "raise SystemExit(1)"))
    assert process.start(component, environment=os.environ, run_dir=run_dir, log_dir=run_dir) == leader


def test_members_include_a_grandchild_in_another_session(run_dir: Path) -> None:
    pids = start_family(run_dir)
    assert {member.pid for member in process.members("family", run_dir)} == set(pids)


@pytest.mark.parametrize("manner", ["obedient", "stubborn"])
def test_stopping_leaves_no_orphan(run_dir: Path, manner: str) -> None:
    """Children ignore SIGTERM in both cases; the leader ignores it in one."""
    pids = start_family(run_dir, manner)
    killed = process.stop(["family"], run_dir=run_dir, grace_seconds=0.5)
    assert alive(pids) == []
    assert set(killed) == set(pids if manner == "stubborn" else pids[1:])
    assert not (run_dir / "family.pid").exists()


def test_stopping_after_the_leader_died_still_ends_its_session(run_dir: Path) -> None:
    leader, child, runaway = start_family(run_dir)
    psutil.Process(leader).kill()
    psutil.wait_procs([psutil.Process(leader)], timeout=5)
    assert process.leader("family", run_dir) is None
    process.stop(["family"], run_dir=run_dir, grace_seconds=0.2)
    assert alive([child]) == []
    psutil.Process(runaway).kill()


def test_an_obedient_component_is_not_killed(run_dir: Path) -> None:
    component = Component("meek", (sys.executable, "-c", "import time; time.sleep(600)"))
    pid = process.start(component, environment=os.environ, run_dir=run_dir, log_dir=run_dir)
    assert process.stop(["meek"], run_dir=run_dir, grace_seconds=10) == []
    assert alive([pid]) == []


def test_a_stranger_with_a_reused_pid_is_left_alone(run_dir: Path) -> None:
    """The pid file names a process of today that leads a session, but was written for an older one."""
    leader, *_ = start_family(run_dir)
    (run_dir / "ghost.pid").write_text(json.dumps({"pid": leader, "started": 1.0}), encoding="utf-8")
    assert process.leader("ghost", run_dir) is None
    assert process.members("ghost", run_dir) == []
    assert process.stop(["ghost"], run_dir=run_dir, grace_seconds=0) == []
    assert alive([leader]) == [leader]


def test_stopping_what_never_started_is_nothing(run_dir: Path) -> None:
    assert process.stop(["nobody"], run_dir=run_dir, grace_seconds=0) == []
    assert process.last_lines(run_dir / "nobody.log") == []
