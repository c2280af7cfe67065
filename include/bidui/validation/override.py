"""What a person may decide about a batch: release one that is held, withdraw one that is accepted.

Both act on all parts of the delivery: half a full list would cancel the people of the other half. Both are records
in `ledger.batch_decision`, and take effect with the next night that is reconciled.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import psycopg2.extensions

from bidui.contract import Extract, load_sources
from bidui.landing.batch import STATUS_WORDS
from bidui.problem import Problem, ProblemError
from bidui.signature import require_signature
from bidui.validation.correction import accepted, replaced, same_list
from bidui.validation.decide import GATE, lock_extract, record

DELIVERY = """
select
    b.batch_id,
    b.extract,
    b.status,
    b.data_date,
    b.source_name,
    exists (select from ledger.validation as v where v.batch_id = b.batch_id) as is_judged
from ledger.batch as b
inner join ledger.batch as named
    on named.extract = b.extract
    and coalesce(named.delivery_no, -named.batch_id) = coalesce(b.delivery_no, -b.batch_id)
where named.batch_id = %s
order by b.batch_id
"""

LAST_DECISION = """
select action, decided_by, decided_at
from ledger.batch_decision
where batch_id = %s
order by decision_id desc
limit 1
"""

SUPERSEDED_BY = """
select batch_id
from ledger.batch
where extract = %s and data_date is not distinct from %s and status = 'superseded' and superseded_by = any(%s)
order by batch_id
"""


@dataclass(frozen=True)
class Override:
    """What a command did: batches it changed, those that returned to force, and whether anything was to do."""

    action: str
    changed: tuple[int, ...]
    returned: tuple[int, ...] = ()
    already_by: str | None = None
    already_at: dt.datetime | None = None


@dataclass(frozen=True)
class _Part:
    batch_id: int
    extract: str
    status: str
    data_date: dt.date | None
    source_name: str
    is_judged: bool


def release(
    connection: psycopg2.extensions.connection, batch_id: int, *, by: str, reason: str
) -> Override:
    """Accept a held (or withdrawn) delivery on a person's word; quarantined rows stay quarantined.

    Doing it twice changes nothing. Raises ProblemError for an unknown batch, a name or reason left out, a batch
    that was never judged (its file could not be read), one that is already accepted, or one whose list is in force
    from another file of its data date. The caller commits.
    """
    _check_signature(by, reason)
    with connection.cursor() as cursor:
        parts = _delivery(cursor, batch_id)
        named = next(part for part in parts if part.batch_id == batch_id)
        if done := _already(cursor, named, "accepted", "release"):
            return done
        if named.status not in ("held", "withdrawn"):
            raise ProblemError(_wrong_status(named, "held 或 withdrawn", "held or withdrawn"))
        if not named.is_judged:
            raise ProblemError(_never_judged(named))
        parts = [part for part in parts if part.status == named.status and part.is_judged]
        changed = tuple(part.batch_id for part in parts)
        in_force = same_list(cursor, load_sources().extract(named.extract), named.data_date, changed)
        if in_force is not None:
            raise ProblemError(_same_date(named, in_force))
        for part in parts:
            record(cursor, part.batch_id, "release", "accepted", by.strip(), reason.strip())
    return Override("release", changed)


def withdraw(
    connection: psycopg2.extensions.connection, batch_id: int, *, by: str, reason: str
) -> Override:
    """Take an accepted delivery out of force; what it had superseded returns.

    Doing it twice changes nothing. Raises ProblemError for an unknown batch, a name or reason left out, or a batch
    that is not accepted. The caller commits.
    """
    _check_signature(by, reason)
    with connection.cursor() as cursor:
        parts = _delivery(cursor, batch_id)
        named = next(part for part in parts if part.batch_id == batch_id)
        if done := _already(cursor, named, "withdrawn", "withdraw"):
            return done
        if named.status != "accepted":
            raise ProblemError(_wrong_status(named, "accepted", "accepted"))
        parts = [part for part in parts if part.status == "accepted"]
        for part in parts:
            record(cursor, part.batch_id, "withdraw", "withdrawn", by.strip(), reason.strip())
        returned = _replaced_only_by(cursor, load_sources().extract(named.extract), named.data_date, parts)
        for returning in returned:
            record(
                cursor,
                returning,
                "accept",
                "accepted",
                GATE,
                f"取代它的批次 {batch_id} 已撤回 · batch {batch_id}, which had superseded it, was withdrawn",
            )
    return Override("withdraw", tuple(part.batch_id for part in parts), returned)


def _replaced_only_by(
    cursor: psycopg2.extensions.cursor, extract: Extract, data_date: dt.date | None, withdrawn: list[_Part]
) -> tuple[int, ...]:
    """Batches that gave way to the withdrawn ones and that nothing else replaces."""
    cursor.execute(SUPERSEDED_BY, (extract.key, data_date, [part.batch_id for part in withdrawn]))
    candidates = [int(batch_id) for (batch_id,) in cursor.fetchall()]
    by = replaced(cursor, extract, [*accepted(cursor, extract, data_date), *candidates]) if candidates else {}
    return tuple(batch_id for batch_id in candidates if batch_id not in by)


def _delivery(cursor: psycopg2.extensions.cursor, batch_id: int) -> list[_Part]:
    """All parts of the batch's delivery, the extract locked against other decisions."""
    cursor.execute("select extract from ledger.batch where batch_id = %s", (batch_id,))
    row = cursor.fetchone()
    if row is None:
        raise ProblemError(
            Problem(
                code="batch.unknown",
                what_zh=f"没有批次 {batch_id}",
                what_en=f"there is no batch {batch_id}",
                fix_zh="用 bidui status 查看批次编号",
                fix_en="see the batch numbers with `bidui status`",
            )
        )
    lock_extract(cursor, row[0])
    cursor.execute(DELIVERY, (batch_id,))
    return [_Part(*fields) for fields in cursor.fetchall()]


def _already(cursor: psycopg2.extensions.cursor, part: _Part, status: str, action: str) -> Override | None:
    """The earlier decision, when a person has taken this very one before and it still stands."""
    if part.status != status:
        return None
    cursor.execute(LAST_DECISION, (part.batch_id,))
    row = cursor.fetchone()
    if row is None or row[0] != action:
        return None
    return Override(action, (), already_by=row[1], already_at=row[2])


def _check_signature(by: str, reason: str) -> None:
    """The gate's own name is nobody's signature."""
    require_signature("" if by.strip() == GATE else by, reason)


def _wrong_status(part: _Part, expected_zh: str, expected_en: str) -> Problem:
    return Problem(
        code="batch.wrong_status",
        file=part.source_name,
        what_zh=f"批次 {part.batch_id} 的状态不允许此操作",
        what_en=f"the status of batch {part.batch_id} does not allow this",
        expected_zh=expected_zh,
        expected_en=expected_en,
        found=STATUS_WORDS[part.status],
        fix_zh="用 bidui status 核对批次编号",
        fix_en="check the batch number with `bidui status`",
    )


def _never_judged(part: _Part) -> Problem:
    return Problem(
        code="batch.never_judged",
        file=part.source_name,
        what_zh=f"批次 {part.batch_id} 的文件未能读入，没有可以接受的行",
        what_en=f"the file of batch {part.batch_id} could not be read, so there are no rows to accept",
        fix_zh="按暂存原因更正文件后重新报送",
        fix_en="correct the file after the reason of the hold and deliver it again",
    )


def _same_date(part: _Part, in_force: int) -> Problem:
    return Problem(
        code="batch.same_date",
        file=part.source_name,
        what_zh=f"数据日期 {part.data_date} 已有接受的批次 {in_force}",
        what_en=f"the accepted batch {in_force} has the same data date {part.data_date}",
        fix_zh=f"如应以批次 {part.batch_id} 为准，先执行 bidui withdraw {in_force}",
        fix_en=f"if batch {part.batch_id} is the right one, withdraw batch {in_force} first",
    )
