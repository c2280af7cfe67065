"""CSV as Chinese Excel opens it: UTF-8 with BOM, written by the server's COPY as it comes.

A text that a spreadsheet would take for a formula gets an apostrophe in front: quoting does not stop a spreadsheet.
Parquet holds every text as it is.
"""

from __future__ import annotations

import codecs
from pathlib import Path

import psycopg2.extensions
from psycopg2 import sql

from bidui.export.reader import Relation

# Half and full width: spreadsheets in Chinese take both. Control characters in front are skipped by some.
READ_AS = {"text": r"case when {name} ~ E'^[\t\r\n]*[=+@＝＋－＠-]' then '''' || {name} else {name} end"}


def write(connection: psycopg2.extensions.connection, relation: Relation, path: Path) -> int:
    """Copy the relation's rows into `path`, in flat memory; returns how many."""
    copy = sql.SQL("copy ({}) to stdout with (format csv, header true, encoding 'UTF8')").format(relation.select(READ_AS))
    with path.open("wb") as stream, connection.cursor() as cursor:
        stream.write(codecs.BOM_UTF8)
        cursor.copy_expert(copy, stream)
        return int(cursor.rowcount)
