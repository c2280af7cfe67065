"""`bidui replay`: an earlier night computed once more beside the published one, from what it froze, and compared.

The published rows are only read. Frozen are the batches in force, the bound rules, the parameters, the answers and
verdicts known that night; what the checkout ships (models, seeds, code) is today's, and a difference is told.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from dataclasses import dataclass
from typing import Any

import psycopg2.extensions
from psycopg2 import sql

from bidui.night import beside
from bidui.night.fingerprint import NightTable, night_digests, night_tables, record
from bidui.night.freeze import RECORDS_KNOWN, configuration
from bidui.night.layers import LAYERS
from bidui.night.order import no_load_meanwhile
from bidui.night.published import not_published
from bidui.problem import Problem, ProblemError
from bidui.warehouse import dbt
from bidui.warehouse.connection import transaction

log = logging.getLogger(__name__)

PREFIX = "replay_"

PUBLISHED = """
select run_id, inputs, previous_fingerprint, fingerprint
from ledger.run
where as_of = %s and status = 'published'
order by run_id desc
limit 1
"""

# Batches of the night whose rows are beyond retention.
GONE = """
select n.extract, n.batch_id
from ledger.night_batch as n
inner join ledger.batch as b using (batch_id)
where n.as_of = %s and b.rows_landed > 0 and to_regclass('staging.' || quote_ident(n.extract || '__b' || n.batch_id)) is null
order by 1, 2
"""


@dataclass(frozen=True)
class Compared:
    """One table: rows recorded at the time, published now, and replayed; equal only when all three say the same."""

    table: str
    recorded: int
    published: int
    replayed: int
    is_equal: bool
    is_untouched: bool


@dataclass(frozen=True)
class Replay:
    """What a replay found. `changed`: what is not kept per night (the checkout, divisions) and is not what it was."""

    as_of: dt.date
    run_id: int
    tables: tuple[Compared, ...]
    changed: tuple[str, ...]
    fingerprint: str
    published_fingerprint: str

    @property
    def is_equal(self) -> bool:
        """Whether the night is proved: every table equal, published rows untouched, one fingerprint."""
        return all(t.is_equal and t.is_untouched for t in self.tables) and self.fingerprint == self.published_fingerprint


def replay(as_of: dt.date, *, keep: bool = False) -> Replay:
    """Compute the night beside the published one, compare, and record the attempt as a run of kind `replay`.

    `keep` leaves the schemas `replay_mart_*` for a look. Raises ProblemError when the night is not published, its
    batches are beyond retention, or reference data is being loaded or another night proved.
    """
    with no_load_meanwhile():
        return _replay(as_of, keep=keep)


def _replay(as_of: dt.date, *, keep: bool) -> Replay:
    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute(PUBLISHED, (as_of,))
        row = cursor.fetchone()
        if row is None:
            raise ProblemError(not_published(as_of))
        published_run, inputs, previous, fingerprint = row
        cursor.execute(GONE, (as_of,))
        gone = cursor.fetchall()
        if gone:
            raise ProblemError(_beyond_retention(as_of, gone))
        recorded = inputs.pop("digests")
        cursor.execute(
            "insert into ledger.run (as_of, kind, status, reason, inputs, previous_fingerprint)"
            " values (%s, 'replay', 'running', %s, %s, %s) returning run_id",
            (as_of, f"replay of run {published_run}", json.dumps(inputs), previous),
        )
        [(run_id,)] = cursor.fetchall()
    try:
        beside.lay_out(PREFIX, as_of)
        dbt.build_beside(LAYERS, as_of, PREFIX)
        with transaction() as connection:
            replayed_fingerprint = record(connection, as_of, "replay", PREFIX)
            tables = _compare(connection, as_of, recorded)
            changed = _changed(connection, inputs)
    except BaseException as error:
        _finish(run_id, "failed", f"replay of run {published_run}: it did not end")
        if isinstance(error, dbt.DbtError):
            with transaction() as connection:
                changed = _changed(connection, inputs)
            if changed:
                log.error("%s", error)  # it may be another reason after all
                raise ProblemError(_of_another_checkout(as_of, changed)) from error
        raise
    finally:
        if not keep:
            beside.clear(PREFIX)
    done = Replay(as_of, run_id, tables, changed, replayed_fingerprint, fingerprint)
    _finish(run_id, "reconciled", f"replay of run {published_run}: {'equal' if done.is_equal else 'different'}")
    return done


def _compare(
    connection: psycopg2.extensions.connection, as_of: dt.date, recorded: dict[str, Any]
) -> tuple[Compared, ...]:
    published = night_digests(connection, as_of)
    replayed = night_digests(connection, as_of, PREFIX)
    nothing = {"rows": 0, "hash_sum": "0"}
    with connection.cursor() as cursor:
        standing = {table.full_name: table for table in night_tables(cursor)}
        return tuple(
            Compared(
                table=name,
                recorded=recorded.get(name, nothing)["rows"],
                published=published.get(name, nothing)["rows"],
                replayed=replayed.get(name, nothing)["rows"],
                is_equal=recorded.get(name, nothing)
                == published.get(name, nothing)
                == replayed.get(name, nothing),
                is_untouched=name not in standing or _is_untouched(cursor, standing[name], as_of),
            )
            for name in sorted({*recorded, *published, *replayed})
        )


def _is_untouched(cursor: psycopg2.extensions.cursor, table: NightTable, as_of: dt.date) -> bool:
    """Whether every published row of the night still has the content that its hash was taken of."""
    content = [
        name
        for name in beside.columns_of(cursor, table.schema, table.name)
        if name not in ("row_hash", "from_night", "to_night")
    ]
    cursor.execute(
        sql.SQL(
            "select not exists (select from (select {columns}) as night_row"
            " where hash_record_extended(night_row, 0) <> t.row_hash) from {table} as t where {of_night}"
            " order by 1 limit 1"
        ).format(
            columns=sql.SQL(", ").join(sql.SQL("t.{}").format(sql.Identifier(name)) for name in content),
            table=table.identifier(),
            of_night=table.of_night,
        ),
        {"night": as_of},
    )
    row = cursor.fetchone()
    return row is None or bool(row[0])


def _changed(connection: psycopg2.extensions.connection, inputs: dict[str, Any]) -> tuple[str, ...]:
    """What is not kept per night and is not what it was: parts of the checkout, and the county's divisions."""
    then = inputs.get("configuration", {})
    changed = {name for name, digest in configuration().items() if then.get(name) != digest}
    with connection.cursor() as cursor:
        cursor.execute(RECORDS_KNOWN["reference_load"])
        if cursor.fetchone() != (inputs.get("reference_load"),):
            changed.add("reference_load")
    return tuple(sorted(changed))


def _finish(run_id: int, status: str, reason: str) -> None:
    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "update ledger.run set status = %s, reason = %s, finished_at = now() where run_id = %s",
            (status, reason, run_id),
        )


def _of_another_checkout(as_of: dt.date, changed: tuple[str, ...]) -> Problem:
    """The night's bound rules name facts that today's models no longer make."""
    return Problem(
        code="replay_other_checkout",
        what_zh=f"{as_of} 是用另一版本的模型和规则计算的，用现在的版本无法重放",
        what_en=f"{as_of} was computed with other models and rules, and cannot be replayed with those of today",
        found=", ".join(changed),
        fix_zh="换用当时的版本重放，或用 bidui rebuild --from 按现在的版本重算；指纹链仍可用 bidui chain export 核验",
        fix_en="replay it with the checkout of then, or compute it anew with `bidui rebuild --from`;"
        " the chain of fingerprints still proves the night (`bidui chain export`)",
    )


def _beyond_retention(as_of: dt.date, gone: list[tuple[str, int]]) -> Problem:
    return Problem(
        code="replay_beyond_retention",
        what_zh=f"{as_of} 所用批次已过保存期，无法重放",
        what_en=f"batches of {as_of} are beyond their retention, so the night cannot be replayed",
        found=", ".join(f"{extract} {batch_id}" for extract, batch_id in gone[:5]),
        fix_zh="保存期见 retention.yml；指纹链仍可用 bidui chain export 核验",
        fix_en="retention is set in retention.yml; the chain of fingerprints still proves the night (`bidui chain export`)",
    )
