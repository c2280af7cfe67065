"""Conditions of the ledger become messages at a real HTTP and a real SMTP server: once, again after a week, then over."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg2
import pytest
import yaml
from aiosmtpd.controller import Controller

from bidui.alert import Alert, evaluate, tell
from bidui.platform.alert import task_failed

DAY = dt.date(2026, 10, 20)
KEY = "key-of-the-robot"


class Robot:
    """An HTTP server that keeps what it is sent."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str], dict[str, Any], str | None]] = []
        self.answer: tuple[int, dict[str, Any]] = (200, {"errcode": 0})
        robot = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                url = urlsplit(self.path)
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                query = {name: values[0] for name, values in parse_qs(url.query).items()}
                robot.got.append((url.path, query, body, self.headers.get("Authorization")))
                status, said = robot.answer
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(said).encode())

            def log_message(self, format: str, *arguments: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def texts(self) -> str:
        """Everything that it was sent as text."""
        return "\n".join(str(body) for _, _, body, _ in self.got)


class Mailbox:
    """An SMTP server that keeps what it is sent."""

    def __init__(self) -> None:
        self.got: list[tuple[list[str], email.message.EmailMessage]] = []
        self.controller = Controller(self, hostname="127.0.0.1", port=0)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.got.append((envelope.rcpt_tos, message))
        return "250 OK"


@pytest.fixture
def robot() -> Iterator[Robot]:
    made = Robot()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    made = Mailbox()
    made.controller.port = _free_port()
    made.controller.start()
    yield made
    made.controller.stop()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Duty:
    """The ledger's side: what there is to tell, and to whom."""

    def __init__(self, url: str, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.url, self.folder, self.patch = url, folder, patch

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg2.connect(self.url) as connection, connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    def channel(self, *entries: dict[str, Any]) -> None:
        path = self.folder / "alerts.yml"
        path.write_text(yaml.safe_dump({"version": 1, "channels": list(entries)}), encoding="utf-8")
        self.patch.setenv("BIDUI_ALERTS", str(path))

    def connection(self, name: str, **fields: Any) -> None:
        self.patch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(fields))

    def robot(self, kind: str, robot: Robot, **extra: Any) -> None:
        port = int(robot.server.server_address[1])
        self.connection("duty", conn_type="http", schema="http", host="127.0.0.1", port=port, password=KEY, extra=extra)
        self.channel({"kind": kind, "connection": "duty"})

    def extract(self, key: str, cadence: str, max_age_days: int, arrives_within_days: int = 0) -> None:
        self.ask(
            "insert into reference.extract (extract, department, title_zh, title_en, cadence, max_age_days, arrives_within_days)"
            " values (%s, 'civil_affairs', '低保', 'Dibao', %s, %s, %s)",
            key, cadence, max_age_days, arrives_within_days,
        )  # fmt: skip

    def batch(self, key: str, data_date: str, status: str = "accepted") -> int:
        ((batch_id,),) = self.ask(
            "insert into ledger.batch (department, extract, as_of, data_date, received_at, source_name, sha256,"
            " contract_version, status) values ('civil_affairs', %s, %s, %s, now(), '张三的名单.xlsx', 'x', '1', %s)"
            " returning batch_id",
            key, DAY, data_date, status,
        )  # fmt: skip
        return int(batch_id)

    def standing(self) -> list[tuple[Any, ...]]:
        return self.ask("select kind, subject, times_told from ledger.alert where resolved_on is null order by 1, 2")


@pytest.fixture
def duty(warehouse: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Duty]:
    made = Duty(warehouse, tmp_path, monkeypatch)
    made.channel()
    yield made
    made.ask(
        "truncate ledger.alert, ledger.batch, reference.extract, reference.county_parameter cascade;"
        "update ledger.published_night set as_of = null; delete from ledger.run"
    )


def test_held_late_and_stale_are_told_once_again_after_a_week_and_closed(duty: Duty, robot: Robot) -> None:
    duty.robot("webhook", robot, path="/hook")
    duty.extract("dibao", "monthly", 62, 5)
    duty.batch("dibao", "2026-08-31")
    duty.extract("death", "monthly", 30, 5)
    duty.batch("death", "2026-08-31")
    duty.extract("tekun", "monthly", 62, 5)
    duty.batch("tekun", "2026-09-30")
    held = duty.batch("tekun", "2026-10-19", "held")
    assert evaluate(DAY) == {"standing": 3, "told": 3, "over": 0}
    ((path, _, body, token),) = robot.got
    assert (path, token) == ("/hook", f"Bearer {KEY}")
    told = {(alert["kind"], alert["subject"]): alert["zh"] for alert in body["alerts"]}
    assert set(told) == {("late", "dibao"), ("stale", "death"), ("held", "tekun")}
    assert f"bidui release {held}" in told["held", "tekun"]
    assert "张三" not in robot.texts
    for day in (0, 1, 6):
        assert evaluate(DAY + dt.timedelta(days=day))["told"] == 0
    assert evaluate(DAY + dt.timedelta(days=7))["told"] == 3
    assert [row[2] for row in duty.standing()] == [2, 2, 2]
    duty.ask("update ledger.batch set status = 'accepted' where batch_id = %s", held)
    duty.batch("dibao", "2026-10-19")
    assert evaluate(DAY + dt.timedelta(days=8)) == {"standing": 1, "told": 0, "over": 2}
    assert [row[:2] for row in duty.standing()] == [("stale", "death")]


def test_a_list_that_never_came_is_missed_after_its_time(duty: Duty, robot: Robot) -> None:
    duty.robot("webhook", robot, path="/hook")
    duty.extract("dibao", "monthly", 62, 5)
    duty.extract("old", "once", 9999, 0)
    assert evaluate(DAY)["standing"] == 0, "before the first night nothing can be missed"
    duty.ask("insert into ledger.run (as_of, kind, status) values (%s, 'night', 'published')", DAY - dt.timedelta(days=5))
    assert evaluate(DAY)["standing"] == 0
    assert evaluate(DAY + dt.timedelta(days=1)) == {"standing": 1, "told": 1, "over": 0}
    assert [row[:2] for row in duty.standing()] == [("missing", "dibao")]
    duty.batch("dibao", "2026-10-19")
    assert evaluate(DAY + dt.timedelta(days=2))["over"] == 1


@pytest.mark.parametrize(
    ("cadence", "day", "first_day_due"),
    [
        ("daily", "2026-10-16", "2026-10-15"),
        ("weekly", "2026-10-14", "2026-10-05"),
        ("ten_days", "2026-10-25", "2026-10-11"),
        ("ten_days", "2026-10-15", "2026-10-01"),
        ("ten_days", "2026-10-10", "2026-09-21"),
        ("monthly", "2026-03-31", "2026-02-01"),
        ("quarterly", "2026-05-16", "2026-01-01"),
        ("termly", "2026-10-16", "2026-03-01"),
        ("termly", "2026-08-31", "2025-09-01"),
        ("termly", "2026-02-10", "2025-03-01"),
        ("yearly", "2026-01-01", "2025-01-01"),
        ("once", "2026-01-01", None),
    ],
)
def test_the_period_that_is_due(duty: Duty, cadence: str, day: str, first_day_due: str | None) -> None:
    assert duty.ask("select ledger.period_due(%s, %s)::text", cadence, day) == [(first_day_due,)]


def test_a_rule_that_jumps_and_a_coverage_that_falls(duty: Duty, robot: Robot) -> None:
    duty.robot("wecom", robot)
    duty.ask(
        "create table mart_finding.finding (rule_id text, state text, from_night date, to_night date);"
        "insert into mart_finding.finding select 'MED-01', 'open', '2026-10-19', 'infinity' from generate_series(1, 20);"
        "insert into mart_finding.finding select 'MED-01', 'open', '2026-10-20', 'infinity' from generate_series(1, 15);"
        "insert into mart_finding.finding select 'EDU-01', 'open', '2026-10-20', 'infinity' from generate_series(1, 9);"
        "create table mart_summary.coverage"
        " (division_code text, division_level text, indicator text, rate numeric, from_night date, to_night date);"
        "insert into mart_summary.coverage values ('479901000000', 'county', 'basic_insurance', 0.99, '2026-10-19', '2026-10-20'),"
        " ('479901000000', 'county', 'basic_insurance', 0.95, '2026-10-20', 'infinity'),"
        " ('479901000000', 'county', 'yulu', null, '2026-10-19', 'infinity');"
        "create table reference.coverage_target (indicator text, title_zh text, title_en text);"
        "insert into reference.coverage_target (indicator, title_zh, title_en) values ('basic_insurance', '基本医疗保险参保率', 'x');"
        "insert into reference.division (division_code, division_level, name) values ('479901000000', 'county', '试点县');"
        "insert into ledger.run (as_of, kind, status) values ('2026-10-19', 'night', 'published'), ('2026-10-20', 'night', 'published');"
        "update ledger.published_night set as_of = '2026-10-20';"
        "insert into reference.county_parameter (rule_id, parameter, key, division_code, value)"
        " values ('AGG-07', 'coverage_drop', '', '', '0.02'), ('AGG-08', 'jump_factor', '', '', '1.5'), ('AGG-08', 'jump_min', '', '', '10')"
    )
    try:
        assert evaluate(DAY) == {"standing": 2, "told": 2, "over": 0}
        ((path, query, body, _),) = robot.got
        assert (path, query) == ("/cgi-bin/webhook/send", {"key": KEY})
        assert body["msgtype"] == "text"
        assert "试点县 基本医疗保险参保率由 99.00% 降至 95.00%" in body["text"]["content"]
        assert "规则 MED-01" in body["text"]["content"]
        assert "未关闭疑点由 20 增至 35" in body["text"]["content"]
        assert "EDU-01" not in robot.texts
        duty.ask("update reference.county_parameter set value = '0.05' where parameter = 'coverage_drop'")
        assert evaluate(DAY)["over"] == 1
    finally:
        duty.ask("drop table mart_finding.finding, mart_summary.coverage, reference.coverage_target; truncate reference.division")


def test_dingtalk_is_signed_and_a_refusal_keeps_the_alert_due(duty: Duty, robot: Robot, caplog: Any) -> None:
    duty.robot("dingtalk", robot, secret="SEC-of-the-robot")
    robot.answer = (200, {"errcode": 310000, "errmsg": "sign not match"})
    alert = Alert.of("dag_import_error", "ingest.py", "broken")
    assert tell([alert], DAY)["told"] == 0
    robot.answer = (503, {})
    assert tell([alert], DAY)["told"] == 0
    robot.answer = (200, {"errcode": 0})
    assert tell([alert], DAY)["told"] == 1
    path, query, _, _ = robot.got[-1]
    assert path == "/robot/send"
    assert query["access_token"] == KEY
    assert {"timestamp", "sign"} < set(query)
    assert "errcode 310000" in caplog.text
    assert "HTTP 503" in caplog.text
    assert KEY not in caplog.text
    assert "SEC-of-the-robot" not in caplog.text


def test_a_channel_that_failed_is_told_later_and_the_others_not_twice(duty: Duty, robot: Robot) -> None:
    port = int(robot.server.server_address[1])
    duty.connection("duty", conn_type="http", schema="http", host="127.0.0.1", port=port, extra={"path": "/hook"})
    duty.connection("boss", conn_type="http", schema="http", host="127.0.0.1", port=9, extra={"path": "/boss"})
    duty.channel({"kind": "webhook", "connection": "duty"}, {"kind": "webhook", "connection": "boss"})
    alert = Alert.of("dag_import_error", "ingest.py", "broken")
    assert tell([alert], DAY)["told"] == 1
    duty.connection("boss", conn_type="http", schema="http", host="127.0.0.1", port=port, extra={"path": "/boss"})
    assert tell([alert], DAY)["told"] == 1
    assert tell([alert], DAY)["told"] == 0
    assert [path for path, *_ in robot.got] == ["/hook", "/boss"]
    assert tell([alert], DAY + dt.timedelta(days=7))["told"] == 1
    assert [path for path, *_ in robot.got][2:] == ["/hook", "/boss"]


def test_somebody_else_over_the_same_mail_server_is_told_too(duty: Duty, mailbox: Mailbox) -> None:
    duty.connection(
        "mail", conn_type="smtp", host="127.0.0.1", port=mailbox.controller.port,
        extra={"disable_ssl": True, "disable_tls": True, "from_email": "bidui@county.example"},
    )  # fmt: skip
    alert = Alert.of("dag_import_error", "registry.py", "broken")
    first, second = ({"kind": "smtp", "connection": "mail", "to": [f"{name}@county.example"]} for name in "ab")
    for channels in ([first], [first, second], [second, first]):
        duty.channel(*channels)
        tell([alert], DAY)
    assert [to for to, _ in mailbox.got] == [["a@county.example"], ["b@county.example"]]


def test_a_warehouse_that_is_down_keeps_nobody_from_being_told(duty: Duty, robot: Robot, monkeypatch: pytest.MonkeyPatch) -> None:
    duty.robot("webhook", robot, path="/hook")
    monkeypatch.setenv("BIDUI_WAREHOUSE_URL", "postgresql://nobody@127.0.0.1:9/none")
    task_failed({"ti": SimpleNamespace(dag_id="publish", task_id="publish", run_id="r", try_number=3)})
    ((path, _, body, _),) = robot.got
    assert (path, body["alerts"][0]["subject"]) == ("/hook", "publish.publish")


def test_a_failed_task_is_mailed_in_both_languages(duty: Duty, mailbox: Mailbox) -> None:
    duty.connection(
        "mail", conn_type="smtp", host="127.0.0.1", port=mailbox.controller.port,
        extra={"disable_ssl": True, "disable_tls": True, "from_email": "bidui@county.example"},
    )  # fmt: skip
    duty.channel(
        {"kind": "smtp", "connection": "mail", "to": ["a@county.example", "李主任 <b@county.example>"], "kinds": ["task_failed"]}
    )
    context = {
        "ti": SimpleNamespace(dag_id="ingest_housing", task_id="fetch", run_id="r", try_number=3),
        "dag_run": SimpleNamespace(partition_key="2026-10-16"),
        "exception": ValueError("张三 990101199001011234"),
    }
    for _ in range(2):
        task_failed(context)
    ((to, message),) = mailbox.got
    assert to == ["a@county.example", "b@county.example"]
    assert [(address.display_name, address.addr_spec) for address in message["To"].addresses] == [
        ("", "a@county.example"), ("李主任", "b@county.example"),
    ]  # fmt: skip
    body = message.get_body(("html",))
    assert body is not None
    assert "任务失败：ingest_housing.fetch，比对日期 2026-10-16" in body.get_content()
    assert "task failed: ingest_housing.fetch" in body.get_content()
    assert "张三" not in str(message)
    assert tell([Alert.of("component_silent", "scheduler", "unhealthy")], DAY)["told"] == 1  # nobody wants it: recorded
    assert len(mailbox.got) == 1
    evaluate(dt.date(2026, 10, 17))
    assert [row[:2] for row in duty.standing()] == [("component_silent", "scheduler")]


def test_without_a_connection_or_a_server_the_night_goes_on(duty: Duty, robot: Robot, caplog: Any) -> None:
    duty.channel({"kind": "wecom", "connection": "nobody"}, {"kind": "webhook", "connection": "duty"})
    duty.connection("duty", conn_type="http", schema="http", host="127.0.0.1", port=9)
    assert tell([Alert.of("dag_import_error", "ingest.py", "broken")], DAY)["told"] == 0
    assert "pull.no_connection" in caplog.text
    assert "ConnectError" in caplog.text
    duty.robot("webhook", robot, verify=False)  # the key would go to whoever answers
    assert tell([Alert.of("dag_import_error", "ingest.py", "broken")], DAY)["told"] == 0
    assert "certificate_unchecked" in caplog.text
    assert robot.got == []


def test_a_failure_of_the_warehouse_itself_raises_nothing(duty: Duty, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    monkeypatch.setenv("BIDUI_WAREHOUSE_URL", "postgresql://nobody@127.0.0.1:9/none")
    task_failed({"ti": SimpleNamespace(dag_id="publish", task_id="publish", run_id="r", try_number=3)})
    assert "the alerts were not recorded: OperationalError" in caplog.text
