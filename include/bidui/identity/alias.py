"""Decide whose a registry number is, where the data alone cannot say it for certain.

A record in `ledger.key_alias` that counts from the next night on: findings under the number go on under the key for
life. The same decision twice is one; a later one for the same number replaces it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import psycopg2.extensions

from bidui.problem import Problem, ProblemError
from bidui.signature import require_signature

Kind = Literal["person", "household"]

LAST = """
select life_key from ledger.key_alias where kind = %s and number_key = %s order by alias_id desc limit 1
"""

KNOWN = """
select count(*) filter (where number_key = %(number)s), count(*) filter (where life_key = %(life)s)
from mart_identity.registry_key
where kind = %(kind)s and to_night = 'infinity'
"""


@dataclass(frozen=True)
class Alias:
    """A decision: the number, normalised, the key it belongs to, and whether it was new."""

    number_key: str
    life_key: str
    is_new: bool


def decide(
    connection: psycopg2.extensions.connection, kind: Kind, number: str, life_key: str, *, by: str, reason: str
) -> Alias:
    """Record that `number` belongs to `life_key` (the number itself: to nobody else); the caller commits.

    Raises ProblemError without a name or a reason, or when the registry has never known the number or the key.
    """
    require_signature(by, reason)
    with connection.cursor() as cursor:
        cursor.execute("select parse.number_key(%s), parse.number_key(%s)", (number, life_key))
        [(number_key, key)] = cursor.fetchall()
        _check_known(cursor, kind, number_key, key)
        cursor.execute(LAST, (kind, number_key))
        if cursor.fetchone() == (key,):
            return Alias(number_key, key, is_new=False)
        cursor.execute(
            "insert into ledger.key_alias (kind, number_key, life_key, decided_by, reason) values (%s, %s, %s, %s, %s)",
            (kind, number_key, key, by.strip(), reason.strip()),
        )
    return Alias(number_key, key, is_new=True)


def _check_known(cursor: psycopg2.extensions.cursor, kind: Kind, number_key: str | None, life_key: str | None) -> None:
    cursor.execute("select to_regclass('mart_identity.registry_key') is not null")
    [(is_there,)] = cursor.fetchall()
    numbers = keys = 0
    if is_there:
        cursor.execute(KNOWN, {"kind": kind, "number": number_key, "life": life_key})
        [(numbers, keys)] = cursor.fetchall()
    problems = [
        Problem(
            code="alias.unknown",
            column=place,
            what_zh="名册中从未有过这个编号",
            what_en="the registry has never had this number",
            fix_zh="在 audit.registry_key 中核对编号",
            fix_en="look it up in audit.registry_key",
        )
        for place, known in (("NUMBER", numbers), ("KEY", keys))
        if not known
    ]
    if problems:
        raise ProblemError(problems)
