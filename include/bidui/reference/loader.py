"""`bidui reference load`: a county's divisions, aliases and parameters, checked as a whole, then loaded as a record."""

from __future__ import annotations

import datetime as dt
import getpass
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import psycopg2.extensions
from psycopg2 import sql
from psycopg2.extras import execute_values

from bidui.problem import Problem, ProblemError
from bidui.reference.division import ALIAS_COLUMNS, DIVISION_COLUMNS, check_aliases, check_divisions
from bidui.reference.parameter import (
    PARAMETER_COLUMNS,
    PARAMETER_OPTIONAL,
    check_parameters,
    known_parameters,
)
from bidui.reference.table import Table, read_table
from bidui.warehouse import lock

DIVISIONS, ALIASES, PARAMETERS = "divisions.csv", "division_aliases.csv", "parameters.csv"
PERIOD_COLUMNS = ("valid_from", "valid_to")

_FORMS = {
    DIVISIONS: (DIVISION_COLUMNS, PERIOD_COLUMNS),
    ALIASES: (ALIAS_COLUMNS, (*PERIOD_COLUMNS, "note")),
    PARAMETERS: (PARAMETER_COLUMNS, PARAMETER_OPTIONAL),
}
_TARGETS = {
    DIVISIONS: ("division", ("division_code", "division_level", "name", "parent_code", "valid_from", "valid_to")),
    ALIASES: ("division_alias", ("alias", "division_code", "valid_from", "valid_to", "note")),
    PARAMETERS: (
        "county_parameter",
        ("rule_id", "parameter", "key", "value", "division_code", "valid_from", "valid_to"),
    ),
}


@dataclass(frozen=True)
class ReferenceLoad:
    """What a load did: its record, rows per file, warnings; `changed` is false when it said nothing new."""

    load_id: int
    rows: dict[str, int]
    warnings: tuple[Problem, ...]
    changed: bool


def load(
    connection: psycopg2.extensions.connection, folder: Path, loaded_by: str | None = None
) -> ReferenceLoad:
    """Check and load `divisions.csv`, `division_aliases.csv` and `parameters.csv` of a folder, in one transaction.

    A file replaces everything that an earlier load of that file brought; a file that is not there leaves what is
    loaded; a parameter that nothing names stays at the shipped default. The load is a row of ledger.reference_load
    with the text and hash of each file; loading the same again writes nothing. The caller commits.

    Raises ProblemError with every problem found, or while a night is computed or proved, which would read old and new
    divisions mixed; then nothing is loaded.
    """
    tables = _read(folder)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", (lock.REFERENCE,))
        rows, problems = _check(cursor, tables)
        holding = [problem for problem in problems if problem.severity == "hold"]
        if holding:
            raise ProblemError(holding)
        warnings = tuple(problem for problem in problems if problem.severity != "hold")
        counts = {name: len(rows[name]) for name in tables}
        digest = _digest(cursor, tables)
        cursor.execute("select load_id, digest from ledger.reference_load order by load_id desc limit 1")
        last = cursor.fetchone()
        if last is not None and last[1] == digest:
            return ReferenceLoad(int(last[0]), counts, warnings, changed=False)
        _refuse_under_a_night(cursor)
        for name in tables:
            _replace(cursor, name, rows[name])
        cursor.execute(
            "insert into ledger.reference_load (loaded_by, files, digest) values (%s, %s, %s) returning load_id",
            (
                loaded_by or getpass.getuser(),
                json.dumps(
                    {
                        table.name: {"sha256": table.sha256, "rows": len(rows[table.name]), "text": table.text}
                        for table in tables.values()
                    },
                    ensure_ascii=False,
                ),
                digest,
            ),
        )
        [(load_id,)] = cursor.fetchall()
        return ReferenceLoad(int(load_id), counts, warnings, changed=True)


def _refuse_under_a_night(cursor: psycopg2.extensions.cursor) -> None:
    """No night can begin before the caller's transaction ends: freezing waits for the load's lock, rebuilds and proofs
    are refused by these."""
    cursor.execute("select pg_try_advisory_xact_lock(%s)", (lock.REPLAY,))
    if cursor.fetchone() != (True,):
        raise ProblemError(_proving())
    cursor.execute("select pg_try_advisory_xact_lock_shared(%s)", (lock.REBUILD,))
    is_rebuilding = cursor.fetchone() != (True,)
    cursor.execute("select min(as_of) from ledger.night_under_way where status = 'running'")
    [(night,)] = cursor.fetchall()
    if is_rebuilding or night is not None:
        raise ProblemError(_night_running(night))


def _proving() -> Problem:
    return Problem(
        code="reference_while_proving",
        what_zh="正在核验以往一夜，参考数据暂不能更换",
        what_en="an earlier night is being proved with the reference data that is loaded now",
        fix_zh="等 bidui replay 结束后重试",
        fix_en="try again when `bidui replay` has ended",
    )


def _night_running(night: dt.date | None) -> Problem:
    return Problem(
        code="reference_while_running",
        what_zh=f"正在比对 {night}，参考数据暂不能更换" if night else "正在重算以往各夜，参考数据暂不能更换",
        what_en=f"the night {night} is being computed from the reference data that is loaded now"
        if night
        else "earlier nights are being rebuilt from the reference data that is loaded now",
        fix_zh="等其结束后重试（比对任务已失败或中断的，先清除重跑）",
        fix_en="try again when it has ended (if its task failed or was cut off, clear that task first)",
    )


def _read(folder: Path) -> dict[str, Table]:
    tables = {
        name: read_table(folder / name, *form) for name, form in _FORMS.items() if (folder / name).is_file()
    }
    if not tables:
        raise ProblemError(
            Problem(
                code="reference_nothing", file=str(folder),
                what_zh="文件夹中没有参考数据文件" if folder.is_dir() else "没有这个文件夹",
                what_en="the folder holds no reference data" if folder.is_dir() else "there is no such folder",
                expected_zh="、".join(_FORMS), expected_en=", ".join(_FORMS),
                fix_zh="放入其中至少一个文件", fix_en="put in at least one of these files",
            )
        )
    return tables


def _check(
    cursor: psycopg2.extensions.cursor, tables: dict[str, Table]
) -> tuple[dict[str, list[tuple[str, ...]]], list[Problem]]:
    """Rows per file, and the problems of all files together."""
    problems = [problem for table in tables.values() for problem in table.problems]
    rows: dict[str, list[tuple[str, ...]]] = {}
    if DIVISIONS in tables:
        rows[DIVISIONS], levels, found = check_divisions(tables[DIVISIONS])
        problems += found
    else:
        cursor.execute("select division_code, division_level from reference.division")
        levels = dict(cursor.fetchall())
    if ALIASES in tables:
        rows[ALIASES], found = check_aliases(tables[ALIASES], levels)
        problems += found
    elif DIVISIONS in tables:
        problems += _orphaned_aliases(cursor, levels)
    if PARAMETERS in tables:
        rows[PARAMETERS], found = check_parameters(tables[PARAMETERS], known_parameters(), levels)
        problems += found
    return rows, problems


def _orphaned_aliases(cursor: psycopg2.extensions.cursor, levels: dict[str, str]) -> list[Problem]:
    cursor.execute("select count(*) from reference.division_alias where division_code <> all(%s)", (list(levels),))
    row = cursor.fetchone()
    if row is None or not row[0]:
        return []
    return [
        Problem(
            code="reference_alias_orphaned", severity="warn", file=ALIASES,
            what_zh=f"已载入的 {row[0]} 个别名所指的区划不在新的 {DIVISIONS} 中，不再起作用",
            what_en=f"{row[0]} aliases loaded before name divisions that the new {DIVISIONS} lacks; they do nothing",
            fix_zh="一并给出新的别名文件", fix_en="load a new alias file together with it",
        )
    ]


def _digest(cursor: psycopg2.extensions.cursor, tables: dict[str, Table]) -> str:
    """Digest of what will be in force: the files given, and the last ones of the others."""
    cursor.execute(
        "select distinct on (file.key) file.key, file.value ->> 'sha256'"
        " from ledger.reference_load as l, jsonb_each(l.files) as file order by file.key, l.load_id desc"
    )
    hashes = dict(cursor.fetchall()) | {table.name: table.sha256 for table in tables.values()}
    return hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest()


def _replace(cursor: psycopg2.extensions.cursor, name: str, rows: list[tuple[str, ...]]) -> None:
    table, columns = _TARGETS[name]
    target = sql.Identifier("reference", table)
    cursor.execute(sql.SQL("delete from {}").format(target))
    execute_values(
        cursor,
        sql.SQL("insert into {} ({}) values %s").format(target, sql.SQL(", ").join(map(sql.Identifier, columns))),
        [
            tuple(None if column in ("parent_code", "note") and not value else value for column, value in pairs)
            for pairs in (list(zip(columns, row, strict=True)) for row in rows)
        ],
        page_size=2000,
    )
    cursor.execute(sql.SQL("analyze {}").format(target))
