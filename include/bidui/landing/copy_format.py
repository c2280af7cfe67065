"""Rows in COPY's text format, in the file's own encoding and with its own delimiter where the server can take them so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Plain lines go through as they are, under the file's own delimiter; where that cannot be, rows are joined with one
# that hardly any cell holds, so that they need no escaping.
_UNUSUAL = "\x1f"
# Not "|": it is also the second byte of some characters in GB18030.
_COPY_DELIMITERS = frozenset(",\t;")
_SERVER_ENCODING = {"utf-8": "UTF8", "gb18030": "GB18030"}

# A row's number as a person sees it, and its cells.
NumberedRow = tuple[int, list[str]]


@dataclass(frozen=True)
class Chunk:
    """Rows for COPY in its text format. `first_row`: they are all the rows from that number on, without their numbers;
    None: each row begins with its number."""

    data: bytes
    rows: int
    first_row: int | None = None

    def goes_on_after(self, earlier: Chunk) -> bool:
        """Whether one COPY can take both."""
        if self.first_row is None or earlier.first_row is None:
            return self.first_row is earlier.first_row
        return self.first_row == earlier.first_row + earlier.rows


class CopyFormat:
    """`copy … from stdin (format text, delimiter `delimiter`, null '', encoding `server_encoding`)` for one table."""

    def __init__(self, encoding: str | None, separator: str | None) -> None:
        """`encoding` and `separator` are the file's own, None for a sheet."""
        self.codec = (encoding or "utf-8").removesuffix("-sig")
        self.delimiter = separator if separator in _COPY_DELIMITERS else _UNUSUAL
        self._escapes = str.maketrans(
            {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\0": "", self.delimiter: f"\\{self.delimiter}"}
        )

    @property
    def server_encoding(self) -> str:
        """What PostgreSQL calls the encoding."""
        return _SERVER_ENCODING[self.codec]

    def joined(self, rows: Sequence[NumberedRow]) -> str:
        """The rows behind their numbers, a line each, as if no cell held what COPY gives a meaning to."""
        delimiter, join = self.delimiter, self.delimiter.join
        return "\n".join([f"{number}{delimiter}{join(row)}" for number, row in rows])

    def is_plain(self, text: str, rows: int, width: int) -> bool:
        """Whether COPY reads `joined` text of so many rows of `width` cells as it was meant."""
        return (
            "\\" not in text
            and "\0" not in text
            and "\r" not in text
            and text.count("\n") == rows - 1
            and text.count(self.delimiter) == rows * width
        )

    def escaped(self, rows: Sequence[NumberedRow]) -> str:
        """The same as `joined`, whatever the cells hold; NUL, which no text in the server can hold, is left out."""
        return self.joined([(number, [cell.translate(self._escapes) for cell in row]) for number, row in rows])
