"""Alerts in words: every kind has both languages and what to do; channels are data whose mistakes are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from bidui.alert import Alert
from bidui.alert.channel import TEXT_BYTES, TITLE, channels, texts
from bidui.alert.model import known_kinds
from bidui.alert.tell import OF_THE_NIGHT
from bidui.problem import ProblemError

DETAIL = (
    "title_zh", "title_en", "data_date", "period", "age_days", "max_age_days", "batch_id", "night",
    "division", "indicator_zh", "indicator_en", "before", "after", "first_night",
)  # fmt: skip


@pytest.mark.parametrize("kind", sorted(known_kinds()))
def test_every_kind_says_what_is_the_matter_and_what_to_do(kind: str) -> None:
    alert = Alert.of(kind, "hi_roll", "state", dict.fromkeys(DETAIL, "7"))
    assert "。请" in alert.zh
    assert "What to do: " in alert.en
    assert any("\u4e00" <= character <= "\u9fff" for character in alert.zh)
    assert alert.en.isascii()
    assert "{" not in alert.zh + alert.en


def test_the_nights_kinds_have_words() -> None:
    assert set(OF_THE_NIGHT) <= known_kinds()


def test_long_news_come_in_parts_that_a_robot_takes() -> None:
    alerts = [Alert.of("task_failed", f"ingest_{n}.land", "night", {"night": "2026-10-16"}) for n in range(40)]
    parts = texts(alerts)
    assert len(parts) > 1
    assert all(len(part.encode()) <= TEXT_BYTES and part.startswith(TITLE) for part in parts)
    assert all(sum(alert.zh in part for part in parts) == 1 for alert in alerts)


def test_nobody_is_told_where_nothing_is_configured() -> None:
    assert channels() == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("channels: [{kind: fax, connection: c}]", "kind fax"),
        ("channels: [{kind: wecom}]", "KeyError"),
        ("channels: [{kind: smtp, connection: c}]", "smtp: to"),
        ("channels: [{kind: wecom, connection: c, kinds: [lat]}]", "kinds lat"),
        ("channels: [{kind: wecom, connection: c, key: secret}]", "key key"),
        ("channel: []", "KeyError"),
        ("channels: [", "ParserError"),
    ],
)
def test_a_mistake_in_the_channels_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "alerts.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProblemError) as raised:
        channels(path)
    assert said in raised.value.problems[0].en
    assert "secret" not in str(raised.value)
