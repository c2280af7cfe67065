"""Look for people's values in everything the platform writes for others than officers: logs, Airflow's tables, results of
Great Expectations and dbt, Data Docs, the server's log, what is published."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psycopg2.extensions
import yaml
from psycopg2 import sql

from bidui.contract import Sources
from bidui.home import home
from bidui.privacy.needle import Needles

PLACES = Path(__file__).with_name("places.yml")
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Leak:
    """A place where values of people were found, and how many different ones; never which."""

    place: str
    values: int


def scan(needles: Needles, warehouse_url: str, airflow_url: str | None) -> list[Leak]:
    """Return where any needle occurs: files of the home, tables of Airflow (`airflow_url`), outward tables of the warehouse."""
    places = _places()
    found = _in_files(needles, home(), places)
    if airflow_url is not None:
        found += _in_database(needles, airflow_url, "airflow", None, ())
    outward = places["warehouse"]
    found += _in_database(needles, warehouse_url, "warehouse", outward["schemas"], outward["kept_apart"])
    return sorted(found, key=lambda leak: leak.place)


def known_values(connection: psycopg2.extensions.connection, sources: Sources, at_most: int) -> list[str]:
    """Numbers of people as they were delivered: up to `at_most` of each personal column of the batches in force.

    Numbers only: a name of two characters is in every text.
    """
    values: set[str] = set()
    with connection.cursor() as cursor:
        for extract in sources.extracts.values():
            for column in sorted(extract.personal):
                name = sql.Identifier(column)
                cursor.execute(
                    sql.SQL(
                        "select r.{column} from raw.{extract} as r inner join ledger.batch as b using (batch_id)"
                        " where b.status = 'accepted' and r.{column} ~ '^[0-9]{{11,}}[0-9Xx]?$' limit %s"
                    ).format(column=name, extract=sql.Identifier(extract.key)),
                    (at_most,),
                )
                values.update(value for (value,) in cursor.fetchall())
    return sorted(values)


def _in_files(needles: Needles, root: Path, places: dict[str, Any]) -> list[Leak]:
    through = [root / folder for folder in places["looked_through"]]
    apart = [root / folder for folder in places["kept_apart"]]
    leaks = []
    for path in sorted(root.rglob("*")):
        is_apart = any(path.is_relative_to(folder) for folder in apart)
        if not path.is_file() or (is_apart and not any(path.is_relative_to(folder) for folder in through)):
            continue
        found = needles.found_in(_chunks(path))
        if found:
            leaks.append(Leak(str(path.relative_to(root)), len(found)))
    return leaks


def _chunks(path: Path) -> Iterator[bytes]:
    """The bytes of a file; of a workbook or an archive those of its members."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                with archive.open(member) as stream:
                    yield from iter(lambda: stream.read(_CHUNK), b"")
        return
    with path.open("rb") as stream:
        yield from iter(lambda: stream.read(_CHUNK), b"")


def _in_database(
    needles: Needles, url: str, name: str, schemas: Iterable[str] | None, kept_apart: Iterable[str]
) -> list[Leak]:
    leaks = []
    connection = psycopg2.connect(url, application_name="bidui privacy")
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(
                "select n.nspname, c.relname from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace"
                " where c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition"
                " and n.nspname !~ '^(pg_|information_schema)' and (%s::text[] is null or n.nspname = any(%s::text[]))"
                " and n.nspname || '.' || c.relname <> all(%s::text[]) order by 1, 2",
                (schemas, schemas, list(kept_apart)),
            )
            for schema, table in cursor.fetchall():
                found = needles.found_in(_rows(connection, schema, table))
                if found:
                    leaks.append(Leak(f"{name}: {schema}.{table}", len(found)))
    finally:
        connection.close()
    return leaks


def _rows(connection: psycopg2.extensions.connection, schema: str, table: str) -> Iterator[bytes]:
    """The rows of a table as text, a thousand at a time, by a server-side cursor."""
    with connection.cursor(name="privacy_rows") as cursor:
        cursor.itersize = 1000
        cursor.execute(
            sql.SQL("select t::text from {}.{} as t").format(sql.Identifier(schema), sql.Identifier(table))
        )
        while rows := cursor.fetchmany(cursor.itersize):
            yield "\n".join(row for (row,) in rows).encode()


@cache
def _places() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(PLACES.read_text(encoding="utf-8"))
    return content
