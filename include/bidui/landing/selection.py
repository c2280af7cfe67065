"""Which tables of a file are the extract, and under which header. A doubtful file is held, never guessed at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from bidui.contract import Extract
from bidui.landing.container import container_of
from bidui.landing.delimited import DELIMITERS, DelimitedPart, encoding_of, head_of
from bidui.landing.file_problem import nested
from bidui.landing.header import Header, find_header
from bidui.landing.header_problem import header_problems
from bidui.landing.part import Part
from bidui.landing.size_limit import check_size
from bidui.landing.spread import check_spread
from bidui.landing.unpack import unpack
from bidui.landing.workbook import SheetPart, Workbook
from bidui.problem import Problem, ProblemError


@dataclass(frozen=True)
class Selected:
    """A table to land, its header, and the texts above the header's last row (titles)."""

    part: Part
    header: Header
    titles: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Selection:
    """All tables to land of one file; problems that do not hold it (hidden sheets left out)."""

    container: str
    tables: tuple[Selected, ...]
    problems: tuple[Problem, ...] = ()


class HeaderError(ProblemError):
    """A header was found and the file must be held for it; carries what was found."""

    def __init__(self, problems: Iterable[Problem], part: Part, header: Header) -> None:
        super().__init__(problems)
        self.part = part
        self.header = header


def select(path: Path, file: str, extract: Extract, workspace: Path) -> Selection:
    """Tell what the file at `path` is and find the extract's tables in it.

    `file` is the name to show and to record; a zip is unpacked into `workspace`. A table that is not the extract holds
    the file, unless it is empty or a hidden sheet. Raises ProblemError when the file must be held.
    """
    container = container_of(path, file)
    if container not in extract.file.formats:
        raise ProblemError(_not_agreed(file, container, extract))
    if container != "zip":
        return _tables(path, file, file, container, extract)
    tables: list[Selected] = []
    problems: list[Problem] = []
    for name, member in unpack(path, file, workspace, extract.common):
        source_name = f"{file}/{name}"
        inner = container_of(member, source_name)
        if inner == "zip":
            raise ProblemError(nested(file, name))
        if inner == "ods":
            raise ProblemError(_not_agreed(source_name, inner, extract))
        selection = _tables(member, source_name, source_name, inner, extract)
        tables += selection.tables
        problems += selection.problems
    return Selection(container, tuple(tables), tuple(problems))


def _tables(path: Path, file: str, source_name: str, container: str, extract: Extract) -> Selection:
    if container == "csv":
        part = text_part(path, file, source_name, extract)
        return Selection(container, (_with_header(part, extract),))
    if container == "xlsx":
        check_size(path, file, extract.common.max_unpacked_mb, extract.common.max_unpack_ratio)
        check_spread(path, file, container)
    return _sheets(Workbook(path, file, source_name, container), extract)


def text_part(path: Path, file: str, source_name: str, extract: Extract) -> DelimitedPart:
    """A text file with the encoding and delimiter under which its header is found best."""
    codec = encoding_of(path, file, extract.file.encodings)
    if extract.file.delimiter:
        return DelimitedPart(path, file, source_name, codec, extract.file.delimiter)

    def matches(delimiter: str) -> tuple[int, int]:
        head = head_of(path, codec, delimiter, extract.common.header_search_rows + 1)
        header = find_header(head, extract)
        return (len(header.matched) if header else 0, max((len(row) for row in head), default=0))

    return DelimitedPart(path, file, source_name, codec, max(DELIMITERS, key=matches))


def _sheets(book: Workbook, extract: Extract) -> Selection:
    tables: list[Selected] = []
    strangers: list[SheetPart] = []
    problems: list[Problem] = []
    for sheet in book.sheets:
        header = _header_of(sheet, extract)
        if header is not None:
            if sheet.hidden and not sheet.is_empty:
                raise ProblemError(_hidden_table(sheet))
            tables.append(_checked(sheet, header, extract))
        elif not sheet.is_empty:
            if sheet.hidden:
                problems.append(_hidden_stranger(sheet))
            else:
                strangers.append(sheet)
        if header is None or len(tables) > 1:
            sheet.close()  # at most one sheet is kept in memory
    if not tables and not strangers:
        raise ProblemError(_nothing(book.file))
    if not tables:
        raise ProblemError(_no_header(strangers[0], extract))
    if strangers:
        raise ProblemError([_stranger(sheet, tables[0].part.sheet or "") for sheet in strangers])
    if len(tables) > 1:
        for table in tables:
            table.part.source_name = f"{book.source_name}#{table.part.sheet}"
    return Selection(book.container, tuple(tables), tuple(problems))


def _head(part: Part, extract: Extract) -> list[list[str]]:
    return list(islice(part.rows(), extract.common.header_search_rows + 1))


def _header_of(part: Part, extract: Extract) -> Header | None:
    return find_header(_head(part, extract), extract, part.merged)


def _with_header(part: Part, extract: Extract) -> Selected:
    header = _header_of(part, extract)
    if header is None:
        raise ProblemError(_no_header(part, extract))
    return _checked(part, header, extract)


def _checked(part: Part, header: Header, extract: Extract) -> Selected:
    problems = tuple(header_problems(part, header, extract))
    if any(problem.severity == "hold" for problem in problems):
        raise HeaderError(problems, part, header)
    titles = tuple(
        cell.strip() for row in islice(part.rows(), header.last_row - 1) for cell in row if cell and cell.strip()
    )
    return Selected(part, header, titles, problems)


def _no_header(part: Part, extract: Extract) -> Problem:
    wanted = "、".join(column.header for column in extract.required or extract.columns)
    return Problem(
        code="header.none",
        what_zh=f"前 {extract.common.header_search_rows} 行中没有“{extract.title.zh}”的表头",
        what_en=f"no header of “{extract.title.en}” in the first {extract.common.header_search_rows} rows",
        file=part.file,
        sheet=part.sheet,
        expected_zh=wanted,
        expected_en=wanted,
        fix_zh="检查是否放错了文件或文件夹，编码是否正确，是否删掉了表头行",
        fix_en="check that it is the right file and folder, the encoding is right and the header row is still there",
    )


def _stranger(sheet: SheetPart, main: str) -> Problem:
    return Problem(
        code="sheet.other",
        what_zh="工作簿里还有一张不是本数据项的工作表",
        what_en="the workbook has another sheet that is not this extract",
        file=sheet.file,
        sheet=sheet.sheet,
        expected_zh=f"只有数据表（如“{main}”）；数据分成几张表时，每张都带同样的表头",
        expected_en=f"data sheets only (such as {main!r}); when the data are split, each with the same header",
        fix_zh="删除这张表后重新放入",
        fix_en="remove this sheet and deliver the file again",
    )


def _hidden_table(sheet: SheetPart) -> Problem:
    return Problem(
        code="sheet.hidden",
        what_zh="有一张隐藏的工作表也带本数据项的表头",
        what_en="a hidden sheet carries this extract's header too",
        file=sheet.file,
        sheet=sheet.sheet,
        expected_zh="没有隐藏的数据表",
        expected_en="no hidden data sheets",
        fix_zh="取消隐藏（若属于本次报送）或删除该表",
        fix_en="unhide it (if it belongs to this delivery) or remove it",
    )


def _hidden_stranger(sheet: SheetPart) -> Problem:
    return Problem(
        code="sheet.hidden_other",
        severity="info",
        what_zh="隐藏的工作表未读取",
        what_en="a hidden sheet was left out",
        file=sheet.file,
        sheet=sheet.sheet,
    )


def _nothing(file: str) -> Problem:
    return Problem(
        code="file.empty",
        what_zh="工作簿里没有数据",
        what_en="the workbook holds nothing",
        file=file,
        expected_zh="含表头和数据行的工作表",
        expected_en="a sheet with a header and rows",
        fix_zh="重新导出；上一次已接收的数据继续有效",
        fix_en="export it again; the data accepted last stay in force",
    )


def _not_agreed(file: str, container: str, extract: Extract) -> Problem:
    return Problem(
        code="file.not_agreed",
        what_zh="文件格式不在约定之内",
        what_en="this kind of file was not agreed",
        file=file,
        expected_zh="、".join(extract.file.formats),
        expected_en=", ".join(extract.file.formats),
        found=container,
        fix_zh="改用约定的格式",
        fix_en="send it in an agreed format",
    )
