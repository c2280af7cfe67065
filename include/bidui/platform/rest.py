"""Airflow's REST API, as far as the nightly driver needs it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import httpx


class AirflowRefusedError(RuntimeError):
    """Airflow answered a request with an error; the text says which and why."""


class Airflow:
    """A session with Airflow's REST API; the token is fetched on first use and renewed when refused."""

    # Seconds between two tries of a question that got no answer.
    pauses: Sequence[float] = (1, 2, 4, 8, 16)

    def __init__(self, base_url: str, user: str, password: str, *, transport: httpx.BaseTransport | None = None):
        self._user = user
        self._password = password
        self._client = httpx.Client(base_url=base_url, timeout=30, transport=transport, trust_env=False)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def health(self) -> dict[str, str]:
        """Status per component ({} while nothing answers)."""
        try:
            answer = self._client.get("/api/v2/monitor/health")
        except httpx.TransportError:
            return {}
        if answer.status_code != 200:
            return {}
        return {name: str((state or {}).get("status")) for name, state in answer.json().items()}

    def dags(self) -> dict[str, bool]:
        """DAG ids known to the scheduler, with whether each is paused."""
        return {dag["dag_id"]: dag["is_paused"] for dag in self._all("/api/v2/dags", "dags")}

    def import_errors(self) -> dict[str, str]:
        """Stack trace per DAG file that cannot be imported."""
        return {e["filename"]: e["stack_trace"] for e in self._all("/api/v2/importErrors", "import_errors")}

    def trigger(self, dag_id: str, as_of: date, conf: Mapping[str, Any]) -> str:
        """Start a run of a partitioned DAG for a night; return the run's id."""
        body = {"logical_date": None, "partition_key": as_of.isoformat(), "conf": dict(conf)}
        return str(self._call("POST", f"/api/v2/dags/{dag_id}/dagRuns", json=body)["dag_run_id"])

    def runs(self, as_of: date) -> list[dict[str, Any]]:
        """Runs of all DAGs for a night, oldest first."""
        found = self._all(
            "/api/v2/dags/~/dagRuns", "dag_runs", partition_key_prefix_pattern=as_of.isoformat(), order_by="id"
        )
        return [run for run in found if run["partition_key"] == as_of.isoformat()]

    def tasks(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """Task instances of a run."""
        return list(self._all(f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances", "task_instances"))

    def log_lines(self, dag_id: str, run_id: str, task_id: str, try_number: int) -> list[str]:
        """Lines of a task's log: messages, and of a raised exception its type and text."""
        path = f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/logs/{try_number}"
        lines: list[str] = []
        for entry in self._call("GET", path, headers={"Accept": "application/json"})["content"]:
            if isinstance(entry, str):
                lines.append(entry)
                continue
            lines += str(entry.get("event", "")).splitlines()
            for error in entry.get("error_detail") or ():
                lines += f"{error.get('exc_type')}: {error.get('exc_value')}".splitlines()
        return [line for line in lines if line and not line.startswith("::")]

    def reported(self, as_of: date) -> set[str]:
        """Names of the assets that have an event for the night."""
        events = self._all("/api/v2/assets/events", "asset_events", order_by="-timestamp",
                           timestamp_gte=f"{as_of.isoformat()}T00:00:00Z")
        return {event["name"] for event in events if event["partition_key"] == as_of.isoformat()}

    def report(self, asset: str, as_of: date, extra: Mapping[str, Any]) -> None:
        """Record an event of an asset for a night, as the task that should have done it would."""
        assets = self._all("/api/v2/assets", "assets", name_pattern=asset)
        found = next((entry["id"] for entry in assets if entry["name"] == asset), None)
        if found is None:
            raise AirflowRefusedError(f"no asset named {asset}")
        body = {"asset_id": found, "partition_key": as_of.isoformat(), "extra": dict(extra)}
        self._call("POST", "/api/v2/assets/events", json=body)

    def pause(self, dag_id: str, paused: bool) -> None:
        """Pause a DAG or let it run."""
        self._call("PATCH", f"/api/v2/dags/{dag_id}", json={"is_paused": paused})

    def _all(self, path: str, key: str, **query: Any) -> Iterator[dict[str, Any]]:
        offset = 0
        while True:
            page = self._call("GET", path, params={**query, "limit": 100, "offset": offset})[key]
            yield from page
            offset += len(page)
            if len(page) < 100:
                return

    def _call(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        if "Authorization" not in self._client.headers:
            self._log_in()
        answer = self._ask(method, path, **arguments)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._log_in()
            answer = self._ask(method, path, **arguments)
        if answer.is_error:
            raise AirflowRefusedError(f"{method} {path}: HTTP {answer.status_code} {answer.text[:500]}")
        return answer.json()

    def _ask(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """Ask; a question (not an order) that gets no answer is asked again: a busy server may be slow for a while."""
        for pause in self.pauses if method == "GET" else ():
            try:
                return self._client.request(method, path, **arguments)
            except httpx.TransportError:
                time.sleep(pause)
        try:
            return self._client.request(method, path, **arguments)
        except httpx.TransportError as error:
            raise AirflowRefusedError(f"{method} {path}: no answer ({type(error).__name__})") from None

    def _log_in(self) -> None:
        answer = self._ask("POST", "/auth/token", json={"username": self._user, "password": self._password})
        if answer.is_error:
            raise AirflowRefusedError(f"login of {self._user}: HTTP {answer.status_code}")
        self._client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
