"""Databases of their own on the session's server, cloned from two that are made once: migrated, and prepared for nights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count

import psycopg2
import pytest
from psycopg2 import sql


@contextmanager
def fresh_warehouse() -> Iterator[str]:
    """Yield the URL of a fresh warehouse with migrations applied; it is BIDUI_WAREHOUSE_URL in the block, and dropped after."""
    from bidui.warehouse.migrate import migrate

    with _clone("test_migrated", migrate) as url:
        yield url


@contextmanager
def prepared_warehouse() -> Iterator[str]:
    """The same with reference data, empty staging tables and roles too, as `bidui up` leaves it."""
    from bidui.warehouse.prepare import prepare

    with _clone("test_prepared", prepare) as url:
        yield url


@contextmanager
def _clone(template: str, make: Callable[[], object]) -> Iterator[str]:
    from bidui.warehouse import embedded
    from bidui.warehouse.connection import transaction
    from bidui.warehouse.migrate import migrate

    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BIDUI_WAREHOUSE_URL", embedded.ensure_database(template))
        make()  # quick when it has been made
        name = _copy(template)
        try:
            url = embedded.ensure_database(name)
            environment.setenv("BIDUI_WAREHOUSE_URL", url)
            with transaction(url) as connection, connection.cursor() as cursor:
                # Rights on the database itself do not come with a copy.
                cursor.execute("delete from ledger.migration where file = '020_roles.sql'")
            migrate(url)
            yield url
        finally:
            embedded.drop_database(name)


def _copy(template: str) -> str:
    """Copy a database of the session's server under the first name that is free, and return the name.

    Under one name, module after module: for a database of another name dbt parses the whole project anew.
    """
    from bidui.warehouse import embedded

    with closing(psycopg2.connect(embedded.superuser_url())) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute("select datname from pg_database")
        taken = {database for (database,) in cursor.fetchall()}
        name = next(name for name in map("test_{}".format, count(1)) if name not in taken)
        cursor.execute(
            sql.SQL("create database {} template {} owner {}").format(
                *map(sql.Identifier, (name, template, embedded.OWNER))
            )
        )
    return name
