"""One workbook per town: the registry's rows as delivered, in its own headers, each proposal beside the value it is about.

The registry's columns keep what the registry says: should such a file ever be dropped as a registry, no unverified value
goes in with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2.extensions
from psycopg2 import sql

from bidui import handed_out
from bidui.contract import Extract, Sources
from bidui.night.published import require_published
from bidui.workbook import Book, Cell, Column, Mark, file_stem, open_book

IN_FORCE = "p.from_night <= %(night)s and %(night)s < p.to_night"

TOWNS = f"""
select p.town_code, coalesce(min(d.name), '未定位'), count(*)
from mart_summary.cleansing_proposal as p
left join reference.division as d on p.town_code = d.division_code and d.valid_from <= %(night)s and %(night)s < d.valid_to
where {IN_FORCE}
    and (%(county)s::text is null or p.county_code = %(county)s) and (%(town)s::text is null or p.town_code = %(town)s)
group by p.town_code
order by p.town_code
"""  # noqa: S608  a constant of this module

FIELDS = f"""
select distinct p.field
from mart_summary.cleansing_proposal as p
where {IN_FORCE} and p.subject_kind = %(kind)s and p.town_code is not distinct from %(town)s
"""  # noqa: S608

ROWS = """
with wanted as (
    select registry_batch_id, registry_row_no, jsonb_object_agg(
        field, jsonb_build_object('value', proposed_value, 'confidence', confidence, 'basis', basis)
    ) as proposals
    from mart_summary.cleansing_proposal
    where from_night <= %(night)s and %(night)s < to_night
        and subject_kind = %(kind)s and town_code is not distinct from %(town)s
    group by 1, 2
)
select to_jsonb(r), w.proposals
from wanted as w
inner join raw.{extract} as r on w.registry_batch_id = r.batch_id and w.registry_row_no = r.row_no
order by w.registry_batch_id, w.registry_row_no
"""

CLAIMS = "select subject_kind, field, claim, claim_zh from reference.proposable_field"

# The registry's extract of each kind of subject, and what a proposal that is no column of it is called.
SHEETS = {"person": "registry_person", "household": "registry_household"}
BESIDE = {"member": "家庭成员"}
CONFIDENCE = {"high": "高 high", "medium": "中 medium", "low": "低 low"}
SAYS = {"proposed": "支持建议值", "registry": "支持名册值", "other": "另有他值"}
MARKS: dict[str, Mark] = {"high": "changed", "medium": "changed", "low": "muted"}
UNVERIFIED = "未核实"


@dataclass(frozen=True)
class Written:
    """What was written: `files` workbooks in `folder` with `proposals` proposals."""

    folder: Path
    files: int
    proposals: int


def write_proposals(
    connection: psycopg2.extensions.connection,
    sources: Sources,
    night: dt.date,
    out: Path,
    *,
    by: str,
    county: str | None = None,
    town: str | None = None,
) -> Written:
    """Write the proposals of a published night, a workbook per town, to `out`; the caller commits.

    Names and numbers are in the clear: the folder is 0700, files 0600, and the export is on record by name (`by`).
    Raises ProblemError when the night is not published or a file cannot be written.
    """
    require_published(connection, night)
    with connection.cursor() as cursor:
        cursor.execute(CLAIMS)
        claims = {(kind, field, claim): words for kind, field, claim, words in cursor.fetchall()}
        cursor.execute(TOWNS, {"night": night, "county": county, "town": town})
        towns = cursor.fetchall()
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = []
    for code, name, _ in towns:
        stem = file_stem(f"清洗建议_{UNVERIFIED}_{name}_{code or ''}_{night}")
        files.append(out / f"{stem}.xlsx")
        with open_book(files[-1], created=night, title=f"清洗建议（{UNVERIFIED}）") as book:
            for kind, extract in SHEETS.items():
                _sheet(connection, book, sources, sources.extracts[extract], kind, night, code, name, claims)
    written = Written(out, len(files), sum(count for *_, count in towns))
    handed_out.record(connection, "table", "audit.cleansing_proposal", night, out, files, written.proposals, by=by)
    return written


def _sheet(
    connection: psycopg2.extensions.connection, book: Book, sources: Sources, extract: Extract, kind: str,
    night: dt.date, town: str | None, name: str, claims: dict[tuple[str, str, str], str],
) -> None:  # fmt: skip
    given = {"night": night, "kind": kind, "town": town}
    with connection.cursor() as cursor:
        cursor.execute(FIELDS, given)
        proposed = {field for (field,) in cursor.fetchall()}
    columns, places = _columns(extract, proposed)
    sheet = book.sheet(
        f"{extract.title.zh.split('/')[-1].strip()}_{UNVERIFIED}", columns,
        titles=(
            f"{name} 清洗建议（{UNVERIFIED}，核实前不得录入名册） · unverified: not to be entered before it was checked",
            f"比对日期 {night}；黄色为建议值，灰色为把握低；“无”为应清空 · yellow: proposed, grey: low confidence, 无: none",
        ),
    )  # fmt: skip
    for row, proposals in _rows(connection, extract, given):
        cells: list[Cell] = []
        marks: dict[int, Mark] = {}
        for position, (field, is_proposal) in enumerate(places):
            if not is_proposal:
                cells.append(row.get(field))
            elif field in proposals:
                cells.append(proposals[field]["value"])
                marks[position] = MARKS[proposals[field]["confidence"]]
            else:
                cells.append(None)
        titles = {column.name: column.header for column in extract.columns} | BESIDE
        ordered = [field for field, is_proposal in places if is_proposal and field in proposals]
        cells.append("\n".join(f"{titles[field]}：{CONFIDENCE[proposals[field]['confidence']]}" for field in ordered))
        cells.append(
            "\n".join(
                f"{titles[field]}：{_basis(proposals[field]['basis'], kind, field, sources, claims)}"
                for field in ordered
            )
        )
        sheet.row(cells, marks)


def _columns(extract: Extract, proposed: set[str]) -> tuple[list[Column], list[tuple[str, bool]]]:
    """The sheet's columns, and per column the field and whether it holds proposals (the last two columns have no field)."""
    columns: list[Column] = []
    places: list[tuple[str, bool]] = []
    for column in extract.columns:
        columns.append(Column(column.header, 20 if column.personal else 12))
        places.append((column.name, False))
        if column.name in proposed:
            columns.append(Column(f"建议：{column.header}（{UNVERIFIED}）", 20))
            places.append((column.name, True))
    for field in sorted(proposed - {column.name for column in extract.columns}):
        columns.append(Column(f"建议：{BESIDE[field]}（{UNVERIFIED}）", 20))
        places.append((field, True))
    return [*columns, Column("把握 · confidence", 18), Column("依据 · basis", 60)], places


def _rows(
    connection: psycopg2.extensions.connection, extract: Extract, given: dict[str, Any]
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    with connection.cursor(f"proposals_{extract.key}") as cursor:
        cursor.itersize = 1_000
        cursor.execute(sql.SQL(ROWS).format(extract=sql.Identifier(extract.key)), given)
        yield from cursor


def _basis(
    basis: dict[str, Any], kind: str, field: str, sources: Sources, claims: dict[tuple[str, str, str], str]
) -> str:
    parts = []
    for claim in basis["claims"]:
        extract = sources.extracts.get(claim["extract"])
        where = extract.title.zh if extract else claim["extract"]
        if "row_no" in claim:
            where += f" 批次{claim['batch_id']} 第{claim['row_no']}行"
        tier = f"，{claim['link_tier']}级关联" if "link_tier" in claim else ""
        parts.append(f"{where}{tier}，{claims[kind, field, claim['claim']]}，{SAYS[claim['says']]}")
    return "；".join(parts) + f"（{basis['departments']}个部门一致）"
