"""Statements with logic of their own, each a file of SQL: `include/sql/query/<name>.sql`."""

from __future__ import annotations

from bidui.home import sql_dir


def query(name: str) -> str:
    """The text of a statement. Its first comment says what it gives, who reads it and which parameters it takes.

    `%(name)s` are psycopg2's parameters; `{name}` are identifiers and parts of SQL, for `psycopg2.sql` to put in.
    """
    return (sql_dir() / "query" / f"{name}.sql").read_text(encoding="utf-8")
