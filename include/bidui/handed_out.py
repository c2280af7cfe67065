"""What left the warehouse as a file: on record with who took it, and removed when its time is over.

Wherever such a file was written to, the record keeps its digest. A file that is still what was written is removed when
its time is over; one that somebody has filled in or replaced is theirs, and its export is named instead.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psycopg2.extensions

from bidui.connector import sha256_of
from bidui.problem import Problem, ProblemError

Kind = Literal["worklist", "table", "review", "story"]

RECORD = """
insert into ledger.export (
    kind, name, as_of, exported_by, login, place, files, rows, sha256, is_masked, digests
) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""

DUE = """
select export_id, place, sha256 is null as is_folder, digests
from ledger.export
where not is_masked and removed_on is null and exported_at < %s
order by export_id
for update
"""

WRITTEN = """
select distinct d.value
from ledger.export as e
cross join jsonb_each_text(e.digests) as d
where e.kind = %s and d.value = any(%s)
"""

REMOVED = "update ledger.export set removed_on = %s where export_id = %s"


@dataclass(frozen=True)
class Expired:
    """How many files were removed, and the exports beyond their time with a file that is no longer what was written.

    Exports by number: what somebody calls a file may be a person's name.
    """

    removed: int
    changed: tuple[int, ...]


def record(
    connection: psycopg2.extensions.connection, kind: Kind, name: str, as_of: dt.date, place: Path, files: Sequence[Path],
    rows: int, *, by: str, login: str | None = None, is_masked: bool = False, beside: Sequence[Path] = (),
) -> None:  # fmt: skip
    """Put an export on record, in the caller's transaction: who (`by`) took what of which night, and where to.

    `place` is the file itself, or the folder of `files`; `beside` are files that go with them (a sidecar, an index).
    """
    place = place.absolute()
    folder = place if place.is_dir() else place.parent
    digests = {str(file.absolute().relative_to(folder)): sha256_of(file) for file in (*files, *beside)}
    with connection.cursor() as cursor:
        cursor.execute(
            RECORD,
            (
                kind, name, as_of, by, login, str(place), len(files), rows,
                None if place.is_dir() else digests[place.name], is_masked, json.dumps(digests),
            ),
        )  # fmt: skip


@contextmanager
def on_record_or_gone(files: Collection[Path]) -> Iterator[None]:
    """Remove the files when the block, which puts them on record, fails: they hold names, and `expire` would never see them."""
    try:
        yield
    except BaseException:
        for path in files:
            path.unlink(missing_ok=True)
        raise


def refuse_if_edited(connection: psycopg2.extensions.connection, kind: Kind, files: Sequence[Path]) -> None:
    """Raise ProblemError when one of the files to be written is there and is no longer what an export wrote.

    Somebody has filled it in, or it is theirs: written over, that would be lost.
    """
    there = {file: sha256_of(file) for file in files if file.is_file()}
    if not there:
        return
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN, (kind, list(there.values())))
        written = {sha256 for (sha256,) in cursor.fetchall()}
    changed = [file for file, sha256 in there.items() if sha256 not in written]
    if changed:
        raise ProblemError([edited(file) for file in changed])


def edited(file: Path) -> Problem:
    """A file about to be written over that somebody has edited, or that is theirs."""
    return Problem(
        code="export.edited",
        file=file.name,
        what_zh="该文件已有人改动或填写，重新导出会丢失其内容",
        what_en="somebody has edited or filled in this file; exporting again would lose it",
        fix_zh=f"先收回或移走 {file}，或导出到别处",
        fix_en=f"take it in or move it away ({file}) first, or export to another place",
    )


def expire(connection: psycopg2.extensions.connection, today: dt.date, days: int) -> Expired:
    """Remove files with names that were written more than `days` ago, in the caller's transaction.

    A place that cannot be reached (a share that is not mounted) is looked at again the next time.
    """
    removed = 0
    changed: list[int] = []
    with connection.cursor() as cursor:
        cursor.execute(DUE, (today - dt.timedelta(days=days),))
        for export_id, place, is_folder, digests in cursor.fetchall():
            folder = Path(place) if is_folder else Path(place).parent
            if not folder.parent.is_dir():
                continue
            there = {folder / name: sha256 for name, sha256 in digests.items() if (folder / name).is_file()}
            as_written = [file for file, sha256 in there.items() if sha256_of(file) == sha256]
            for file in as_written:
                file.unlink()
            removed += len(as_written)
            if len(as_written) < len(there):
                changed.append(export_id)
                continue
            if is_folder:
                _remove_empty(folder)
            cursor.execute(REMOVED, (today, export_id))
    return Expired(removed, tuple(changed))


def _remove_empty(folder: Path) -> None:
    """Remove a folder of which nothing but empty folders is left."""
    if folder.is_dir() and not any(path.is_file() for path in folder.rglob("*")):
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir()
        folder.rmdir()
