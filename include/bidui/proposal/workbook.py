"""One workbook per town: the registry's rows as delivered, in its own headers, each proposal beside the value it is about.

What is printed stands first: who it is, what is proposed and on what grounds, room for the answer. The rest of the
registry's columns follow for the screen. They keep what the registry says: should such a file ever be dropped as a registry, no unverified value
goes in with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import psycopg2.extensions
from psycopg2 import sql

from bidui import handed_out
from bidui.contract import Extract, Sources
from bidui.night.published import require_published
from bidui.warehouse.query import query
from bidui.workbook import Book, Cell, Column, Mark, all_or_none, file_stem, open_book

CLAIMS = "select subject_kind, field, claim, claim_zh from reference.proposable_field"

# The registry's extract of each kind of subject, and what a proposal that is no column of it is called.
SHEETS = {"person": "registry_person", "household": "registry_household"}
BESIDE = {"member": "家庭成员"}
# By which columns of the registry a reader knows whom a row is about, where its extract has them.
WHOM = {"village_name": 10, "household_no": 19, "person_name": 9, "id_no": 19}
CONFIDENCE = {"high": "把握高 high", "medium": "把握中 medium", "low": "把握低 low"}
SAYS = {"proposed": "支持建议值", "registry": "支持名册值", "other": "另有他值"}
MARKS: dict[str, Mark] = {"high": "changed", "medium": "changed", "low": "muted"}
UNVERIFIED = "未核实"


@dataclass(frozen=True)
class _Place:
    """What stands in a column: the registry's value of a field, the household's head, the proposal for a field, all
    proposals, their basis, an answer."""

    kind: Literal["registry", "head", "proposal", "proposals", "basis", "answer"]
    field: str = ""


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
        cursor.execute(query("proposal_towns"), {"night": night, "county": county, "town": town})
        towns = cursor.fetchall()
    stems = {code: file_stem(f"清洗建议_{UNVERIFIED}_{name}_{code or ''}_{night}") for code, name, _ in towns}
    files = [out / f"{stem}.xlsx" for stem in stems.values()]
    handed_out.refuse_if_edited(connection, "table", files)
    with all_or_none(out) as beside:
        for code, name, _ in towns:
            with open_book(beside / f"{stems[code]}.xlsx", created=night, title=f"清洗建议（{UNVERIFIED}）") as book:
                for kind, extract in SHEETS.items():
                    _sheet(connection, book, sources, sources.extracts[extract], kind, night, code, name, claims)
    written = Written(out, len(files), sum(count for *_, count in towns))
    with handed_out.on_record_or_gone(files):
        handed_out.record(connection, "table", "audit.cleansing_proposal", night, out, files, written.proposals, by=by)
    return written


def _sheet(
    connection: psycopg2.extensions.connection, book: Book, sources: Sources, extract: Extract, kind: str,
    night: dt.date, town: str | None, name: str, claims: dict[tuple[str, str, str], str],
) -> None:  # fmt: skip
    given = {"night": night, "kind": kind, "town": town}
    with connection.cursor() as cursor:
        cursor.execute(query("proposed_fields"), given)
        proposed = {field for (field,) in cursor.fetchall()}
    columns, places = _columns(extract, proposed)
    titles = {column.name: column.header for column in extract.columns} | BESIDE
    sheet = book.sheet(
        f"{extract.title.zh.split('/')[-1].strip()}_{UNVERIFIED}", columns,
        titles=(
            f"{name} 清洗建议（{UNVERIFIED}，核实前不得录入名册） · unverified: not to be entered before it was checked",
            f"比对日期 {night}；黄色为建议值，灰色为把握低；“无”为应清空；名册其余各列在右侧"
            " · yellow: proposed, grey: low confidence, 无: none; more columns to the right",
        ),
        frozen=min(3, next(at for at, place in enumerate(places) if place.kind not in ("registry", "head"))),
    )  # fmt: skip
    for row, proposals, head_name in _rows(connection, extract, given):
        cells: list[Cell] = []
        marks: dict[int, Mark] = {}
        ordered = [place.field for place in places if place.kind == "proposal" and place.field in proposals]
        told = {
            "head": head_name,
            "proposals": "\n".join(_proposal(titles, row, field, proposals[field]) for field in ordered),
            "basis": "\n".join(
                f"{titles[field]}：{_basis(proposals[field]['basis'], kind, field, sources, claims)}" for field in ordered
            ),
        }
        for position, place in enumerate(places):
            if place.kind == "registry":
                cells.append(row.get(place.field))
            elif place.kind == "proposal" and place.field in proposals:
                cells.append(proposals[place.field]["value"])
                marks[position] = MARKS[proposals[place.field]["confidence"]]
            else:
                cells.append(told.get(place.kind))
        sheet.row(cells, marks)


def _columns(extract: Extract, proposed: set[str]) -> tuple[list[Column], list[_Place]]:
    """The sheet's columns and what stands in each: first what is printed."""
    of_registry = {column.name: column for column in extract.columns}

    def pair(field: str, width: float, *, printed: bool) -> Iterator[tuple[Column, _Place]]:
        header = of_registry[field].header if field in of_registry else BESIDE[field]
        if field in of_registry:
            yield Column(header, width, printed=printed), _Place("registry", field)
        if field in proposed:
            yield Column(f"建议：{header}（{UNVERIFIED}）", 20, printed=printed), _Place("proposal", field)

    whom = [field for field in WHOM if field in of_registry]
    rest = [field for field in of_registry if field not in WHOM] + sorted(proposed - of_registry.keys())
    both = [
        *(one for field in whom for one in pair(field, WHOM[field], printed=True)),
        # A household's list has its number alone; people know it by its head.
        *([] if "person_name" in of_registry else [(Column("户主", 9), _Place("head"))]),
        (Column(f"建议（{UNVERIFIED}） · proposals", 36), _Place("proposals")),
        (Column("依据 · basis", 42), _Place("basis")),
        (Column("核实情况 · answer", 16), _Place("answer")),
        *(one for field in rest for one in pair(field, 12, printed=False)),
    ]
    return [column for column, _ in both], [place for _, place in both]


def _proposal(titles: dict[str, str], row: dict[str, Any], field: str, proposal: dict[str, Any]) -> str:
    """A proposal in a line, after what the registry says where the field is a column of it."""
    registry = f"{row[field] or '（空）'} → " if field in row else ""
    return f"{titles[field]}：{registry}{proposal['value']}（{CONFIDENCE[proposal['confidence']]}）"


def _rows(
    connection: psycopg2.extensions.connection, extract: Extract, given: dict[str, Any]
) -> Iterator[tuple[dict[str, Any], dict[str, Any], str | None]]:
    with connection.cursor(f"proposals_{extract.key}") as cursor:
        cursor.itersize = 1_000
        cursor.execute(sql.SQL(query("proposed_rows")).format(extract=sql.Identifier(extract.key)), given)
        yield from cursor


def _basis(
    basis: dict[str, Any], kind: str, field: str, sources: Sources, claims: dict[tuple[str, str, str], str]
) -> str:
    """Who says what, a line for all rows of a list that say the same."""
    rows_of: dict[tuple[str, str], list[str]] = {}
    for claim in basis["claims"]:
        extract = sources.extracts.get(claim["extract"])
        where = extract.title.zh if extract else claim["extract"]
        if "row_no" in claim:
            where += f" 批次{claim['batch_id']}"
        tier = f"，{claim['link_tier']}级关联" if "link_tier" in claim else ""
        says = f"{tier}，{claims[kind, field, claim['claim']]}，{SAYS[claim['says']]}"
        rows_of.setdefault((where, says), []).extend([f"{claim['row_no']}"] if "row_no" in claim else [])
    told = [f"{where} 第{'、'.join(rows)}行{says}" if rows else f"{where}{says}" for (where, says), rows in rows_of.items()]
    return "\n".join(told) + f"（{basis['departments']}个部门一致）"
