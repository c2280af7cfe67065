"""The real thing: PostgreSQL, Airflow's four processes and the real DAGs, started, used and stopped by the commands."""

from __future__ import annotations

import datetime as dt
import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from planted import NAMES, plant

from bidui.platform import service, settings
from bidui.platform.departments import departments
from bidui.platform.rest import Airflow, AirflowRefusedError

BIDUI = str(Path(sys.executable).with_name("bidui"))
NIGHT = dt.date(2026, 10, 16)
PERSONS = 300


@dataclass
class Platform:
    """A home with a platform that is up, and a small county's drop folder."""

    home: Path
    drop: Path
    first_night: dict[str, Any]

    def bidui(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run(self.home, *arguments)


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command `bidui` in a home."""
    return subprocess.run(
        [BIDUI, *arguments], env=environment(home), capture_output=True, text=True, timeout=900, check=False
    )


def environment(home: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("BIDUI_", "AIRFLOW_"))}
    return ours | {"BIDUI_HOME": str(home)}


def processes_of(home: Path) -> list[str]:
    """Command lines of everything that runs for the home: by its environment or by a path in its command line."""
    found = []
    for process in psutil.process_iter():
        try:
            line = " ".join(process.cmdline())
            if process.environ().get("BIDUI_HOME") == str(home) or str(home) in line:
                found.append(line)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


@pytest.fixture(scope="module")
def platform(another_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A published first night of a small county; stopped in any case."""
    from bidui.sample import generate

    county = tmp_path_factory.mktemp("county")
    generate(PERSONS, 1, 1, NIGHT, county)
    plant(county / "night_1")
    home = another_home
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("BIDUI_", "AIRFLOW_"))]:
            patch.delenv(name)
        patch.setenv("BIDUI_HOME", str(home))
        try:
            up = run(home, "up", "--by-hand")
            assert up.returncode == 0, up.stderr
            loaded = run(home, "reference", "load", str(county / "reference"))
            assert loaded.returncode == 0, loaded.stderr
            night = run(home, "nightly", "--as-of", NIGHT.isoformat(), "--drop", str(county / "night_1"), "--json")
            assert night.returncode == 0, night.stderr + night.stdout
            yield Platform(home, county / "night_1", json.loads(night.stdout))
        finally:
            run(home, "down")


@pytest.fixture(scope="module")
def airflow(platform: Platform) -> Iterator[Airflow]:
    session = service.airflow()
    yield session
    session.close()


def run_of(airflow: Airflow, dag_id: str, night: dt.date) -> str:
    """Path of the DAG's run of the night in the REST API, once it has ended."""
    for _ in range(120):
        for run in airflow.runs(night):
            if run["dag_id"] == dag_id and run["state"] in ("success", "failed"):
                return f"/api/v2/dags/{dag_id}/dagRuns/{run['dag_run_id']}"
        time.sleep(1)
    raise AssertionError(f"{dag_id} has not ended for {night}")


def test_the_night_is_published_and_reported(platform: Platform) -> None:
    report = platform.first_night
    assert report["published"] is True
    assert report["failed_tasks"] == []
    assert {batch["department"] for batch in report["batches"]} == set(departments())
    assert {batch["status"] for batch in report["batches"]} <= {"accepted", "held", "superseded"}
    assert all(batch["rows_read"] == batch["rows_skipped"] + batch["rows_landed"] for batch in report["batches"])
    assert report["verdicts"]
    assert report["findings"]
    assert Path(report["places"]["数据质量报告 · Data Docs"]).exists()


def test_each_dag_ran_once_for_the_partition(platform: Platform, airflow: Airflow) -> None:
    runs = airflow.runs(NIGHT)
    assert sorted(run["dag_id"] for run in runs) == sorted(
        [*(f"ingest_{name}" for name in departments()), "reconcile", "publish"]
    )
    assert {run["state"] for run in runs} == {"success"}
    assert {run["run_type"] for run in runs if run["dag_id"] in ("reconcile", "publish")} == {"asset_triggered"}


def test_what_tasks_hand_on_are_numbers_and_names_of_ours(platform: Platform, airflow: Airflow) -> None:
    """XCom is a table of Airflow's: it may hold counts, batch numbers, extract keys and hashes, nothing of a sender."""
    entries = airflow._call("GET", "/api/v2/dags/~/dagRuns/~/taskInstances/~/xcomEntries", params={"limit": 100})
    values = [
        airflow._call(
            "GET",
            f"/api/v2/dags/{entry['dag_id']}/dagRuns/{entry['run_id']}/taskInstances/{entry['task_id']}"
            f"/xcomEntries/{entry['key']}",
        )["value"]
        for entry in entries["xcom_entries"]
    ]
    assert len(values) > 20
    assert json.dumps(values).isascii()
    names = {path.name for path in platform.drop.rglob("*") if path.is_file()}
    assert not [name for name in names if name in json.dumps(values, ensure_ascii=False)]


def test_nobody_s_name_or_number_is_where_it_must_not_be(platform: Platform, tmp_path: Path) -> None:
    """Task logs, Airflow's tables, GX results, Data Docs, dbt artefacts, the server's log, what is published."""
    planted = tmp_path / "planted.txt"
    planted.write_text("\n".join(NAMES), encoding="utf-8")
    by_name = platform.bidui("privacy", "scan", "--planted", str(planted))
    assert by_name.returncode == 0, by_name.stdout
    by_number = platform.bidui("privacy", "scan")
    assert by_number.returncode == 0, by_number.stdout
    # The scan can fail: what a careless task would have written is found.
    careless = platform.home / "airflow" / "logs" / "tasks" / "careless.log"
    careless.write_text(f"row of {NAMES[0]} failed", encoding="utf-8")
    assert "careless.log" in platform.bidui("privacy", "scan", "--planted", str(planted)).stdout
    careless.unlink()


def test_planted_people_went_through_the_night(platform: Platform) -> None:
    """Else the scan above would prove nothing: they are on the roll, quarantined, held and found by name."""
    statuses = [batch["status"] for batch in platform.first_night["batches"] if batch["extract"] == "hi_roll"]
    assert sorted(statuses) == ["accepted", "held"]
    found = platform.bidui(
        "psql", "--role", "auditor", "-Atc",
        "select (select count(*) from audit.person where person_name in ('欧阳试金石', '夏侯验真章', '上官查无漏')),"
        " (select count(*) from ledger.quarantined_row inner join ledger.batch using (batch_id) where extract = 'hi_roll')",
    )
    persons, quarantined = map(int, found.stdout.split("|"))
    assert persons == len(NAMES)
    assert quarantined > 0


def test_the_same_night_again_gives_the_same_rows(platform: Platform) -> None:
    again = platform.bidui("nightly", "--as-of", NIGHT.isoformat(), "--drop", str(platform.drop), "--json")
    assert again.returncode == 0, again.stderr
    report = json.loads(again.stdout)
    assert report["run"]["fingerprint"] == platform.first_night["run"]["fingerprint"]
    assert report["run"]["run_id"] > platform.first_night["run"]["run_id"]


@pytest.mark.parametrize(
    ("as_of", "drop", "zh", "en"),
    [
        ("2026-10-17", "/nowhere", "投递目录不存在", "the drop folder does not exist"),
        ("2026-10-15", None, "已发布", "is published"),
        ("2999-01-01", None, "太远", "is too far ahead"),
    ],
)
def test_a_night_that_cannot_be_run_is_refused_in_words(
    platform: Platform, as_of: str, drop: str | None, zh: str, en: str
) -> None:
    refused = platform.bidui("nightly", "--as-of", as_of, "--drop", drop or str(platform.drop))
    assert refused.returncode == 2
    assert zh in refused.stderr
    assert en in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_refused_night_ends_its_log_in_words_and_is_not_tried_again(airflow: Airflow) -> None:
    """Who is called at night reads what to do, below the refusal no frame of Airflow's own runner."""
    before = NIGHT - dt.timedelta(days=1)
    airflow.trigger("reconcile", before, {})
    path = run_of(airflow, "reconcile", before)
    assert airflow._call("GET", path)["state"] == "failed"
    freeze = airflow._call("GET", f"{path}/taskInstances/freeze")
    assert (freeze["state"], freeze["try_number"]) == ("failed", 1)
    log = airflow._call("GET", f"{path}/taskInstances/freeze/logs/1")["content"]
    assert not [line for line in log if line.get("error_detail")]
    assert "Traceback" not in json.dumps(log)
    told = [line["event"] for line in log if line.get("level") in ("error", "critical")]
    assert f"请用 bidui replay --as-of {before}" in told[0]
    assert "is older than the published one" in told[0]
    assert told[1:] == ["Task exited", f"任务失败 · task failed: reconcile.freeze, night {before}"]


def test_a_viewer_sees_and_cannot_start_anything(platform: Platform) -> None:
    password = (platform.home / "secrets" / "airflow_viewer").read_text(encoding="utf-8").strip()
    viewer = Airflow(settings.base_url(), settings.VIEWER, password)
    try:
        assert "reconcile" in viewer.dags()
        with pytest.raises(AirflowRefusedError, match="HTTP 403"):
            viewer.trigger("ingest_housing", NIGHT, {})
    finally:
        viewer.close()


def test_the_board_shows_the_night_to_whoever_may_log_in(platform: Platform, airflow: Airflow) -> None:
    address = f"{settings.base_url()}{settings.BOARD_HREF}"
    password = (platform.home / "secrets" / "airflow_viewer").read_text(encoding="utf-8").strip()
    login = {"username": settings.VIEWER, "password": password}
    token = httpx.post(f"{settings.base_url()}/auth/token", json=login).json()["access_token"]
    page = httpx.get(address, headers={"Authorization": f"Bearer {token}"})
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert f"已发布之夜 <strong>{NIGHT}</strong>" in page.text
    assert "已发布 published" in page.text
    assert all(batch["source_name"] in page.text for batch in platform.first_night["batches"])
    assert not [name for name in NAMES if name in page.text]
    plugins = airflow._call("GET", "/api/v2/plugins")["plugins"]
    [board] = [plugin for plugin in plugins if plugin["name"] == "bidui_board"]
    assert [view["href"] for view in board["external_views"]] == [settings.BOARD_HREF]


def test_the_board_opens_for_nobody_else(platform: Platform) -> None:
    """A mounted app inherits no login: every route of it is asked without one, and with a wrong one."""
    from bidui.board import application

    paths = {route.path for route in application().routes}
    assert paths == {"/"}
    for path in (*paths, "/openapi.json", "/docs", "/redoc"):
        for headers in ({}, {"Authorization": "Bearer x.y.z"}, {"Cookie": "_token=x"}):
            assert httpx.get(f"{settings.base_url()}{settings.BOARD_PREFIX}{path}", headers=headers).status_code in (401, 403, 404)
    assert httpx.get(f"{settings.base_url()}{settings.BOARD_HREF}").status_code == 401
    browser = httpx.get(f"{settings.base_url()}{settings.BOARD_HREF}", headers={"Sec-Fetch-Dest": "document"})
    assert browser.status_code == 303
    assert "/auth/login" in browser.headers["Location"]


def test_nobody_enters_without_the_generated_password(platform: Platform) -> None:
    for password in ("admin", "", "airflow"):
        stranger = Airflow(settings.base_url(), settings.ADMIN, password)
        try:
            with pytest.raises(AirflowRefusedError, match=r"HTTP 40[01]"):
                stranger.dags()
        finally:
            stranger.close()
    for path in (platform.home / "secrets").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_everything_listens_on_the_loopback_address_only(platform: Platform) -> None:
    pids = {pid for pid in service.running().values() if pid is not None}
    members = {p.pid for pid in pids for p in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]}
    addresses = {
        connection.laddr.ip
        for connection in psutil.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN and connection.pid in members
    }
    assert addresses == {"127.0.0.1"}


def test_a_standing_platform_is_left_as_it_is(platform: Platform) -> None:
    before = service.running()
    assert all(before.values())
    assert platform.bidui("up", "--by-hand").returncode == 0
    assert service.running() == before


def test_down_leaves_no_process(platform: Platform) -> None:
    """Last in this file: it stops what the others use."""
    assert processes_of(platform.home)
    down = platform.bidui("down")
    assert down.returncode == 0, down.stderr
    assert processes_of(platform.home) == []
    assert not list((platform.home / "run").glob("*.pid"))
    assert platform.bidui("down").returncode == 0  # nothing to stop is no mistake
