"""Export one outward table, with a sidecar that says which night and run it shows and proves its bytes."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2.extensions

from bidui import handed_out
from bidui.connector import sha256_of
from bidui.export import csv_file, parquet_file
from bidui.export.reader import Login, Relation, outward_table, relation_of, role_for
from bidui.night.published import not_published
from bidui.problem import ProblemError
from bidui.warehouse.reading import same_moment, shows_names, within_rights
from bidui.workbook import replacing

FORMATS: dict[str, Callable[[psycopg2.extensions.connection, Relation, Path], int]] = {
    "csv": csv_file.write,
    "parquet": parquet_file.write,
}

NIGHT = """
select r.as_of, r.run_id, r.fingerprint
from ledger.published_night as p
inner join ledger.run as r
    on case when %(night)s::date is null then r.run_id = p.run_id else r.as_of = %(night)s and r.status = 'published' end
"""

# What people wrote about a field check may name somebody; who may not see names is not shown it.
NAMING = frozenset({"field_check"})


@dataclass(frozen=True)
class Export:
    """What was written: the file, its sidecar, the night it shows, its rows and the digest of its bytes."""

    path: Path
    sidecar: Path
    as_of: dt.date
    rows: int
    sha256: str
    is_masked: bool


def export(
    table_name: str, path: Path, file_format: str, *, by: str, role: str | None = None, login: Login | None = None,
    night: dt.date | None = None,
) -> Export:  # fmt: skip
    """Write an outward table as `login` (else the platform's login of `role`) sees it; returns what was written.

    Rows, night and fingerprint are of one moment: both connections share a snapshot. `<path>.meta.json` beside it holds
    night, run, fingerprint, rows, sha256 and what each column means; the export is a record in `ledger.export`. Raises
    ProblemError for an unknown table, one the login may not read, a night that is not published, a place that cannot
    be written, a reading that takes longer than the login may.
    """
    table = outward_table(table_name)
    reader = login or role_for(table, role)
    with same_moment(reader.url, application="bidui export") as (owner, reading):
        run = _run(owner, night)
        relation = relation_of(reading, table, night)
        with replacing(path) as beside, within_rights(relation.name):
            rows = FORMATS[file_format](reading, relation, beside)
        sees_names = shows_names(owner, reader.name)
        done = Export(
            path, path.with_name(f"{path.name}.meta.json"), run["as_of"], rows, sha256_of(path),
            is_masked=not (sees_names and (table.schema == "audit" or NAMING & relation.columns.keys())),
        )  # fmt: skip
        with handed_out.on_record_or_gone([path, done.sidecar]):
            _write_sidecar(done, relation, run, file_format, reader)
            handed_out.record(
                owner, "table", relation.name, done.as_of, path, [path], rows,
                by=by, login=reader.name, is_masked=done.is_masked, beside=[done.sidecar],
            )  # fmt: skip
    return done


def _run(owner: psycopg2.extensions.connection, night: dt.date | None) -> dict[str, Any]:
    with owner.cursor() as cursor:
        cursor.execute(NIGHT, {"night": night})
        row = cursor.fetchone()
    if row is None:
        raise ProblemError(not_published(night))
    return {"as_of": row[0], "run_id": row[1], "fingerprint": row[2]}


def _write_sidecar(done: Export, relation: Relation, run: dict[str, Any], file_format: str, reader: Login) -> None:
    meant = relation.table.columns
    content = {
        "table": relation.name,
        "grain": relation.table.grain,
        "as_of": done.as_of.isoformat(),
        "run_id": str(run["run_id"]),
        "fingerprint": run["fingerprint"],
        "format": file_format,
        "rows": done.rows,
        "sha256": done.sha256,
        "login": reader.name,
        "is_masked": done.is_masked,
        "columns": [
            {"name": name, "type": kind, "meaning": meant[name].meaning if name in meant else None}
            for name, kind in relation.columns.items()
        ],
    }
    with replacing(done.sidecar) as beside:
        beside.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
