"""`bidui bench serving`: how soon every outward view answers, asked as each role that may read it.

What people and tools do first: open a table (its first rows) and count it. Measured on the warehouse that stands, or on
one grown to a number of persons and nights, with the role's own login, so that row rights and the security barrier are
part of it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.extensions
from psycopg2 import sql

from bidui.bench.database import database
from bidui.warehouse import roles
from bidui.warehouse.connection import transaction

# The county that is grown: enough people for towns, villages and suppressed cells.
BASE_PERSONS = 12_498
FIRST_ROWS = 100
# The fastest of so many: the first warms the cache, the others say what the view costs. A slow one is not asked again.
TURNS = 3
SLOW_MS = 1000

VIEWS = """
select n.nspname, c.relname
from pg_class as c
inner join pg_namespace as n on c.relnamespace = n.oid
where
    n.nspname in ('published', 'analyst', 'audit') and c.relkind = 'v'
    and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')
order by n.nspname, c.relname
"""


@dataclass(frozen=True)
class Answer:
    """One view as one role sees it: its rows, and milliseconds for the first rows and for the count (None: given up by
    the login's own statement_timeout)."""

    role: str
    view: str
    rows: int | None
    first_ms: float | None
    count_ms: float | None

    def is_within(self, limit_ms: float) -> bool:
        """Whether both came within the limit."""
        return all(taken is not None and taken <= limit_ms for taken in (self.first_ms, self.count_ms))


def run(limit_ms: float) -> dict[str, Any]:
    """Ask every view as every role; return {"persons", "answers": [Answer as dict], "slow"}: what took longer
    than the limit. Raises psycopg2 errors."""
    return _asked(limit_ms, list(roles.matrix()))


def run_grown(
    limit_ms: float, persons: int, nights: int, seed: int, folder: Path, *, with_people: bool = False
) -> dict[str, Any]:
    """The same on a database of its own, dropped at the end: a small county's two nights, grown to as many persons and nights.

    Without `with_people` what auditors read is left as small as it is, and only the other roles are asked.
    """
    from bidui import reference
    from bidui.bench import grown
    from bidui.bench.night import AS_OF, ONE_DAY, ingest, reconcile
    from bidui.sample import generate
    from bidui.warehouse.prepare import prepare

    base = min(persons, BASE_PERSONS)
    county = folder / f"county_{base}_{seed}_2"
    if not county.exists():
        generate(persons=base, seed=seed, nights=2, as_of=AS_OF + ONE_DAY, out=county, truth=None)
    with database(f"bench_serving_{persons}"):
        prepare()
        with transaction() as connection:
            reference.load(connection, county / "reference")
        for number, night in enumerate((AS_OF, AS_OF + ONE_DAY), 1):
            ingest(county / f"night_{number}", night)
            reconcile(night)
        schemas = ("published", "analyst", *(("audit",) if with_people else ()))
        grown.grow(persons, nights, AS_OF + ONE_DAY, schemas)
        asked = [name for name, role in roles.matrix().items() if with_people or ("audit", "*") not in role.reads]
        return _asked(limit_ms, asked)


def _asked(limit_ms: float, names: list[str]) -> dict[str, Any]:
    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute("select count(*) from mart_summary.person_kind where to_night = 'infinity'")
        ((persons,),) = cursor.fetchall()
    answers = [answer for name in names for answer in _answers(name)]
    slow = [f"{answer.role} {answer.view}" for answer in answers if not answer.is_within(limit_ms)]
    return {"persons": persons, "answers": [asdict(answer) for answer in answers], "slow": slow}


def _answers(role: str) -> Iterator[Answer]:
    connection = psycopg2.connect(roles.connection_url(role), application_name="bidui bench")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(VIEWS)
            for schema, name in cursor.fetchall():
                view = sql.Identifier(schema, name)
                first, _ = _fastest(cursor, sql.SQL("select * from {} limit {}").format(view, sql.Literal(FIRST_ROWS)))
                count, rows = _fastest(cursor, sql.SQL("select count(*) from {}").format(view))
                yield Answer(role, f"{schema}.{name}", rows, first, count)
    finally:
        connection.close()


def _fastest(cursor: psycopg2.extensions.cursor, query: sql.Composed) -> tuple[float | None, int | None]:
    """Milliseconds of the fastest turn, and the first value of the answer."""
    taken = []
    value: int | None = None
    for _ in range(TURNS):
        started = time.perf_counter()
        try:
            cursor.execute(query)
            rows = cursor.fetchall()
        except psycopg2.errors.QueryCanceled:
            return None, None
        taken.append((time.perf_counter() - started) * 1000)
        value = rows[0][0] if rows else None
        if taken[-1] > SLOW_MS:
            break
    return round(min(taken), 1), value
