"""Parquet, row group by row group: every value as it is in the warehouse."""

from __future__ import annotations

from pathlib import Path

import psycopg2.extensions
import pyarrow as pa
import pyarrow.parquet as pq

from bidui.export.reader import Relation

ROWS_OF_A_GROUP = 20_000

# Money and shares stay exact: ten decimals, more than any view gives.
NUMERIC = pa.decimal128(38, 10)
READ_AS = {"numeric": f"round({{name}}, {NUMERIC.scale})", "jsonb": "{name}::text"}
TYPES = {
    "bigint": pa.int64(),
    "integer": pa.int32(),
    "smallint": pa.int16(),
    "boolean": pa.bool_(),
    "numeric": NUMERIC,
    "double precision": pa.float64(),
    "date": pa.date32(),
    "timestamp with time zone": pa.timestamp("us", tz="UTC"),
    "text[]": pa.list_(pa.string()),
}


def write(connection: psycopg2.extensions.connection, relation: Relation, path: Path) -> int:
    """Write the relation's rows to `path`, in flat memory; returns how many. JSON becomes text."""
    schema = pa.schema([pa.field(name, TYPES.get(kind, pa.string())) for name, kind in relation.columns.items()])
    rows = 0
    with connection.cursor(name="export") as cursor, pq.ParquetWriter(path, schema, compression="zstd") as writer:
        cursor.itersize = ROWS_OF_A_GROUP
        cursor.execute(relation.select(READ_AS))
        while some := cursor.fetchmany(ROWS_OF_A_GROUP):
            values = zip(*some, strict=True)
            arrays = [pa.array(column, field.type) for column, field in zip(values, schema, strict=True)]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            rows += len(some)
    return rows

