"""Who read what: every statement of a login that sees people is in the server's log, and the log can be read back.

Where pgaudit is loaded it writes the log, else the server itself does (`log_statement`). Either way the log belongs to
the server's operator: statements may hold what their author typed. What is reported from it names logins, days and views,
never a statement.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Literal

import psycopg2
import psycopg2.extensions
import sqlglot
from psycopg2 import sql
from sqlglot import exp

Mode = Literal["pgaudit", "statements", "off"]

# A line of a server whose log_line_prefix is `embedded.LINE_PREFIX`.
_LINE = re.compile(
    r"^(?P<at>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\S* \S+ \[(?P<session>\d+)\] (?P<login>\S+)@(?P<database>\S+) "
    r"LOG:  (?P<kind>AUDIT: |statement: |execute fetch from |execute |fastpath function call: )(?P<statement>.*)$"
)
# `execute NAME/PORTAL: statement`. The client chooses the name, and it may hold a colon: whatever could be the statement
# is read as one.
_NAMED = re.compile(r": (?=\s*(?:select|with|table|values|copy|declare|explain|[-/(]))", re.IGNORECASE)
# pgaudit writes: type, statement and sub-statement number, class, command, object's type and name, statement, parameters.
_NUMBER, _COMMAND, _STATEMENT = 1, 4, 7
# Where the query starts in a statement: after `declare … cursor for`, `explain`, `copy (`; nowhere in `begin` or `set`.
_QUERY = re.compile(r"\b(?:select|with|table|values|copy)\b", re.IGNORECASE)
# Statements within a statement, as text that is put together when it runs: nobody can tell from the log what was read.
_HIDES_STATEMENTS = re.compile(
    r"\bdo\b|\b(?:query|table|schema|database|cursor)_to_xml|\bts_(?:stat|rewrite)\b", re.IGNORECASE
)
# A longer statement goes on in lines that start with a tab.
_CONTINUED = "\t"


@dataclass(frozen=True)
class Access:
    """One statement of a login: when it came and which outward views it read (`schema.view`; an `_asof` function
    counts as its view). `views` is empty where it read none; `is_readable` is false where the statement could not be
    understood."""

    login: str
    at: dt.datetime
    views: tuple[str, ...]
    is_readable: bool = True


def switch_on(cursor: psycopg2.extensions.cursor, login_name: str) -> None:
    """Have every statement of the login written to the server's log, where the server lets its owner decide that.

    Its errors are not: they quote the value that could not be read (`invalid input syntax …: "<a name>"`), and the
    statement is in the log already.
    """
    wanted = {"pgaudit": [("pgaudit.log", "read")], "statements": [("log_statement", "all")]}.get(mode(cursor), [])
    cursor.execute("select has_parameter_privilege(current_user, 'log_min_messages', 'set')")
    if wanted and cursor.fetchone() == (True,):
        wanted.append(("log_min_messages", "log"))
    for name, value in wanted:
        cursor.execute(
            sql.SQL("alter role {} set {} to {}").format(
                sql.Identifier(login_name), sql.SQL(".").join(map(sql.Identifier, name.split("."))), sql.Literal(value)
            )
        )


def mode(cursor: psycopg2.extensions.cursor) -> Mode:
    """How this server logs accesses: by pgaudit, by `log_statement`, or not at all (its owner may not decide it)."""
    cursor.execute(
        "select current_setting('pgaudit.log', true) is not null"
        "   and has_parameter_privilege(current_user, 'pgaudit.log', 'set'),"
        " has_parameter_privilege(current_user, 'log_statement', 'set')"
    )
    row = cursor.fetchone()
    by_pgaudit, by_statement = row if row is not None else (False, False)
    if by_pgaudit:
        return "pgaudit"
    return "statements" if by_statement else "off"


def read(paths: Iterable[Path], database: str, views: frozenset[str], search_path: tuple[str, ...]) -> Iterator[Access]:
    """Read the accesses to a database out of log files, oldest file first, one statement at a time.

    `views` are the outward views (`schema.view`); a name without a schema is looked for along `search_path`.
    """
    for path in paths:
        with path.open(encoding="utf-8", errors="replace") as lines:
            for login, at, readings in _statements(lines, database):
                found = [_views_of(reading, views, search_path) for reading in readings]
                # Each reading is an end of the one before it: where the first is not understood, anything may have been read.
                is_readable = bool(found) and found[0] is not None
                yield Access(login, at, tuple(sorted({*chain(*filter(None, found))})), is_readable)


def _statements(lines: Iterable[str], database: str) -> Iterator[tuple[str, dt.datetime, tuple[str, ...]]]:
    """Login, time, and what each entry may say was run: none where it does not say it."""
    audited: dict[str, tuple[str, str]] = {}
    run: set[tuple[str, str, int]] = set()
    entry: re.Match[str] | None = None
    text: list[str] = []
    for line in chain(lines, [""]):
        if entry is not None and line.startswith(_CONTINUED):
            text.append(line[1:])
            continue
        if entry is not None:
            session, login, said = entry["session"], entry["login"], "".join(text)
            at = dt.datetime.fromisoformat(entry["at"])
            if entry["kind"] == "AUDIT: ":
                said_by_pgaudit = _audited(session, said, audited)
                if said_by_pgaudit is not None:
                    yield login, at, (said_by_pgaudit,)
            elif entry["kind"] == "statement: ":
                yield login, at, (said,)
            elif entry["kind"].startswith("execute"):
                readings = tuple(said[named.end() :] for named in _NAMED.finditer(said)) or (said,)
                # The blocks of a cursor are one statement. A name may say "fetch from" too: the first time it counts.
                seen = (session, login, hash(readings))
                if not entry["kind"].endswith("fetch from ") or seen not in run:
                    yield login, at, readings
                run.add(seen)
            else:
                yield login, at, ()
        entry = _LINE.match(line)
        if entry is not None and entry["database"] != database:
            entry = None
        text = [entry["statement"], "\n"] if entry is not None else []


def _audited(session: str, line: str, last: dict[str, tuple[str, str]]) -> str | None:
    """The statement in a line of pgaudit; None where nothing was read (PREPARE) or the line before said it already:
    COPY and DECLARE come once for themselves and once for their query, under one statement number."""
    fields = next(csv.reader(io.StringIO(line)))
    said = (fields[_NUMBER], fields[_STATEMENT])
    if fields[_COMMAND] == "PREPARE" or last.get(session) == said:
        return None
    last[session] = said
    return said[1]


def _views_of(statement: str, views: frozenset[str], search_path: tuple[str, ...]) -> tuple[str, ...] | None:
    """The outward views and functions that a statement reads; None when that cannot be told."""
    if _HIDES_STATEMENTS.search(statement):
        return None
    query = _QUERY.search(statement)
    if query is None:
        return ()
    try:
        trees = [tree for tree in sqlglot.parse(statement[query.start() :], read="postgres") if tree is not None]
    except sqlglot.errors.SqlglotError:
        return None
    named = {place for tree in trees for node in tree.find_all(exp.Table, exp.Anonymous) if (place := _place(node))}
    found = set()
    for schema, name in named:
        candidates = [f"{place}.{name}" for place in ([schema] if schema else search_path)]
        found.update([candidate for candidate in candidates if candidate in views][:1])
    return tuple(sorted(found))


def _place(node: exp.Expression) -> tuple[str, str] | None:
    """(schema or '', name) of a table or of a function that is called; a view's `_asof` function counts as the view."""
    if isinstance(node, exp.Table):
        # A function in FROM is found as the call inside.
        return None if isinstance(node.this, exp.Anonymous) else (node.db.lower(), node.name.lower())
    holder = node.parent
    schema = ""
    if isinstance(holder, exp.Table):
        schema = holder.db
    elif isinstance(holder, exp.Dot):
        schema = holder.this.name
    return schema.lower(), node.name.lower().removesuffix("_asof")
