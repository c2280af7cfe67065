"""A file being written: head, rows of town after town, footer; and what a reader will count in it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bidui.sample.delivery import Packing, fill, headers
from bidui.sample.layout import Layout
from bidui.sample.place import Place
from bidui.sample.table import Table
from bidui.sample.writer import Sheet, open_sheet


@dataclass
class OutFile:
    """One delivered file. `landed` and `skipped` add up to the rows a reader sees."""

    layout: Layout
    packing: Packing
    path: Path
    data_date: date
    container: str
    sheet: Sheet
    how: str
    landed: int = 0
    skipped: int = 0
    quarantined: int = 0
    sums: dict[str, float] = field(default_factory=dict)

    @property
    def next_row(self) -> int:
        """Number of the next row as a person sees it; the first line is 1."""
        return self.sheet.line

    def append(self, table: Table) -> int:
        """Write a table's rows and return the number of its first row."""
        first = self.next_row
        names = [column.name for column in self.layout.columns]
        if "serial_no" in table.columns:
            table.columns["serial_no"] = list(range(self.landed + 1, self.landed + 1 + table.rows))
        cells = [table.columns[name] for name in names]
        rows = range(first, first + table.rows)
        cells.extend([f"{beginning}{row}" for row in rows] for beginning in self.packing.extra.values())
        self.sheet.write(zip(*cells, strict=True))
        self.landed += table.rows
        self.quarantined += len(table.quarantined_rows())
        if self.packing.footer:
            for name in self.layout.sums:
                self.sums[name] = self.sums.get(name, 0.0) + sum(map(_number, table.columns[name]))
        return first

    def close(self) -> None:
        """Write the footer, if the list has one, and close the file; its time is noon of the data date."""
        names = [column.name for column in self.layout.columns]
        before, width = self.sheet.line, len(names) + len(self.packing.extra)
        if self.packing.blank_before_footer:
            self.sheet.write([[""] * width])
        if self.packing.footer:
            cells: list[Any] = ["合计"] + [""] * (width - 1)
            for name, total in self.sums.items():
                if names.index(name):
                    cells[names.index(name)] = f"{total:.2f}"
            self.sheet.write([cells])
        if self.packing.signature:
            note = f"制表人：经办员    审核人：股长    制表日期：{self.data_date:%Y.%m.%d}"
            self.sheet.write([[note] + [""] * (width - 1)])
        self.skipped += self.sheet.line - before
        self.sheet.close()
        set_time(self.path, self.data_date)


def set_time(path: Path, day: date) -> None:
    """Set a file's modification time to noon of a day."""
    stamp = datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()
    os.utime(path, (stamp, stamp))


def open_file(
    folder: Path, layout: Layout, packing: Packing, night: date, data_date: date, place: Place, seed: int, large: bool, how: str
) -> OutFile:
    """Open an extract's file for a night and write its titles and header; large counties send CSV."""
    counter = 1 + (night.toordinal() * 7 + len(layout.extract)) % 97
    name = fill(packing.file_name, place.county, data_date, counter)
    container = packing.container
    if large and container != "csv":
        container, name = "csv", str(Path(name).with_suffix(".csv"))
    path = folder / layout.department / layout.extract / name
    title = layout.title.split("/")[0].strip()[:20] or "Sheet1"
    width = len(layout.columns) + len(packing.extra)
    sheet = open_sheet(path, container, layout.encoding, width, title)
    file = OutFile(layout, packing, path, data_date, container, sheet, how)
    words = headers(layout, seed, f"{night:%Y%m%d}") + list(packing.extra)
    _write_head(file, place, words, counter)
    return file


def _write_head(file: OutFile, place: Place, words: Sequence[str], counter: int) -> None:
    layout, sheet = file.layout, file.sheet
    row = 1
    for index in range(layout.title_rows):
        text = file.packing.titles[index] if index < len(file.packing.titles) else ""
        sheet.merge(row, row, 0, len(words) - 1, fill(text, place.county, file.data_date, counter))
        row += 1
    if layout.header_rows == 1:
        for column, word in enumerate(words):
            sheet.merge(row, row, column, column, word)
    else:
        _write_groups(file, words, row)
    sheet.write([])
    file.skipped = file.sheet.line - 1


def _write_groups(file: OutFile, words: Sequence[str], row: int) -> None:
    """Write a header of several rows: group titles merged over their columns, other headers merged downwards."""
    layout, sheet = file.layout, file.sheet
    last = row + layout.header_rows - 1
    column = 0
    while column < len(words):
        group = layout.group_of(layout.columns[column].name)
        end = column
        if group is None:
            sheet.merge(row, last, column, column, words[column])
        else:
            while end + 1 < len(words) and layout.group_of(layout.columns[end + 1].name) == group:
                end += 1
            sheet.merge(row, last - 1, column, end, group)
            for inner in range(column, end + 1):
                sheet.merge(last, last, inner, inner, words[inner])
        column = end + 1


def _number(cell: Any) -> float:
    try:
        return float(cell)
    except (TypeError, ValueError):
        return 0.0
