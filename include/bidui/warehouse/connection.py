"""The one way to the warehouse: its URL, psycopg2 connections, the SQLAlchemy engine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import psycopg2.extensions
import sqlalchemy

from bidui.warehouse import embedded
from bidui.warehouse.discreet import DiscreetCursor


def is_external() -> bool:
    """Whether `BIDUI_WAREHOUSE_URL` names a server that is not ours to start and stop."""
    return bool(os.environ.get("BIDUI_WAREHOUSE_URL"))


def warehouse_url() -> str:
    """URL of the warehouse's owner: `BIDUI_WAREHOUSE_URL`, else the embedded server's."""
    return os.environ.get("BIDUI_WAREHOUSE_URL") or embedded.owner_url()


def connect(url: str | None = None, *, application: str = "bidui") -> psycopg2.extensions.connection:
    """Open a psycopg2 connection (transaction started by the first statement; commit is the caller's).

    Its errors quote nothing of a row (`discreet`).
    """
    return psycopg2.connect(url or warehouse_url(), application_name=application, cursor_factory=DiscreetCursor)


@contextmanager
def transaction(url: str | None = None) -> Iterator[psycopg2.extensions.connection]:
    """A connection that commits at the end of the block, rolls back on an exception, and closes."""
    connection = connect(url)
    try:
        with connection:
            yield connection
    finally:
        connection.close()


def engine() -> sqlalchemy.Engine:
    """SQLAlchemy engine for libraries that want one (Great Expectations, pandas)."""
    url = sqlalchemy.make_url(warehouse_url()).set(drivername="postgresql+psycopg2")
    return sqlalchemy.create_engine(
        url, hide_parameters=True, pool_pre_ping=True, connect_args={"cursor_factory": DiscreetCursor}
    )
