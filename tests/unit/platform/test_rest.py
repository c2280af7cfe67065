"""The REST client: logs in, renews a refused token, pages through, and says what was refused."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from bidui.platform.rest import Airflow, AirflowRefusedError

NIGHT = dt.date(2026, 10, 16)
Answer = Callable[[httpx.Request], httpx.Response]


class Server:
    """Answers like Airflow; keeps the requests."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.answers: dict[str, Answer] = {}
        self.tokens = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.path == "/auth/token":
            if json.loads(request.content) != {"username": "admin", "password": "pw"}:
                return httpx.Response(401)
            self.tokens += 1
            return httpx.Response(201, json={"access_token": f"token{self.tokens}"})
        return self.answers[request.url.path](request)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def airflow(server: Server) -> Iterator[Airflow]:
    client = Airflow("http://airflow", "admin", "pw", transport=httpx.MockTransport(server))
    yield client
    client.close()


def pages(key: str, entries: list[dict[str, Any]]) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        offset, limit = int(request.url.params["offset"]), int(request.url.params["limit"])
        return httpx.Response(200, json={key: entries[offset : offset + limit]})

    return answer


def test_a_run_is_started_for_the_night(airflow: Airflow, server: Server) -> None:
    server.answers["/api/v2/dags/ingest_housing/dagRuns"] = lambda _: httpx.Response(200, json={"dag_run_id": "r1"})
    assert airflow.trigger("ingest_housing", NIGHT, {"drop": "/d"}) == "r1"
    sent = server.requests[-1]
    assert json.loads(sent.content) == {"logical_date": None, "partition_key": "2026-10-16", "conf": {"drop": "/d"}}
    assert sent.headers["Authorization"] == "Bearer token1"


def test_a_list_longer_than_a_page_is_read_to_its_end(airflow: Airflow, server: Server) -> None:
    entries = [{"dag_id": f"d{number}", "is_paused": False} for number in range(250)]
    server.answers["/api/v2/dags"] = pages("dags", entries)
    assert len(airflow.dags()) == 250


def test_only_runs_of_the_very_night(airflow: Airflow, server: Server) -> None:
    """The API filters by prefix; a longer key is another partition."""
    entries = [{"partition_key": "2026-10-16", "dag_run_id": "a"}, {"partition_key": "2026-10-16T01", "dag_run_id": "b"}]
    server.answers["/api/v2/dags/~/dagRuns"] = pages("dag_runs", entries)
    assert [run["dag_run_id"] for run in airflow.runs(NIGHT)] == ["a"]


def test_a_refused_token_is_renewed_once(airflow: Airflow, server: Server) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        known = request.headers["Authorization"] == "Bearer token2"
        return httpx.Response(200, json={"dags": []}) if known else httpx.Response(401)

    server.answers["/api/v2/dags"] = answer
    assert airflow.dags() == {}
    assert server.tokens == 2


def test_a_refusal_says_what_and_why(airflow: Airflow, server: Server) -> None:
    server.answers["/api/v2/dags/x/dagRuns"] = lambda _: httpx.Response(409, text="already exists")
    with pytest.raises(AirflowRefusedError, match="POST /api/v2/dags/x/dagRuns: HTTP 409 already exists"):
        airflow.trigger("x", NIGHT, {})


def test_a_wrong_password_is_told_without_the_password(server: Server) -> None:
    airflow = Airflow("http://airflow", "admin", "wrong-pw", transport=httpx.MockTransport(server))
    with pytest.raises(AirflowRefusedError) as refused:
        airflow.dags()
    airflow.close()
    assert "admin" in str(refused.value)
    assert "wrong-pw" not in str(refused.value)


def flaky(fails: int) -> Answer:
    """No answer to the first questions."""
    left = [fails]

    def answer(request: httpx.Request) -> httpx.Response:
        if left[0]:
            left[0] -= 1
            raise httpx.ReadTimeout("slow", request=request)
        return httpx.Response(200, json={"dags": [], "dag_run_id": "r"})

    return answer


def test_a_question_without_an_answer_is_asked_again_for_a_while(airflow: Airflow, server: Server) -> None:
    airflow.pauses = (0, 0)
    server.answers["/api/v2/dags"] = flaky(2)
    assert airflow.dags() == {}
    server.answers["/api/v2/dags"] = flaky(3)
    with pytest.raises(AirflowRefusedError, match=r"GET /api/v2/dags: no answer \(ReadTimeout\)"):
        airflow.dags()


def test_an_order_is_never_given_twice(airflow: Airflow, server: Server) -> None:
    """A run that was started though the answer was lost must not be started again."""
    airflow.pauses = (0, 0)
    server.answers["/api/v2/dags/d/dagRuns"] = flaky(1)
    with pytest.raises(AirflowRefusedError, match="no answer"):
        airflow.trigger("d", NIGHT, {})
    assert [request.method for request in server.requests] == ["POST", "POST"]  # login, order


def test_health_is_empty_while_nothing_answers() -> None:
    def silent(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    airflow = Airflow("http://airflow", "admin", "pw", transport=httpx.MockTransport(silent))
    assert airflow.health() == {}
    airflow.close()


def test_health_names_each_component(airflow: Airflow, server: Server) -> None:
    server.answers["/api/v2/monitor/health"] = lambda _: httpx.Response(
        200, json={"scheduler": {"status": "healthy"}, "triggerer": None}
    )
    assert airflow.health() == {"scheduler": "healthy", "triggerer": "None"}


def test_log_lines_hold_messages_and_exceptions_without_group_marks(airflow: Airflow, server: Server) -> None:
    content = [
        {"event": "::group::Log message source details"},
        {"event": "first\nsecond"},
        {"event": "Task failed", "error_detail": [{"exc_type": "LookupError", "exc_value": "no such batch"}]},
    ]
    server.answers["/api/v2/dags/d/dagRuns/r/taskInstances/t/logs/2"] = lambda _: httpx.Response(
        200, json={"content": content}
    )
    assert airflow.log_lines("d", "r", "t", 2) == ["first", "second", "Task failed", "LookupError: no such batch"]


def test_a_department_is_reported_in_its_name(airflow: Airflow, server: Server) -> None:
    server.answers["/api/v2/assets"] = pages("assets", [{"id": 7, "name": "ingest_x"}, {"id": 8, "name": "ingest_xy"}])
    server.answers["/api/v2/assets/events"] = lambda _: httpx.Response(200, json={})
    airflow.report("ingest_x", NIGHT, {"reported_by": "cut-off"})
    assert json.loads(server.requests[-1].content) == {
        "asset_id": 7, "partition_key": "2026-10-16", "extra": {"reported_by": "cut-off"},
    }
    with pytest.raises(AirflowRefusedError, match="no asset named ingest_z"):
        airflow.report("ingest_z", NIGHT, {})


def test_who_has_reported_for_the_night(airflow: Airflow, server: Server) -> None:
    events = [{"name": "ingest_a", "partition_key": "2026-10-16"}, {"name": "ingest_b", "partition_key": "2026-10-15"}]
    server.answers["/api/v2/assets/events"] = pages("asset_events", events)
    assert airflow.reported(NIGHT) == {"ingest_a"}
