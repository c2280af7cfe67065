"""An exemption: somebody with the right to do so lets one finding rest until a day, as long as its values stay as they are."""

from __future__ import annotations

import datetime as dt

import psycopg2.extensions

from bidui import clock
from bidui.outcome.answer import Answer
from bidui.outcome.record import Recorded, apply
from bidui.problem import ProblemError
from bidui.signature import require_signature

_VALUES = """
select f.value_hash
from mart_finding.finding as f
inner join ledger.published_night as p on f.from_night <= p.as_of and p.as_of < f.to_night
where f.finding_id = %s
"""


def exempt(
    connection: psycopg2.extensions.connection,
    finding_id: str,
    *,
    until: str,
    approved_by: str,
    by: str,
    reason: str,
    today: dt.date | None = None,
) -> Recorded:
    """Exempt a published finding, as it stands now, up to the last day `until`; it counts from the next night on.

    Recorded in the caller's transaction, once however often it is said. Raises ProblemError with every reason why it
    cannot stand: no such finding, closed, no approver, the day passed or unreadable.
    """
    require_signature(by, reason)
    day = today or clock.today()
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('mart_finding.finding') is not null")
        (is_there,) = cursor.fetchone() or (False,)
        if is_there:
            cursor.execute(_VALUES, (finding_id.strip().lower(),))
        value_hash = row[0] if is_there and (row := cursor.fetchone()) else None
    applied = apply(
        connection,
        [
            Answer(
                finding_id=finding_id, verdict="exempt", answered_by=by, answered_on=day, value_hash=value_hash,
                reason=reason, approved_by=approved_by, valid_until=until,
            )
        ],
        day,
    )  # fmt: skip
    if applied.refused:
        raise ProblemError(applied.refused[0].problems)
    return applied.recorded[0]
