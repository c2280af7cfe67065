"""Asking the warehouse as somebody: rows, and whether the server refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg2
import psycopg2.extensions

from hand_made_facts import HandMadeFacts

OTHER_COUNTY = "990102000000"
SECRETS = ("欧阳明月", "990102199001019999", "99010119900101123X")
OUTWARD = ("audit", "published", "analyst")
PRIVATE = ("raw", "staging", "reference", "parse", "mart_identity", "mart_comparison", "mart_finding", "mart_summary")

Connect = Callable[..., psycopg2.extensions.connection]


def rows(connection: psycopg2.extensions.connection, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return list(cursor.fetchall())


def refused(connection: psycopg2.extensions.connection, statement: str) -> bool:
    """Whether the server refuses for lack of rights (a read-only transaction is no right, so it is switched off)."""
    with connection.cursor() as cursor:
        cursor.execute("set default_transaction_read_only = off")
        try:
            cursor.execute(statement)
        except psycopg2.errors.InsufficientPrivilege:
            return True
        return False


def relations(county: HandMadeFacts, *schemas: str) -> list[tuple[str, str]]:
    return [
        (schema, name)
        for schema, name in county.query(
            "select table_schema, table_name from information_schema.tables where table_schema = any(%s) order by 1, 2",
            list(schemas),
        )
    ]
