"""What the rows of a table show against it: noted row by row, told once the table has been read to its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bidui.contract import Extract
from bidui.landing.header import Header
from bidui.landing.part import Part
from bidui.problem import Problem

# So many rows with a flaw are named; all are counted.
NAMED_ROWS = 10


@dataclass
class FlawedRows:
    """How many rows have a flaw, the numbers of the first of them, and of the last."""

    count: int = 0
    first: list[int] = field(default_factory=list)
    last: int = 0

    def add(self, number: int) -> None:
        """Note a row."""
        self.count += 1
        self.last = number
        if len(self.first) < NAMED_ROWS:
            self.first.append(number)

    def __str__(self) -> str:
        return "、".join(map(str, self.first)) + (" …" if self.count > len(self.first) else "")


@dataclass
class RowFlaws:
    """Rows with more or fewer fields than the header, rows with NUL characters, and the positions of columns that have
    values and no header."""

    wide: FlawedRows = field(default_factory=FlawedRows)
    short: FlawedRows = field(default_factory=FlawedRows)
    nul: FlawedRows = field(default_factory=FlawedRows)
    unnamed_with_values: set[int] = field(default_factory=set)

    def problems(self, extract: Extract, part: Part, header: Header, rows_read: int) -> Iterator[Problem]:
        """All that was noted; what holds the file has the severity `hold`."""
        place = {"file": part.file, "sheet": part.sheet}
        if self.nul.count:
            yield _nul_characters(self.nul, place)
        if self.wide.count:
            yield _too_many_fields(self.wide, header.width, place)
        if part.cut_short and self.short.last == rows_read:
            yield _truncated(rows_read, header.width, place)
        for position in sorted(self.unnamed_with_values):
            yield _without_header(position, extract, part, header)
        if self.short.count:
            yield _too_few_fields(self.short, header.width, place)


def _nul_characters(rows: FlawedRows, place: dict[str, Any]) -> Problem:
    return Problem(
        code="text.nul",
        what_zh=f"有空字符（NUL），共 {rows.count} 行",
        what_en=f"there are NUL characters, in {rows.count} rows",
        **place, row=rows.first[0],
        expected_zh="只含文字和数字的文本",
        expected_en="text only",
        found="NUL (0x00)",
        fix_zh="重新导出；该文件可能在导出或传输时损坏，或是 UTF-16 编码",
        fix_en="export it again; it was damaged on the way, or is in UTF-16",
    )  # fmt: skip


def _too_many_fields(rows: FlawedRows, width: int, place: dict[str, Any]) -> Problem:
    return Problem(
        code="row.too_many_fields",
        what_zh=f"字段比表头多，共 {rows.count} 行（{rows}）",
        what_en=f"more fields than the header, in {rows.count} rows ({rows})",
        **place, row=rows.first[0],
        expected_zh=f"{width} 个字段",
        expected_en=f"{width} fields",
        fix_zh="把含分隔符的字段用双引号括起来，或改用 .xlsx 报送",
        fix_en="put fields that hold the delimiter in double quotes, or send .xlsx",
    )  # fmt: skip


def _truncated(last_row: int, width: int, place: dict[str, Any]) -> Problem:
    return Problem(
        code="file.truncated",
        what_zh="文件在最后一行中间断开",
        what_en="the file breaks off in the middle of its last row",
        **place, row=last_row,
        expected_zh=f"{width} 个字段和换行符",
        expected_en=f"{width} fields and a line break",
        fix_zh="重新完整导出并上传",
        fix_en="export it again and upload all of it",
    )  # fmt: skip


def _without_header(position: int, extract: Extract, part: Part, header: Header) -> Problem:
    merged = any(first <= position <= last for first, last in header.merged_over)
    return Problem(
        code="header.merged" if merged else "header.unnamed",
        severity="hold" if merged or extract.drift.new_column == "hold" else "warn",
        what_zh="合并的表头单元格下有多列数据" if merged else "有数据的列没有表头",
        what_en="a merged header cell stands over several columns of data" if merged
        else "a column with data has no header",
        file=part.file, sheet=part.sheet, row=header.last_row, column=part.letter(position),
        expected_zh="每列一个表头",
        expected_en="one header for each column",
        fix_zh="取消合并，为每列写上表头" if merged else "补上表头，或删除该列",
        fix_en="unmerge it and give each column its header" if merged else "add the header or remove the column",
    )  # fmt: skip


def _too_few_fields(rows: FlawedRows, width: int, place: dict[str, Any]) -> Problem:
    return Problem(
        code="row.too_few_fields",
        severity="warn",
        what_zh=f"字段比表头少，共 {rows.count} 行（{rows}），缺少的按空白处理",
        what_en=f"fewer fields than the header, in {rows.count} rows ({rows}); taken as blank",
        **place, row=rows.first[0],
        expected_zh=f"{width} 个字段",
        expected_en=f"{width} fields",
        fix_zh="检查这些行是否完整",
        fix_en="check whether these rows are complete",
    )  # fmt: skip
