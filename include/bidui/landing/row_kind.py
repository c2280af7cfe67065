"""Which rows of a table are data, and which are its titles, repeated headers, blanks and footers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bidui.contract import Extract
from bidui.contract.header_text import header_key
from bidui.landing.header import Header

# Blanks of all kinds, marks without width, and the end-of-file sign of DOS.
_INVISIBLE = " \t\r\n\v\f\x00\x1a\x1c\x1d\x1e\x1f\x85\xa0\u2000\u2002\u2003\u2009\u200b\u200c\u200d\u2028\u2029\u202f\u3000\ufeff"
_BLANKS = re.compile(r"\s+")
# After a footer's beginning: nothing more, or what it introduces (制表人：…). No village or person is called so.
_FOOTER_ONLY = re.compile(r"人?(:.*)?", re.DOTALL)


class RowKinds:
    """Tells the rows under one header apart.

    A row whose first cell begins with a letter or digit that is none of `suspects` is data: nearly all rows are, and
    only the others need to be asked for with `of`. `starts` are the texts that `suspects` are the first characters of.
    """

    def __init__(self, extract: Extract, header: Header) -> None:
        self._header = header
        self._required = [match.position for match in header.matched if match.column.required]
        self._footers = tuple(_folded(start) for start in extract.footer_starts)
        self._header_cells = [list(row) for row in header.cells]
        self._header_keys = {match.position: header_key(match.text) for match in header.matched}
        self.starts = [start for start in (*self._footers, *(row[0] for row in header.cells)) if start]
        self.suspects = frozenset(start[0] for start in self.starts)

    def above(self, number: int, row: Sequence[str]) -> str:
        """What a row up to the header's last is: `title`, `blank` or `header`."""
        if number >= self._header.row:
            return "header"
        return "title" if _filled(row) else "blank"

    def of(self, row: Sequence[str]) -> str | None:
        """Why a row below the header is skipped (`blank`, `header`, `footer`), or None for a row that lands."""
        filled = _filled(row)
        if not filled:
            return "blank"
        width = self._header.width
        padded = [*row[:width], *[""] * (width - len(row))]
        if padded in self._header_cells or all(header_key(padded[p]) == key for p, key in self._header_keys.items()):
            return "header"
        folded = _folded(filled)
        if folded.startswith(self._footers):
            if any(_FOOTER_ONLY.fullmatch(folded, len(start)) for start in self._footers if folded.startswith(start)):
                return "footer"
            # A village may be called like a footer: a row with every required value is data all the same.
            others = [padded[position].strip() for position in self._required if padded[position] != filled]
            if not others or not all(others):
                return "footer"
        return None


def _folded(text: str) -> str:
    """`合  计` and `合计：` begin alike."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text))


def _filled(row: Sequence[str]) -> str:
    """The first cell that holds something, or an empty text."""
    return next((cell for cell in row if cell and cell.strip(_INVISIBLE)), "")
