"""Tell people once: what is new, what has stayed for the reminder interval; what is over is closed in silence."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Sequence

import psycopg2.extensions

from bidui.alert.channel import Channel, NotToldError, channels
from bidui.alert.model import Alert
from bidui.problem import ProblemError
from bidui.warehouse.connection import transaction

log = logging.getLogger(__name__)

# Kinds whose conditions are looked at as a whole, so that what is not there any more is over.
OF_THE_NIGHT = ("late", "missing", "stale", "held", "coverage_drop", "rule_jump")

CONDITIONS = "select kind, subject, state, detail from ledger.alert_condition(%s) order by kind, subject, state"

SEEN = """
insert into ledger.alert as known (kind, subject, state, text_zh, text_en, first_seen, last_seen)
values (%(kind)s, %(subject)s, %(state)s, %(zh)s, %(en)s, %(today)s, %(today)s)
on conflict (kind, subject, state) where resolved_on is null
do update set last_seen = excluded.last_seen, text_zh = excluded.text_zh, text_en = excluded.text_en
returning
    last_told is null
    or %(today)s - last_told >= coalesce(ledger.alert_parameter('AGG-09', 'remind_days', %(today)s), 7)
"""

TOLD = """
update ledger.alert set last_told = %s, times_told = times_told + 1
where kind = %s and subject = %s and state = %s and resolved_on is null
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


def tell(alerts: Sequence[Alert], today: dt.date, closes: Collection[str] = ()) -> dict[str, int]:
    """Record the alerts and send those that are due; kinds in `closes` that are not among them are over.

    A channel that fails keeps nothing: with no channel reached the alerts stay due and are sent at the next look.
    """
    with transaction() as connection:
        due = [alert for alert in alerts if _is_due(connection, alert, today)]
        over = _close(connection, today, closes, seen=alerts)
    told = _send(due)
    with transaction() as connection, connection.cursor() as cursor:
        for alert in told:
            cursor.execute(TOLD, (today, alert.kind, alert.subject, alert.state))
    return {"standing": len(alerts), "told": len(told), "over": over}


def _is_due(connection: psycopg2.extensions.connection, alert: Alert, today: dt.date) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(SEEN, vars(alert) | {"today": today})
        row = cursor.fetchone()
    return bool(row and row[0])


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


def _send(due: Sequence[Alert]) -> list[Alert]:
    """Send what is due to every channel that wants it; return what at least one took (all, where nobody is to be told)."""
    for alert in due:
        log.warning("提醒 · alert: %s\n%s", alert.zh, alert.en)
    try:
        configured = channels()
    except ProblemError as error:
        log.error("%s", error)
        return []
    told: set[Alert] = {alert for alert in due if not any(channel.wants(alert) for channel in configured)}
    for channel in configured:
        wanted = [alert for alert in due if channel.wants(alert)]
        if wanted and _reached(channel, wanted):
            told |= set(wanted)
    return [alert for alert in due if alert in told]


def _reached(channel: Channel, alerts: Sequence[Alert]) -> bool:
    try:
        channel.send(alerts)
    except NotToldError as error:
        log.error("提醒没有送达 · not told by %s: %s", channel.connection, error)
        return False
    return True
