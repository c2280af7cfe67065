"""Plain rows of a text file, told by counting bytes: most of a file needs nothing else.

One pass in numpy over a block instead of one step in Python per row keeps landing within reach of a bare COPY.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

# How a row may begin, in bytes, to need no closer look: a digit, a letter, or a common Chinese character. Blanks,
# quotes, symbols and full-width forms begin otherwise.
_PLAIN_STARTS = {
    "utf-8": re.compile(rb"[0-9A-Za-z\xe4-\xe9]").match,
    "gb18030": re.compile(rb"[0-9A-Za-z]|[\x81-\xa0\xaa-\xfe][\x40-\xfe]").match,
}
# No amount is written in so many bytes; a column with longer cells is looked at row by row.
_WIDEST_AMOUNT = 64


_Bytes = np.ndarray[Any, np.dtype[np.uint8]]
_Places = np.ndarray[Any, np.dtype[np.intp]]


@dataclass(frozen=True)
class PlainRows:
    """Rows of one block that are all plain: where each field begins and ends."""

    raw: bytes
    _bytes: _Bytes
    _breaks: _Places

    @staticmethod
    def of(raw: bytes, codec: str, separator: str, width: int, suspects: tuple[bytes, ...]) -> PlainRows | None:
        """The rows of `raw` (whole lines that end in \\n, without quotes), or None when one of them wants a closer look:
        other than `width` fields, a beginning that is blank, unusual or one of `suspects`, a backslash, a NUL."""
        if width < 2 or b"\0" in raw or _has_backslash(raw, codec):
            return None
        content = np.frombuffer(raw, np.uint8)
        ends = np.flatnonzero(content == ord("\n"))
        separators = np.flatnonzero(content == ord(separator))
        if len(separators) != len(ends) * (width - 1):
            return None
        breaks = np.empty((len(ends), width + 1), np.intp)
        breaks[:, 1:width] = separators.reshape(len(ends), width - 1)
        breaks[:, width] = ends
        breaks[0, 0] = -1
        breaks[1:, 0] = ends[:-1]
        # In order, so each row has its own: else one row's would lie behind the end of another.
        if (breaks[:, 1] < breaks[:, 0]).any() or (breaks[:, width - 1] > ends).any():
            return None
        starts = _distinct_starts(content, breaks[:, 0] + 1)
        is_plain = _PLAIN_STARTS[codec]
        if any(start.startswith(suspects) for start in starts) or not all(map(is_plain, starts)):
            return None
        return PlainRows(raw, content, breaks)

    def __len__(self) -> int:
        """How many rows."""
        return len(self._breaks)

    def column(self, position: int) -> Counter[bytes] | None:
        """How often each cell of a column is there; None when one is too long to be an amount."""
        starts, ends = self._breaks[:, position] + 1, self._breaks[:, position + 1]
        lengths = ends - starts
        widest = int(lengths.max())
        if widest > _WIDEST_AMOUNT:
            return None
        if widest == 0:
            return Counter({b"": len(self)})
        offsets = np.arange(widest)
        cells = self._bytes[np.minimum(starts[:, None] + offsets, len(self._bytes) - 1)]
        cells[offsets >= lengths[:, None]] = 0
        return Counter(cells.view(f"S{widest}").ravel().tolist())  # zeros behind a cell are not part of it


def _distinct_starts(content: _Bytes, starts: _Places) -> set[bytes]:
    """The first three bytes of rows, each combination once. Rows have a separator and a line break at least."""
    third = np.minimum(starts + 2, len(content) - 1)
    codes = content[starts].astype(np.uint32) << 16 | content[starts + 1].astype(np.uint32) << 8 | content[third]
    return {int(code).to_bytes(3, "big") for code in np.unique(codes)}


def _has_backslash(raw: bytes, codec: str) -> bool:
    """A character of GB18030 may hold the byte of a backslash as its second (誠)."""
    if b"\\" not in raw:
        return False
    return codec != "gb18030" or "\\" in raw.decode(codec, errors="replace")
