"""Where alerts go: mail by Airflow's SMTP hook, webhooks by httpx in the formats of WeCom, DingTalk or plain JSON."""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from pathlib import Path
from typing import Any

import httpx
import yaml

from bidui.alert.model import Alert, known_kinds
from bidui.connector.refusal import connection_of
from bidui.home import REPOSITORY
from bidui.problem import Problem, ProblemError

TIMEOUT_SECONDS = 10.0
TITLE = "比对平台提醒 · Bidui alerts"
# A robot's text message holds 2,048 bytes (WeCom; DingTalk holds more).
TEXT_BYTES = 2000
_KINDS = ("smtp", "webhook", "wecom", "dingtalk")
_KEYS = {"kind", "connection", "to", "kinds"}


class NotToldError(Exception):
    """A channel did not take a message; the text is a code, never an address or a secret."""


@dataclass(frozen=True)
class Channel:
    """One way to tell people. `kinds` limits it to some kinds of alert; empty: all."""

    kind: str
    connection: str
    to: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """What it is known by: two that write to different people over one mail server are two."""
        if not self.to:
            return self.connection
        return f"{self.connection} {hashlib.sha256(' '.join(sorted(self.to)).encode()).hexdigest()[:12]}"

    def wants(self, alert: Alert) -> bool:
        """Whether this channel is told of such an alert."""
        return not self.kinds or alert.kind in self.kinds

    def send(self, alerts: Sequence[Alert]) -> None:
        """Send the alerts, in as few messages as the channel allows. Raises NotToldError."""
        try:
            if self.kind == "smtp":
                _mail(self, alerts)
            elif self.kind == "webhook":
                _post(self.connection, {"title": TITLE, "alerts": [vars(alert) for alert in alerts]}, {})
            else:
                for text in texts(alerts):
                    _robot(self, text)
        except ProblemError as error:
            raise NotToldError(error.problems[0].code) from None


def channels(path: Path | None = None) -> list[Channel]:
    """The channels of `include/alerts.yml`, or of the county's own file that BIDUI_ALERTS names. Raises ProblemError."""
    path = path or Path(os.environ.get("BIDUI_ALERTS") or REPOSITORY / "include" / "alerts.yml")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return [_channel(entry) for entry in content["channels"]]
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise ProblemError(
            Problem(
                code="alert.channels",
                what_zh="提醒渠道的配置读不懂",
                what_en="the channels of alerts cannot be read",
                file=path.name,
                expected_zh=f"channels 列表，每项含 kind（{'、'.join(_KINDS)}）和 connection",
                expected_en=f"a list channels, each with kind ({', '.join(_KINDS)}) and connection",
                found=str(error) if isinstance(error, ValueError) else type(error).__name__,
                fix_zh="按 include/alerts.yml 开头的说明改正",
                fix_en="correct it as the head of include/alerts.yml says",
            )
        ) from None


def texts(alerts: Sequence[Alert]) -> list[str]:
    """The alerts as plain text, in parts that a robot takes; a part begins with the title."""
    parts, current = [], TITLE
    for alert in alerts:
        lines = f"\n\n[{alert.level}] {alert.zh}\n{alert.en}"
        if len((current + lines).encode()) > TEXT_BYTES and current != TITLE:
            parts.append(current)
            current = TITLE
        current += lines
    return [*parts, current]


def _channel(entry: dict[str, Any]) -> Channel:
    channel = Channel(
        kind=entry["kind"],
        connection=entry["connection"],
        to=tuple(entry.get("to", ())),
        kinds=frozenset(entry.get("kinds", ())),
    )
    if channel.kind not in _KINDS or set(entry) - _KEYS:
        raise ValueError(f"kind {channel.kind}" if channel.kind not in _KINDS else f"key {min(set(entry) - _KEYS)}")
    if channel.kinds - known_kinds():
        raise ValueError(f"kinds {min(channel.kinds - known_kinds())}")
    if channel.kind == "smtp" and not channel.to:
        raise ValueError("smtp: to")
    return channel


def _mail(channel: Channel, alerts: Sequence[Alert]) -> None:
    from airflow.providers.smtp.hooks.smtp import SmtpHook

    connection_of(channel.connection)
    rows = "".join(
        f"<p><b>[{alert.level}]</b> {html.escape(alert.zh)}<br>{html.escape(alert.en)}</p>" for alert in alerts
    )
    try:
        with SmtpHook(smtp_conn_id=channel.connection) as hook:
            hook.send_email_smtp(to=[_ascii(address) for address in channel.to], subject=f"{TITLE} ({len(alerts)})", html_content=rows)
    except Exception as error:  # smtplib, ssl, socket, Airflow: whatever it is, the night goes on
        raise NotToldError(type(error).__name__) from None


def _ascii(address: str) -> str:
    """李主任 <lee@county.example> as a header may hold it: the name encoded, the address as it is."""
    return formataddr(parseaddr(address))


def _robot(channel: Channel, text: str) -> None:
    secret = connection_of(channel.connection).extra_dejson.get("secret")
    parameters: dict[str, str] = {}
    if channel.kind == "dingtalk" and secret:
        stamp = str(int(time.time() * 1000))
        signed = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
        parameters = {"timestamp": stamp, "sign": base64.b64encode(signed).decode()}
    answer = _post(channel.connection, {"msgtype": "text", "text": {"content": text}}, parameters, robot=channel.kind)
    code = answer.get("errcode", 0)
    if code:  # both robots answer 200 when they refuse
        raise NotToldError(f"errcode {code}")


# The robots' addresses, and the parameter that carries the key.
_ROBOTS = {"wecom": ("/cgi-bin/webhook/send", "key"), "dingtalk": ("/robot/send", "access_token")}


def _post(connection_id: str, body: dict[str, Any], parameters: dict[str, str], robot: str | None = None) -> dict[str, Any]:
    connection = connection_of(connection_id)
    extra = connection.extra_dejson
    path, key = _ROBOTS.get(robot or "", (extra.get("path", "/"), None))
    authority = extra.get("verify", True)
    if authority is not True and not isinstance(authority, str):
        raise NotToldError("certificate_unchecked")
    scheme = connection.schema or "https"
    port = f":{connection.port}" if connection.port else ""
    headers = {}
    if key:
        parameters = parameters | {key: connection.password or ""}
    elif connection.password:
        headers["Authorization"] = f"Bearer {connection.password}"
    try:
        answer = httpx.post(
            f"{scheme}://{connection.host}{port}{path}",
            json=body, params=parameters, headers=headers, timeout=TIMEOUT_SECONDS,
            verify=httpx.create_ssl_context(verify=authority),
        )  # fmt: skip
    except (httpx.HTTPError, OSError) as error:
        raise NotToldError(type(error).__name__) from None
    if answer.status_code >= 300:
        raise NotToldError(f"HTTP {answer.status_code}")
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
