"""What is wrong with a header that was found: missing, twice, too wide, drifted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bidui.contract import Extract
from bidui.landing.header import Header
from bidui.landing.part import Part
from bidui.problem import Problem


def header_problems(part: Part, header: Header, extract: Extract) -> Iterator[Problem]:
    """Everything that is wrong with the header of a table; what holds the file has the severity `hold`."""
    place = {"file": part.file, "sheet": part.sheet, "row": header.last_row}
    yield from _too_wide(header, extract, place)
    yield from _missing(header, place)
    yield from _twice(part, header, place)
    yield from _not_agreed(header, extract, place)
    yield from _missing_optional(header, extract, place)


def _too_wide(header: Header, extract: Extract, place: dict[str, Any]) -> Iterator[Problem]:
    if header.width > extract.common.max_columns:
        yield Problem(
            code="header.too_wide",
            what_zh=f"有 {header.width} 列，不像“{extract.title.zh}”",
            what_en=f"{header.width} columns do not look like “{extract.title.en}”",
            **place,
            expected_zh=f"约 {len(extract.columns)} 列，至多 {extract.common.max_columns} 列",
            expected_en=f"about {len(extract.columns)} columns, at most {extract.common.max_columns}",
            found=str(header.width),
            fix_zh="只导出约定的列",
            fix_en="export the agreed columns only",
        )


def _missing(header: Header, place: dict[str, Any]) -> Iterator[Problem]:
    is_merged = header.merged_over and header.rows == 1
    for column in header.missing_required:
        near = header.nearest_to(column)
        aliases_zh = f"（或 {'、'.join(column.aliases)}）" if column.aliases else ""
        aliases_en = f" (or {', '.join(column.aliases)})" if column.aliases else ""
        yield Problem(
            code="header.missing",
            what_zh="缺少必需的表头" + ("，表头行有合并单元格" if is_merged else ""),
            what_en="a required header is missing" + ("; the header row has merged cells" if is_merged else ""),
            **place,
            column=column.header,
            expected_zh=f"{column.header}{aliases_zh}",
            expected_en=f"{column.header}{aliases_en}",
            found=near,
            fix_zh=f"把表头“{near}”改为“{column.header}”，或请平台管理员增加别名" if near else "补上这一列后重新放入",
            fix_en=f"rename header {near!r} to {column.header!r}, or have the alias added"
            if near
            else "add this column and deliver the file again",
        )


def _twice(part: Part, header: Header, place: dict[str, Any]) -> Iterator[Problem]:
    for column, positions in header.repeated:
        letters = "、".join(part.letter(position) for position in positions)
        yield Problem(
            code="header.twice",
            severity="hold" if column.required else "warn",
            what_zh=f"表头出现 {len(positions)} 次（{letters} 列）",
            what_en=f"this header is there {len(positions)} times (columns {letters})",
            **place,
            column=column.header,
            expected_zh="只出现一次",
            expected_en="once only",
            fix_zh="删除或改名多余的一列" + ("" if column.required else "；现取第一列"),
            fix_en="remove or rename the other column" + ("" if column.required else "; the first is taken"),
        )


def _not_agreed(header: Header, extract: Extract, place: dict[str, Any]) -> Iterator[Problem]:
    if header.unknown:
        yield Problem(
            code="header.new_column",
            severity="hold" if extract.drift.new_column == "hold" else "info",
            what_zh="有约定以外的列",
            what_en="there are columns that were not agreed",
            **place,
            found="、".join(text for _, text in header.unknown),
            fix_zh="如需使用这些列，请平台管理员修改约定；否则可删除",
            fix_en="have the contract changed if they are to be used, else remove them",
        )


def _missing_optional(header: Header, extract: Extract, place: dict[str, Any]) -> Iterator[Problem]:
    for column in header.missing_optional:
        near = header.nearest_to(column)
        yield Problem(
            code="header.missing_optional",
            severity="hold" if extract.drift.missing_optional == "hold" else "warn" if near else "info",
            what_zh="缺少可选的表头",
            what_en="an optional header is missing",
            **place,
            column=column.header,
            found=near,
            fix_zh="如有这一列，请按约定写表头",
            fix_en="if you have this column, write its header as agreed",
        )
