"""`raw.<extract>`: text as delivered, one partition per batch, filled by COPY."""

from __future__ import annotations

import io
from collections.abc import Iterator

import psycopg2.extensions
from psycopg2 import sql
from psycopg2.errors import CharacterNotInRepertoire, UntranslatableCharacter

from bidui.contract import Extract, Sources
from bidui.landing.copy_format import Chunk
from bidui.landing.delimited import DelimitedPart, not_in_encoding
from bidui.landing.reading import Reading
from bidui.problem import ProblemError

_SCHEMA = "raw"
_COPY_BYTES = 1 << 18


def partition_name(extract: str, batch_id: int) -> str:
    """Name of a batch's partition, without the schema."""
    return f"{extract}__b{batch_id}"


def ensure_raw_tables(connection: psycopg2.extensions.connection, sources: Sources) -> None:
    """Create `raw.<extract>` for every extract, so that staging models find their source before the first file."""
    with connection.cursor() as cursor:
        for extract in sources.extracts.values():
            ensure_table(cursor, extract)


def ensure_table(cursor: psycopg2.extensions.cursor, extract: Extract) -> None:
    """Create `raw.<extract>` from the contract, or add the columns that the contract has gained.

    Columns that a contract has lost stay: earlier batches hold them. One creator at a time.
    """
    cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"raw.{extract.key}",))
    cursor.execute(
        "select a.attname from pg_attribute as a"
        " where a.attrelid = to_regclass(%s) and a.attnum > 0 and not a.attisdropped",
        (f"{_SCHEMA}.{extract.key}",),
    )
    present = {name for (name,) in cursor.fetchall()}
    table = sql.Identifier(_SCHEMA, extract.key)
    if not present:
        columns = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(c.name)) for c in extract.columns)
        cursor.execute(
            sql.SQL(
                "create table {} (batch_id bigint not null, row_no bigint not null, {}) partition by list (batch_id)"
            ).format(table, columns)
        )
        cursor.execute(sql.SQL("comment on table {} is %s").format(table), (f"{extract.title} · {extract.grain}",))
        new = list(extract.columns)
    else:
        new = [column for column in extract.columns if column.name not in present]
        for column in new:
            cursor.execute(sql.SQL("alter table {} add column {} text").format(table, sql.Identifier(column.name)))
    for column in new:
        cursor.execute(
            sql.SQL("comment on column {}.{} is %s").format(table, sql.Identifier(column.name)), (column.header,)
        )


def fill_partition(
    cursor: psycopg2.extensions.cursor, extract: Extract, batch_id: int, reading: Reading
) -> None:
    """Create the batch's partition, COPY what `reading` gives into it and attach it.

    Call `ensure_table` first, in the same transaction: a table that is new in its transaction is filled without
    writing its rows to the log first, and frozen. Raises the ProblemError that reading raised; the caller rolls back.
    """
    partition = sql.Identifier(_SCHEMA, partition_name(extract.key, batch_id))
    parent = sql.Identifier(_SCHEMA, extract.key)
    batch = sql.Literal(batch_id)
    cursor.execute(sql.SQL("create table {} (like {} including comments)").format(partition, parent))
    cursor.execute(
        sql.SQL(
            "alter table {} alter column batch_id set default {}, add constraint batch_id_is check (batch_id = {})"
        ).format(partition, batch, batch)
    )
    # Rows that go through as they are get their numbers from the server: putting them in here costs as much as COPY.
    cursor.execute("create temporary sequence row_number cache 1000")
    cursor.execute(
        sql.SQL("alter table {} alter column row_no set default nextval('pg_temp.row_number')").format(partition)
    )
    _copy(cursor, partition, reading)
    cursor.execute(sql.SQL("alter table {} alter column row_no drop default").format(partition))
    cursor.execute("drop sequence pg_temp.row_number")
    # Rows lie in the order of row_no: a few pages of index find any of them.
    cursor.execute(sql.SQL("create index on {} using brin (row_no) with (pages_per_range = 16)").format(partition))
    cursor.execute(sql.SQL("alter table {} attach partition {} for values in ({})").format(parent, partition, batch))
    cursor.execute(sql.SQL("alter table {} drop constraint batch_id_is").format(partition))


def _copy(cursor: psycopg2.extensions.cursor, partition: sql.Identifier, reading: Reading) -> None:
    """COPY the rows, one command for each run of them. Raises ProblemError."""
    command = sql.SQL("copy {} ({}) from stdin with (format text, delimiter {}, null '', encoding {}, freeze)")
    stream = _ChunkStream(reading.chunks())
    try:
        while (first := stream.next_run()) is not None:
            names = reading.names
            if first.first_row is None:
                names = ("row_no", *names)
            else:
                cursor.execute("select setval('pg_temp.row_number', %s, false)", (first.first_row,))
            columns = sql.SQL(", ").join(map(sql.Identifier, names))
            delimiter, encoding = sql.Literal(reading.copy.delimiter), sql.Literal(reading.copy.server_encoding)
            cursor.copy_expert(command.format(partition, columns, delimiter, encoding), stream, size=_COPY_BYTES)
    except (CharacterNotInRepertoire, UntranslatableCharacter):
        # Plain lines are decoded by the server only; find the row to name. The server's message is not repeated.
        raise bad_bytes(reading) from None
    if stream.problem is not None:
        raise stream.problem


def bad_bytes(reading: Reading) -> ProblemError:
    """What to say of a file with bytes that the server could not decode."""
    if isinstance(reading.part, DelimitedPart):
        try:
            reading.part.find_bad_bytes()
        except ProblemError as error:
            return error
    return ProblemError(not_in_encoding(reading.part.file, None, reading.copy.codec))


class _ChunkStream(io.RawIOBase):
    """Chunks as a file that COPY reads, run by run.

    A problem ends the stream quietly and is kept: raised here, its text would go to the server and into its log.
    """

    def __init__(self, chunks: Iterator[Chunk]) -> None:
        self._chunks = (chunk for chunk in chunks if chunk.rows)
        self._rest = b""
        self.problem: ProblemError | None = None
        self._last: Chunk | None = None
        self._ahead = self._next()

    def next_run(self) -> Chunk | None:
        """Begin the next run of chunks that one COPY takes, and return its first; None at the end."""
        self._last = self._ahead
        return self._ahead

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The run's next bytes, at most `size` when given; b"" at its end."""
        if not self._rest:
            chunk = self._ahead
            if chunk is None or not (chunk is self._last or chunk.goes_on_after(self._last or chunk)):
                return b""
            self._rest, self._last = chunk.data, chunk
            self._ahead = self._next()
        if size < 0 or size >= len(self._rest):
            block, self._rest = self._rest, b""
        else:
            block, self._rest = self._rest[:size], self._rest[size:]
        return block

    def _next(self) -> Chunk | None:
        try:
            return next(self._chunks, None)
        except ProblemError as error:
            self.problem = error
            return None
