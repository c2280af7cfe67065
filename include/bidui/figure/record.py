"""Typed-in figures on record: one load per file, an input of every night from the next one on."""

from __future__ import annotations

import json
from dataclasses import astuple, fields

import psycopg2.extensions
from psycopg2 import sql
from psycopg2.extras import execute_values

from bidui.figure.reader import Figure, FigureFile

SAME_AS_LAST = """
select load_id
from ledger.reported_figure_load
where sha256 = %(sha256)s and not exists (
    select
    from ledger.reported_figure_load as later
    where later.load_id > reported_figure_load.load_id and later.reports && reported_figure_load.reports
)
order by load_id desc
limit 1
"""


def record(connection: psycopg2.extensions.connection, file: FigureFile, loaded_by: str) -> int:
    """Write the figures of a file to the ledger and return the load's number.

    A report loaded again stands as loaded last. A file that says nothing new writes nothing and gives the number of
    the load that stands. The caller commits.
    """
    with connection.cursor() as cursor:
        cursor.execute(SAME_AS_LAST, {"sha256": file.sha256})
        row = cursor.fetchone()
        if row is not None:
            return int(row[0])
        cursor.execute(
            "insert into ledger.reported_figure_load (loaded_by, source_name, sha256, reports, figures, problems)"
            " values (%s, %s, %s, %s, %s, %s) returning load_id",
            (
                loaded_by, file.name, file.sha256, file.reports, len(file.figures),
                json.dumps([problem.as_dict() for problem in file.problems], ensure_ascii=False),
            ),
        )
        [(load_id,)] = cursor.fetchall()
        columns = ["load_id", *(field.name for field in fields(Figure))]
        execute_values(
            cursor,
            sql.SQL("insert into ledger.reported_figure ({}) values %s").format(
                sql.SQL(", ").join(map(sql.Identifier, columns))
            ),
            [(load_id, *astuple(figure)) for figure in file.figures],
            page_size=1000,
        )
    return int(load_id)
