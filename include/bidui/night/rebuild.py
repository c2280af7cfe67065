"""`bidui rebuild`: nights from a date on computed again, in order, from what is in force now, and put in at once.

For nights that were published on something wrong (a batch since withdrawn, a rule since mended). They are built beside
the standing ones, so readers see whole nights all the time; one transaction replaces the rows. The runs replaced stay
in the ledger as superseded, the new ones say who rebuilt and why. Answers count from the nights on which they were
known: an answer is an event, a batch or a rule is a mistake or none.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

import psycopg2.extensions
from psycopg2 import sql

from bidui.contract import load_sources
from bidui.night import beside
from bidui.night.fingerprint import night_tables, record
from bidui.night.freeze import freeze
from bidui.night.layers import AFTER_RULES, BEFORE_RULES
from bidui.night.order import no_night_meanwhile
from bidui.problem import Problem, ProblemError
from bidui.signature import require_signature
from bidui.warehouse import dbt
from bidui.warehouse.connection import transaction

PREFIX = "rebuild_"

# What freezing a night again would write over; kept aside until the rebuilt nights are in.
FROZEN = ("night_batch", "night_rule", "night_linkage")
SAVED = "rebuild_saved"

# Answers and verdicts are events: a night computed anew knows those that it knew.
KNOWN_THEN = ("last_outcome", "last_link_verdict")

NIGHTS = "select distinct as_of from ledger.run where status = 'published' and as_of >= %s order by 1"

BEFORE = "select inputs, fingerprint from ledger.run where as_of = %s and status = 'published' order by run_id desc limit 1"

PREVIOUS = """
select fingerprint from ledger.run where status = 'published' and as_of < %s order by as_of desc, run_id desc limit 1
"""


@dataclass(frozen=True)
class RebuiltNight:
    """One night of the range: the run that stands now, its fingerprint, and whether anything came out differently."""

    as_of: dt.date
    run_id: int
    fingerprint: str
    changed_tables: tuple[str, ...]


def rebuild(first: dt.date, *, by: str, reason: str) -> list[RebuiltNight]:
    """Rebuild every published night from `first` to the latest; return them in order.

    Raises ProblemError without a name or a reason, when no night of the range is published, or when a night is under way
    or not published yet; nights wait until this has ended. On any error the standing nights and their frozen inputs stay
    as they were.
    """
    require_signature(by, reason)
    with no_night_meanwhile():
        return _rebuild(first, by=by.strip(), reason=reason.strip())


def _rebuild(first: dt.date, *, by: str, reason: str) -> list[RebuiltNight]:
    _give_back()
    with transaction() as connection, connection.cursor() as cursor:
        nights = _nights(cursor, first)
        cursor.execute(PREVIOUS, (nights[0],))
        row = cursor.fetchone()
        previous: str | None = row[0] if row else None
        _keep_aside(cursor, nights[0])
    rebuilt: list[RebuiltNight] = []
    try:
        beside.lay_out(PREFIX, nights[0])
        for night in nights:
            done = _night(night, previous, {"from": first.isoformat(), "by": by, "reason": reason})
            rebuilt.append(done)
            previous = done.fingerprint
        with transaction() as connection, connection.cursor() as cursor:
            _put_in(cursor, nights[0], rebuilt)
            cursor.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(SAVED)))
    except BaseException:
        _give_back()
        raise
    finally:
        beside.clear(PREFIX)
    return rebuilt


def _night(night: dt.date, previous: str | None, record_of: dict[str, str]) -> RebuiltNight:
    """Build one night beside the standing one."""
    from bidui import rule

    with transaction() as connection, connection.cursor() as cursor:
        run_id = freeze(connection, load_sources(), night, "rebuild")
        cursor.execute(BEFORE, (night,))
        [(before, _)] = cursor.fetchall()
        cursor.execute(
            "update ledger.run set previous_fingerprint = %s, reason = %s, inputs = inputs || %s::jsonb where run_id = %s",
            (
                previous,
                f"{record_of['by']}: {record_of['reason']}",
                json.dumps({"rebuild": record_of} | {name: before[name] for name in KNOWN_THEN if name in before}),
                run_id,
            ),
        )
    dbt.build_beside(BEFORE_RULES, night, PREFIX)
    with transaction() as connection:
        rule.bind(connection, night)
    dbt.build_beside(AFTER_RULES, night, PREFIX)
    with transaction() as connection, connection.cursor() as cursor:
        fingerprint = record(connection, night, "rebuild", PREFIX)
        cursor.execute("select inputs -> 'digests' from ledger.run where run_id = %s", (run_id,))
        [(digests,)] = cursor.fetchall()
    changed = tuple(sorted(name for name in digests if digests[name] != before["digests"].get(name)))
    return RebuiltNight(night, run_id, fingerprint, changed)


def _nights(cursor: psycopg2.extensions.cursor, first: dt.date) -> list[dt.date]:
    cursor.execute(NIGHTS, (first,))
    nights = [row[0] for row in cursor.fetchall()]
    if not nights:
        raise ProblemError(
            Problem(
                code="rebuild_nothing",
                what_zh=f"{first} 起没有已发布的比对",
                what_en=f"no night from {first} on is published",
                fix_zh="用 bidui status 查看已发布的日期",
                fix_en="see the published night with `bidui status`",
            )
        )
    return nights


def _keep_aside(cursor: psycopg2.extensions.cursor, first: dt.date) -> None:
    cursor.execute(sql.SQL("create schema {}").format(sql.Identifier(SAVED)))
    for table in FROZEN:
        cursor.execute(
            sql.SQL("create table {} as select * from {} where as_of >= %s").format(
                sql.Identifier(SAVED, table), sql.Identifier("ledger", table)
            ),
            (first,),
        )


def _give_back() -> None:
    """Undo a rebuild that did not end, this one or one that was killed: frozen inputs return, its runs have failed."""
    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute("select to_regnamespace(%s) is not null", (SAVED,))
        [(is_there,)] = cursor.fetchall()
        if not is_there:
            return
        for table in FROZEN:
            saved, target = sql.Identifier(SAVED, table), sql.Identifier("ledger", table)
            cursor.execute(sql.SQL("delete from {} where as_of in (select as_of from {})").format(target, saved))
            cursor.execute(sql.SQL("insert into {} select * from {}").format(target, saved))
        cursor.execute(
            "update ledger.run set status = 'failed', finished_at = now()"
            " where kind = 'rebuild' and status in ('running', 'reconciled')"
        )
        cursor.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(SAVED)))


def _put_in(cursor: psycopg2.extensions.cursor, first: dt.date, rebuilt: list[RebuiltNight]) -> None:
    """Replace the rows of the range by the rebuilt ones, and the runs that stand for them."""
    nightly = night_tables(cursor, PREFIX)
    for table in nightly:
        column = sql.Identifier("to_night" if table.is_valid_over_nights else "as_of")
        of_range = sql.SQL("where {} >= {}").format(column, sql.Literal(first))
        cursor.execute(sql.SQL("delete from {} {}").format(table.identifier(), of_range))
        beside.copy_in(cursor, table, PREFIX, of_range)
    beside.replace_latest(cursor, PREFIX, {(table.schema, table.name) for table in nightly})
    # The tables are not what their nights built any more: the next night builds them all.
    cursor.execute("truncate ledger.kept_table")
    run_ids = [night.run_id for night in rebuilt]
    cursor.execute(
        "update ledger.run set status = 'superseded' where as_of >= %s and status = 'published'", (first,)
    )
    cursor.execute(
        "update ledger.run set status = 'published', finished_at = now() where run_id = any(%s)", (run_ids,)
    )
    cursor.execute("update ledger.published_night set run_id = %s", (run_ids[-1],))
