"""How a file would be read, before anyone drops it: nothing is written, no warehouse is needed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

from bidui import clock
from bidui.connector import Delivery
from bidui.connector.delivery import readable_name
from bidui.contract import Extract, Sources
from bidui.contract.model import FEWEST_GATED_ROWS
from bidui.inspection.cell_check import CellChecks
from bidui.landing.container import container_of
from bidui.landing.data_date import DataDate
from bidui.landing.delimited import DELIMITERS, encoding_of, head_of
from bidui.landing.file_problem import no_rows
from bidui.landing.header import Header, find_header
from bidui.landing.land import data_date_of, future_date
from bidui.landing.part import Merged, Part
from bidui.landing.reading import Reading
from bidui.landing.selection import HeaderError, Selected, select
from bidui.landing.unpack import unpack
from bidui.landing.workbook import Workbook
from bidui.problem import Problem, ProblemError
from bidui.validation.gate import MOST_UNUSABLE
from bidui.validation.suite import Gate

# Row problems shown per kind; all are counted.
SHOWN_ROWS = 5


@dataclass
class RowTrouble:
    """One kind of trouble in rows: what, in which column, how often, and the first rows."""

    state: str
    what_zh: str
    what_en: str
    column: str
    gate: Gate | None = None
    count: int = 0
    rows: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class TableReport:
    """One table of the file as it would land. `reading` is None when its header holds the file."""

    part: Part
    header: Header
    reading: Reading | None = None
    data_date: DataDate | None = None
    troubles: tuple[RowTrouble, ...] = ()


@dataclass(frozen=True)
class Inspection:
    """What would become of a file."""

    file: str
    size: int
    extract: Extract | None
    guessed: bool
    container: str | None
    tables: tuple[TableReport, ...]
    problems: tuple[Problem, ...]

    @property
    def would_be_held(self) -> bool:
        """Whether landing or a share of unusable rows would hold the file; rows against last time come later."""
        return any(problem.severity == "hold" for problem in self.problems)


def inspect(path: Path, sources: Sources, key: str | None = None, as_of: date | None = None) -> Inspection:
    """Read `path` as the extract `key` (or the one whose header it has) would be read in the night `as_of`.

    Raises ProblemError when `key` is unknown or the path is no file.
    """
    if not path.is_file():
        raise ProblemError(_no_file(path))
    file, size = readable_name(path), path.stat().st_size
    as_of = as_of or clock.today()
    with tempfile.TemporaryDirectory() as name:
        workspace = Path(name)
        try:
            extract = sources.extract(key) if key else guess_extract(path, sources, workspace)
        except ProblemError as error:
            if key:
                raise
            return Inspection(file, size, None, True, None, (), error.problems)
        if extract is None:
            return Inspection(file, size, None, True, None, (), (_no_guess(file),))
        delivery = Delivery.of_file(extract.department, extract.key, path)
        tables: list[TableReport] = []
        problems: list[Problem] = []
        container: str | None = None
        try:
            selection = select(path, file, extract, workspace)
            container = selection.container
            problems += selection.problems
            tables += [_read(table, extract, delivery, as_of, problems) for table in selection.tables]
        except HeaderError as error:
            tables.append(TableReport(error.part, error.header))
            problems += error.problems
        except ProblemError as error:
            problems += error.problems
        if tables and all(table.reading is not None and not table.reading.rows_landed for table in tables):
            problems.append(no_rows(file))
        return Inspection(file, size, extract, key is None, container, tuple(tables), tuple(problems))


def _read(
    table: Selected, extract: Extract, delivery: Delivery, as_of: date, problems: list[Problem]
) -> TableReport:
    problems += table.problems
    day = data_date_of(table, extract, delivery, as_of)
    if day.is_future(as_of):
        problems.append(future_date(table, day, as_of))
    reading = Reading(extract, table.part, table.header)
    try:
        for _ in reading.chunks():
            pass
        problems += reading.problems
    except ProblemError as error:
        problems += error.problems
        return TableReport(table.part, table.header, reading, day)
    troubles, unusable = _row_troubles(table, extract, as_of)
    problems += _beyond_gates(table.part, extract, troubles, unusable, reading.rows_landed)
    return TableReport(table.part, table.header, reading, day, troubles)


def _row_troubles(table: Selected, extract: Extract, as_of: date) -> tuple[tuple[RowTrouble, ...], int]:
    """What the suite would say of cells, counted by kind; and how many rows it would set apart."""
    checks = CellChecks(extract, as_of)
    kinds: dict[tuple[str, str], RowTrouble] = {}
    unusable = 0
    reading = Reading(extract, table.part, table.header)
    names = checks.columns(reading.names)
    for row, cells in reading.rows():
        found = [(name, trouble) for name in names if (trouble := checks.trouble(name, cells[name]))]
        unusable += any(trouble.check and trouble.check.quarantines for _, trouble in found)
        for name, trouble in found:
            gate = trouble.check.gate if trouble.check else None
            kind = kinds.setdefault(
                (name, trouble.state),
                RowTrouble(trouble.state, trouble.zh, trouble.en, extract.by_name[name].header, gate),
            )
            kind.count += 1
            if len(kind.rows) < SHOWN_ROWS:
                kind.rows.append(row)
    return tuple(kinds.values()), unusable


def _beyond_gates(
    part: Part, extract: Extract, troubles: tuple[RowTrouble, ...], unusable: int, rows: int
) -> Iterator[Problem]:
    """What the night would hold the whole file for: blank or damaged values beyond their share, most rows unusable."""
    limits = {"blank_share": extract.gates.max_blank_share, "mangled_share": extract.gates.max_mangled_share}
    for trouble in troubles:
        if trouble.gate is None or trouble.count < FEWEST_GATED_ROWS or trouble.count <= limits[trouble.gate] * rows:
            continue
        share = trouble.count / rows
        blank = trouble.gate == "blank_share"
        yield Problem(
            code=f"gate.{trouble.gate}",
            file=part.file,
            sheet=part.sheet,
            column=trouble.column,
            what_zh=f"{trouble.count:,} 行（{share:.2%}）{trouble.what_zh}",
            what_en=f"{trouble.count:,} rows ({share:.2%}): {trouble.what_en}",
            expected_zh=f"不超过 {limits[trouble.gate]:.2%}",
            expected_en=f"at most {limits[trouble.gate]:.2%}",
            fix_zh="补填后再报送" if blank else "从原系统按文本格式重新导出",
            fix_en="fill them in before delivering" if blank else "export the column again as text",
        )
    if rows and unusable / rows > MOST_UNUSABLE:
        yield Problem(
            code="gate.unusable",
            file=part.file,
            sheet=part.sheet,
            what_zh=f"{rows:,} 行中有 {unusable:,} 行不能使用",
            what_en=f"{unusable:,} of {rows:,} rows cannot be used",
            expected_zh=f"不超过 {MOST_UNUSABLE:.0%}",
            expected_en=f"at most {MOST_UNUSABLE:.0%}",
            fix_zh="按下列各行的原因更正后再报送",
            fix_en="correct the rows listed before delivering",
        )


def guess_extract(path: Path, sources: Sources, workspace: Path) -> Extract | None:
    """The extract whose header the file has: the share of both sides' columns that match decides.

    None when no extract's header is there. Raises ProblemError when the file cannot be read at all.
    """
    heads = list(_heads(path, path.name, sources, workspace))
    best: tuple[float, Extract] | None = None
    for extract in sources.extracts.values():
        for head, merged in heads:
            header = find_header(head, extract, merged)
            if header is None:
                continue
            columns = len(header.matched) + len(header.unknown)
            likeness = 2 * len(header.matched) / (columns + len(extract.columns))
            if best is None or likeness > best[0]:
                best = (likeness, extract)
    return best[1] if best else None


def _heads(
    path: Path, file: str, sources: Sources, workspace: Path
) -> Iterator[tuple[list[list[str]], tuple[Merged, ...]]]:
    """The tops of all tables of a file, text under every delimiter."""
    rows = sources.common.header_search_rows + 1
    container = container_of(path, file)
    if container == "zip":
        inside = workspace / "guess"
        inside.mkdir()
        for name, member in unpack(path, file, inside, sources.common):
            yield from _heads(member, f"{file}/{name}", sources, workspace / "guess")
    elif container == "csv":
        codec = encoding_of(path, file, sources.common.encodings)
        for delimiter in DELIMITERS:
            yield head_of(path, codec, delimiter, rows), ()
    else:
        for sheet in Workbook(path, file, file, container).sheets:
            yield list(islice(sheet.rows(), rows)), sheet.merged
            sheet.close()


def _no_file(path: Path) -> Problem:
    return Problem(
        code="file.not_found",
        what_zh="没有这个文件",
        what_en="there is no such file",
        file=str(path),
        fix_zh="检查路径",
        fix_en="check the path",
    )


def _no_guess(file: str) -> Problem:
    return Problem(
        code="inspect.no_extract",
        what_zh="认不出是哪个数据项，没有找到任何约定的表头",
        what_en="no extract's header was found in it",
        file=file,
        fix_zh="用 --extract 指明数据项，看具体缺什么",
        fix_en="name the extract with --extract to see what is missing",
    )
