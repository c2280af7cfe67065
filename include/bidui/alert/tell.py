"""Tell people once: what is new, what has stayed for the reminder interval; what is over is closed in silence."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import psycopg2.extensions

from bidui.alert.channel import Channel, NotToldError, channels
from bidui.alert.model import Alert
from bidui.problem import ProblemError
from bidui.warehouse.connection import transaction
from bidui.warehouse.query import query

log = logging.getLogger(__name__)

# Kinds whose conditions are looked at as a whole, so that what is not there any more is over.
OF_THE_NIGHT = ("late", "missing", "stale", "held", "coverage_drop", "rule_jump")

CONDITIONS = "select kind, subject, state, detail from ledger.alert_condition(%s) order by kind, subject, state"

TOLD = "update ledger.alert set last_told = %s, times_told = times_told + 1 where alert_id = %s"

TOLD_BY = """
insert into ledger.alert_told (alert_id, connection, told_on) values (%s, %s, %s)
on conflict (alert_id, connection) do update set told_on = excluded.told_on
"""


# A failed task is news of its night: the next one says anew how it went.
PAST = "update ledger.alert set resolved_on = %s where kind = 'task_failed' and resolved_on is null and last_seen < %s"


def evaluate(today: dt.date) -> dict[str, int]:
    """Look at the night's conditions and tell what is due; return how many stand, were told, and are over.

    `today` is the night at `publish`, the calendar's day at `upkeep`.
    """
    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute(CONDITIONS, (today,))
        alerts = [Alert.of(*row) for row in cursor.fetchall()]
        cursor.execute(PAST, (today, today))
    return tell(alerts, today, closes=OF_THE_NIGHT)


@dataclass(frozen=True)
class _Seen:
    """An alert on record: whether it is new or to be told again, and which channels have told it meanwhile."""

    alert: Alert
    alert_id: int
    is_due: bool
    told_by: frozenset[str]


def tell(alerts: Sequence[Alert], today: dt.date, closes: Collection[str] = ()) -> dict[str, int]:
    """Record the alerts and send those that are due; kinds in `closes` that are not among them are over.

    Each channel is told for itself: one that fails is asked again at the next look, whoever else has been told. A
    warehouse that cannot be reached keeps no record, and keeps nobody from being told.
    """
    try:
        with transaction() as connection:
            seen = [_see(connection, alert, today) for alert in alerts]
            over = _close(connection, today, closes, seen=alerts)
    except psycopg2.OperationalError as error:
        log.error("提醒没有记录 · the alerts were not recorded: %s", type(error).__name__)
        told_by = _send([_Seen(alert, 0, True, frozenset()) for alert in alerts])
        return {"standing": len(alerts), "told": sum(map(bool, told_by.values())), "over": 0}
    told_by = _send(seen)
    with transaction() as connection, connection.cursor() as cursor:
        for one in seen:
            if one.alert in told_by:
                cursor.execute(TOLD, (today, one.alert_id))
            for channel in told_by.get(one.alert, ()):
                cursor.execute(TOLD_BY, (one.alert_id, channel, today))
    return {"standing": len(alerts), "told": len(told_by), "over": over}


def _see(connection: psycopg2.extensions.connection, alert: Alert, today: dt.date) -> _Seen:
    with connection.cursor() as cursor:
        cursor.execute(query("alert_seen"), vars(alert) | {"today": today})
        row = cursor.fetchone()
    if row is None:
        raise RuntimeError("an alert that was written is not there")
    return _Seen(alert, row[0], row[1], frozenset(row[2]))


def _close(
    connection: psycopg2.extensions.connection, today: dt.date, closes: Collection[str], seen: Sequence[Alert]
) -> int:
    """Close what is not seen any more, also when it was seen earlier today."""
    if not closes:
        return 0
    standing = [f"{alert.kind}\n{alert.subject}\n{alert.state}" for alert in seen]
    with connection.cursor() as cursor:
        cursor.execute(
            "update ledger.alert set resolved_on = %s where kind = any(%s) and resolved_on is null"
            " and concat_ws(e'\\n', kind, subject, state) <> all(%s::text[])",
            (today, list(closes), standing),
        )
        return cursor.rowcount


def _send(seen: Sequence[_Seen]) -> dict[Alert, set[str]]:
    """Send to every channel what it wants and has not told; return who told what (nobody, where nobody is to be told)."""
    for one in seen:
        if one.is_due:
            log.warning("提醒 · alert: %s\n%s", one.alert.zh, one.alert.en)
    try:
        configured = channels()
    except ProblemError as error:
        log.error("%s", error)
        return {}
    told: dict[Alert, set[str]] = {
        one.alert: set() for one in seen if one.is_due and not any(channel.wants(one.alert) for channel in configured)
    }
    for channel in configured:
        wanted = [one.alert for one in seen if channel.wants(one.alert) and channel.key not in one.told_by]
        if wanted and _reached(channel, wanted):
            for alert in wanted:
                told.setdefault(alert, set()).add(channel.key)
    return told


def _reached(channel: Channel, alerts: Sequence[Alert]) -> bool:
    """Send the alerts to one channel; a refusal is logged with what to do."""
    try:
        channel.send(alerts)
    except NotToldError as error:
        log.error(
            "提醒没有送达 · not told by %s: %s。请检查这个 Airflow 连接是否已建立，以及地址、端口、口令（密钥），"
            "用 bidui alerts 试发；提醒仍待发送。\n"
            "Check that this Airflow connection is there, and its address, port and password (key), try it with bidui alerts; the alert stays due.",
            channel.connection, error,
        )  # fmt: skip
        return False
    return True
