"""A sheet that is printed and filled in by hand: lines of text cells across A4 portrait, a page break after each form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from bidui.workbook.lines import LINE_HEIGHT, MOST_LINES, lines_of

if TYPE_CHECKING:
    from bidui.workbook.safe_sheet import Book

Style = Literal["title", "note", "heading", "label", "text", "answer"]
Part = tuple[str, int]

# A workbook takes 1,023 manual breaks in a sheet.
MOST_FORMS = 500

_TEXT = {"num_format": "@", "text_wrap": True, "valign": "top", "font_size": 10}
_BOXED = {**_TEXT, "border": 1, "border_color": "#7F7F7F"}
_STYLES: dict[Style, dict[str, Any]] = {
    "title": {**_TEXT, "bold": True, "font_size": 15, "align": "center", "valign": "vcenter"},
    "note": {**_TEXT, "font_size": 9, "font_color": "#404040"},
    "heading": {**_BOXED, "bold": True, "bg_color": "#DDEBF7", "valign": "vcenter"},
    "label": {**_BOXED, "bg_color": "#F2F2F2", "valign": "vcenter"},
    "text": _BOXED,
    "answer": _BOXED,
}
_TITLE_HEIGHT = 24


class FormSheet:
    """One sheet of a `Book`, of columns `widths` (in characters; 92 fill the page), begun by `Book.forms`."""

    def __init__(self, book: Book, name: str, widths: Sequence[float]) -> None:
        self._book, self._widths = book, tuple(widths)
        self._sheet = book.add_worksheet(name)
        for position, width in enumerate(widths):
            self._sheet.set_column(position, position, width)
        self._sheet.set_portrait()
        self._sheet.set_paper(9)  # A4
        # The width fits whatever font an office has; the height is left to the breaks.
        self._sheet.fit_to_pages(1, 0)
        self._sheet.set_margins(left=0.4, right=0.4, top=0.4, bottom=0.5)
        self._sheet.center_horizontally()
        self._sheet.hide_gridlines(2)
        self._sheet.set_footer("&C&P / &N")
        self._line = 0
        self._breaks: list[int] = []

    def line(self, style: Style, *parts: Part | tuple[str, int, Style], least: int = 1) -> None:
        """Write a line: texts, each over so many columns and in the line's style or its own; at least `least` lines high."""
        lines, position = least, 0
        for text, columns, *_ in parts:
            lines = max(lines, lines_of(text, sum(self._widths[position : position + columns])))
            position += columns
        if position != len(self._widths):
            raise ValueError(f"a line of {position} columns on a form of {len(self._widths)}")
        height = _TITLE_HEIGHT if style == "title" else LINE_HEIGHT * min(lines, MOST_LINES) + 2
        self._sheet.set_row(self._line, height)
        position = 0
        for text, columns, *own in parts:
            cell = self._book.format(_STYLES[own[0] if own else style])
            if columns > 1:
                self._sheet.merge_range(self._line, position, self._line, position + columns - 1, "", cell)
            if text:
                self._sheet.write_string(self._line, position, text, cell)
            else:
                self._sheet.write_blank(self._line, position, None, cell)
            position += columns
        self._line += 1

    def end_form(self) -> None:
        """The next line begins a page."""
        self._breaks.append(self._line)

    def finish(self) -> None:
        """Set the breaks between forms, and the part that is printed."""
        self._sheet.set_h_pagebreaks([line for line in self._breaks if line < self._line])
        self._sheet.print_area(0, 0, max(self._line - 1, 0), len(self._widths) - 1)
