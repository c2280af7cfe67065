"""Versions of the residual model: estimated from the county's own links, compared before they count, activated by name."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

import psycopg2.extensions

from bidui.night import beside
from bidui.problem import Problem, ProblemError
from bidui.signature import require_signature
from bidui.warehouse import dbt
from bidui.warehouse.connection import transaction

PREFIX = "linkage_"

# The night whose lists a version is estimated from and tried on: the last one whose identity stands.
LAST_NIGHT = "select max(as_of) from ledger.run where kind = 'night' and status in ('published', 'reconciled')"

# A row whose decision is another one under the other version, by how it changes.
CHANGES = """
select
    coalesce(b.decision, 'nobody') as before,
    coalesce(a.decision, 'nobody') as after,
    coalesce(b.person_key <> a.person_key, false) as is_other_person,
    coalesce(a.extract, b.extract) as extract,
    count(*) as rows
from mart_identity.int_identity__decision as b
full join linkage_mart_identity.int_identity__decision as a
    on b.batch_id = a.batch_id and b.row_no = a.row_no and b.subject_role = a.subject_role
where (b.decision, b.person_key) is distinct from (a.decision, a.person_key)
group by 1, 2, 3, 4
order by 5 desc, 1, 2, 3, 4
"""


@dataclass(frozen=True)
class Change:
    """Rows of an extract whose decision would change: linked, review, or nobody (no decision)."""

    before: str
    after: str
    is_other_person: bool
    extract: str
    rows: int


def estimate(version: str | None = None) -> str:
    """Estimate weights from the last night's links by number and from random pairs; save them as a new version.

    What has too few pairs to be estimated, and the levels of the ID number, stay as in the version in force. Tonight's
    frequencies of names, birth dates and villages are frozen with it. Returns the version's name; it does not count
    before `activate`. Raises ProblemError when there is no night to estimate from, or the name is taken.
    """
    as_of = _last_night()
    dbt.run("run", "--select", "tag:linkage", as_of=as_of, target="linkage")
    with transaction() as connection, connection.cursor() as cursor:
        name = version or f"county-{as_of.isoformat()}"
        cursor.execute("select 1 from reference.link_model where model_version = %s", (name,))
        if cursor.fetchone():
            raise ProblemError(_name_taken(name))
        cursor.execute("select reference.save_link_model(%s, %s)", (name, as_of))
    return name


def difference(version: str) -> list[Change]:
    """Link the last night once more under `version`, beside the standing links, and return what would change.

    Nothing that is published is touched. Raises ProblemError when there is no such version or no night.
    """
    as_of = _last_night()
    with transaction() as connection:
        _known(connection, version)
    beside.clear(PREFIX)
    try:
        dbt.link_beside(as_of, PREFIX, version)
        with transaction() as connection, connection.cursor() as cursor:
            cursor.execute(CHANGES)
            return [Change(*row) for row in cursor.fetchall()]
    finally:
        beside.clear(PREFIX)


def activate(version: str, *, by: str, reason: str) -> list[Change]:
    """Let nights run with `version` from the next one on, on record with what it changes; return those changes."""
    require_signature(by, reason)
    changes = difference(version)
    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "insert into ledger.link_activation (model_version, activated_by, reason, difference) values (%s, %s, %s, %s)",
            (version, by.strip(), reason.strip(), json.dumps([change.__dict__ for change in changes])),
        )
    return changes


def versions(connection: psycopg2.extensions.connection) -> list[dict[str, Any]]:
    """Every version with its limits, the one in force marked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select model_version, origin, link_at, review_at, margin, note, model_version = ledger.active_link_model()"
            " from reference.link_model order by model_version"
        )
        names = ("model_version", "origin", "link_at", "review_at", "margin", "note", "is_active")
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _last_night() -> dt.date:
    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute(LAST_NIGHT)
        row = cursor.fetchone()
    if row is None or row[0] is None:
        raise ProblemError(
            Problem(
                code="linkage.no_night",
                what_zh="尚无完成的比对之夜",
                what_en="no night has been reconciled yet",
                fix_zh="先运行一夜：bidui nightly --as-of DATE",
                fix_en="run one first: bidui nightly --as-of DATE",
            )
        )
    night: dt.date = row[0]
    return night


def _known(connection: psycopg2.extensions.connection, version: str) -> None:
    names = [known["model_version"] for known in versions(connection)]
    if version not in names:
        raise ProblemError(
            Problem(
                code="linkage.version",
                column="VERSION",
                what_zh="没有这个模型版本",
                what_en="there is no such version of the model",
                found=version,
                expected_zh="、".join(names),
                expected_en=", ".join(names),
                fix_zh="见 bidui linkage versions",
                fix_en="see `bidui linkage versions`",
            )
        )


def _name_taken(version: str) -> Problem:
    return Problem(
        code="linkage.version_taken",
        column="--version",
        what_zh="该版本名已存在，版本不可改写",
        what_en="the version exists; versions are never changed",
        found=version,
        fix_zh="另取一个名称：--version NAME",
        fix_en="give another name: --version NAME",
    )
