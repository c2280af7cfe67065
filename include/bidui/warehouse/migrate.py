"""Bring the warehouse to the shape of `include/sql/*.sql`: ordered, idempotent, re-applied when a file changes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import psycopg2.extensions

from bidui.home import sql_dir
from bidui.warehouse import lock
from bidui.warehouse.connection import transaction

MARK = """
insert into ledger.migration (file, sha256) values (%s, %s)
on conflict (file) do update set sha256 = excluded.sha256, applied_at = now()
"""


def migrate(url: str | None = None) -> list[str]:
    """Apply every SQL file that is new or has changed; return their names in the order applied.

    Files say the wanted state (`create … if not exists`, `create or replace`, `alter … add column if not exists`),
    so applying one again is safe. Files in the 900s are outward views: they need the marts, see `refresh_outward`.
    """
    with transaction(url) as connection:
        return [path.name for path in _files("[0-8]*.sql") if _apply(connection, path)]


def refresh_outward(url: str | None = None) -> list[str]:
    """(Re-)create outward views after a dbt build: a rebuild in dbt would have dropped dependent views silently."""
    with transaction(url) as connection:
        return [path.name for path in _files("9*.sql") if _apply(connection, path, always=True)]


def is_applied(name: str, digest: str) -> bool:
    """Whether this warehouse has `name` in the state `digest`."""
    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute("select 1 from ledger.migration where file = %s and sha256 = %s", (name, digest))
        return cursor.fetchone() is not None


def mark_applied(name: str, digest: str) -> None:
    """Remember that this warehouse has `name` in the state `digest`."""
    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute(MARK, (name, digest))


def digest_of_all(*parts: str) -> str:
    """One SHA-256 of several."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _files(pattern: str) -> list[Path]:
    return sorted(sql_dir().glob(pattern))


def _apply(connection: psycopg2.extensions.connection, path: Path, *, always: bool = False) -> bool:
    text = path.read_text(encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", (lock.MIGRATION,))
        cursor.execute("create schema if not exists ledger")
        cursor.execute(
            "create table if not exists ledger.migration"
            " (file text primary key, sha256 text not null, applied_at timestamptz not null default now())"
        )
        cursor.execute("select 1 from ledger.migration where file = %s and sha256 = %s", (path.name, digest))
        if cursor.fetchone() is not None and not always:
            return False
        cursor.execute(text)
        cursor.execute(MARK, (path.name, digest))
    return True
