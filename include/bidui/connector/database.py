"""An Airflow connection as a SQLAlchemy engine that only reads, and what databases say when they refuse, in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from bidui.connector.refusal import connection_of, refusal
from bidui.contract import SqlOrigin

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.engine import ExceptionContext

DATABASES = yaml.safe_load(Path(__file__).with_name("databases.yml").read_text(encoding="utf-8"))


@contextmanager
def engine(origin: SqlOrigin) -> Iterator[Engine]:
    """An engine for the origin's connection. Nothing is connected yet. Raises PullError."""
    import sqlalchemy as sa

    connection = connection_of(origin.connection)
    extra = dict(connection.extra_dejson or {})
    driver = extra.get("driver") or DATABASES["kinds"].get(connection.conn_type, {}).get("driver")
    if driver is None:
        raise refusal("no_driver_named", origin.connection, detail=f"conn_type {connection.conn_type}")
    # Airflow makes a conn_type without a provider of its own `generic`; the driver tells the database all the same.
    known_by_driver = {kind["driver"]: kind.get("connect_args", {}) for kind in DATABASES["kinds"].values()}
    limits = {
        name: _limit(value, origin.timeout_seconds) for name, value in known_by_driver.get(driver, {}).items()
    }
    url = sa.URL.create(
        driver,
        username=connection.login,
        password=connection.password,
        host=connection.host,
        port=connection.port,
        database=connection.schema,
    )
    try:
        made = sa.create_engine(
            url,
            # values of rows and parameters never stand in an exception
            hide_parameters=True,
            poolclass=sa.pool.NullPool,
            connect_args=limits | extra.get("connect_args", {}),
        )
    except (sa.exc.NoSuchModuleError, ModuleNotFoundError, ImportError):
        raise refusal("no_driver", origin.connection, detail=driver) from None
    sa.event.listen(made, "handle_error", _leave_unread)
    try:
        yield made
    finally:
        made.dispose()


def _leave_unread(context: ExceptionContext) -> None:
    """Of a cut connection there is nothing more to read.

    PyMySQL reads a streamed result to its end when its cursor is closed, or collected: on a lost connection that raises
    anew, outside of every `try`, long after the error was told.
    """
    cursor = getattr(context.execution_context, "cursor", None)
    result = getattr(cursor, "_result", None)
    if context.is_disconnect and result is not None and hasattr(result, "unbuffered_active"):
        result.unbuffered_active = False


@contextmanager
def in_words(origin: SqlOrigin) -> Iterator[None]:
    """Turn what the driver raises into a PullError."""
    import sqlalchemy as sa

    place = origin.table or "origin.query"
    try:
        yield
    except sa.exc.DBAPIError as error:
        code = _code(error.orig)
        meaning = DATABASES["errors"].get(code) or ("too_slow" if _timed_out(error.orig) else _guess(error))
        raise refusal(meaning, origin.connection, place, detail=_named(error.orig, code, meaning)) from None
    except sa.exc.SQLAlchemyError as error:
        raise refusal("bad_query", origin.connection, place, detail=type(error).__name__) from None
    except (TimeoutError, ConnectionError) as error:
        meaning = "too_slow" if isinstance(error, TimeoutError) else "unreachable"
        raise refusal(meaning, origin.connection, place) from None


def _limit(value: Any, seconds: int) -> Any:
    """A connect argument of databases.yml; `{seconds}` and `{milliseconds}` are the origin's timeout."""
    if value == "{seconds}":
        return seconds
    return value.format(seconds=seconds, milliseconds=seconds * 1000) if isinstance(value, str) else value


def _code(error: BaseException | None) -> str:
    """The database's own code of an error: SQLSTATE, ORA-00942, or the first number."""
    state = getattr(error, "pgcode", None)
    if state:
        return str(state)
    first = error.args[0] if error is not None and error.args else None
    full = getattr(first, "full_code", None)  # oracledb
    return str(full or (first if isinstance(first, int) else ""))


def _named(error: BaseException | None, code: str, meaning: str) -> str | None:
    """The code; for a missing table or column also the server's words, which then hold names and nothing else."""
    if meaning in ("no_such_place", "no_such_column", "no_right") and error is not None and error.args:
        words = getattr(getattr(error, "diag", None), "message_primary", None)
        words = words or (error.args[1] if len(error.args) > 1 and isinstance(error.args[1], str) else None)
        return f"{code} {words}" if words else code
    return code or None


def _timed_out(error: BaseException | None) -> bool:
    text = str(error).lower()
    return "timed out" in text or "timeout" in text


def _guess(error: Any) -> str:
    """What an error without a code is about: psycopg2 gives none when it cannot connect."""
    import sqlalchemy as sa

    text = str(error.orig).lower()
    for words, meaning in DATABASES["messages"].items():
        if words in text:
            return str(meaning)
    return "unreachable" if isinstance(error, (sa.exc.OperationalError, sa.exc.InterfaceError)) else "bad_query"


