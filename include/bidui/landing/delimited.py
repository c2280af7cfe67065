"""Delimited text: encoding, delimiter, and rows streamed in flat memory with every quote accounted for."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NoReturn

from bidui.landing.part import Merged, column_letter
from bidui.problem import Problem, ProblemError

DELIMITERS = (",", "\t", "|", ";", "，")
_SAMPLE = 1 << 16
_BUFFER = 1 << 18
# A quoted field that goes on for longer than this was never meant to be quoted.
_MAX_LINES_OF_A_FIELD = 50

csv.field_size_limit(1 << 22)


class DelimitedPart:
    """One text file."""

    container = "csv"
    sheet: str | None = None
    merged: tuple[Merged, ...] = ()

    def __init__(self, path: Path, file: str, source_name: str, encoding: str, delimiter: str) -> None:
        """`encoding` is a Python codec; `file` the name to show, `source_name` the name in the ledger."""
        self.path = path
        self.file = file
        self.source_name = source_name
        self.encoding: str | None = encoding
        self.delimiter: str | None = delimiter
        self._codec = encoding
        self._separator = delimiter
        self._ends_in_line = False

    @property
    def cut_short(self) -> bool:
        """Whether the last line that was read had no line break."""
        return self._ends_in_line

    def letter(self, position: int) -> str:
        """A for the first field."""
        return column_letter(position)

    def rows(self) -> Iterator[list[str]]:
        """Rows from the top; a field with line breaks in quotes makes one row of several lines, as in Excel.

        Raises ProblemError for bytes that are not in the encoding and for a stray quote, with the row.
        """
        with self.path.open("rb") as binary:
            text = io.TextIOWrapper(binary, encoding=self._codec, newline="")
            text._CHUNK_SIZE = _BUFFER  # type: ignore[attr-defined]  # the default of 8 KB costs a fifth of the time
            row = 0
            try:
                for row, fields in enumerate(csv.reader(self._checked(text), delimiter=self._separator), start=1):
                    yield fields
            except UnicodeDecodeError:
                self._wrong_encoding()
            except csv.Error:
                raise ProblemError(_stray_quote(self.file, row + 1)) from None

    def _checked(self, text: io.TextIOWrapper) -> Iterator[str]:
        """Lines, each with quotes where quotes may be; otherwise csv would read on and glue rows together."""
        quotes = _Quotes.of(self._separator)
        row = 0
        open_since = 0
        lines_open = 0
        line = ""
        for line in text:
            if open_since:
                lines_open += 1
                if '"' not in line:
                    if lines_open > _MAX_LINES_OF_A_FIELD:
                        raise ProblemError(_stray_quote(self.file, open_since))
                elif quotes.closes.fullmatch(line):
                    open_since = 0
                elif not quotes.stays_open.fullmatch(line) and not quotes.reopens.fullmatch(line):
                    raise ProblemError(_stray_quote(self.file, open_since))
            else:
                row += 1
                if '"' in line and not quotes.whole.fullmatch(line):
                    if not quotes.opens.fullmatch(line):
                        raise ProblemError(_stray_quote(self.file, row))
                    open_since, lines_open = row, 1
            yield line
        if open_since:
            raise ProblemError(_stray_quote(self.file, open_since))
        self._ends_in_line = bool(line) and not line.endswith(("\n", "\r"))

    def _wrong_encoding(self) -> NoReturn:
        raise ProblemError(_not_in_encoding(self.file, _first_bad_line(self.path, self._codec), self._codec))


@dataclass(frozen=True)
class _Quotes:
    """What a line with quotes may look like."""

    whole: re.Pattern[str]
    opens: re.Pattern[str]
    stays_open: re.Pattern[str]
    closes: re.Pattern[str]
    reopens: re.Pattern[str]

    @staticmethod
    @cache
    def of(delimiter: str) -> _Quotes:
        """The patterns for one delimiter."""
        d = re.escape(delimiter)
        inside = r'[^"]*(?:""[^"]*)*'
        field = rf'(?:[^"{d}\r\n]*|"{inside}")'
        end = r"(?:\r\n|\r|\n)?"
        return _Quotes(
            whole=re.compile(rf"{field}(?:{d}{field})*{end}"),
            opens=re.compile(rf'(?:{field}{d})*"{inside}'),
            stays_open=re.compile(inside),
            closes=re.compile(rf'{inside}"(?:{d}{field})*{end}'),
            reopens=re.compile(rf'{inside}"(?:{d}{field})*{d}"{inside}'),
        )


def encoding_of(path: Path, file: str, allowed: tuple[str, ...]) -> str:
    """The Python codec of a text file, by its beginning: a byte-order mark, else UTF-8 when it is, else GB18030.

    UTF-8 is tried first whatever the order in the contract, since GB18030 reads nearly everything.
    Raises ProblemError when the beginning is in none of the encodings.
    """
    with path.open("rb") as stream:
        sample = stream.read(_SAMPLE)
        whole = len(sample) < _SAMPLE
    if sample.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if not whole:
        sample = sample[: sample.rfind(b"\n") + 1] or sample[:-4]
    codecs = sorted({"UTF-8": "utf-8", "GB18030": "gb18030"}[name] for name in allowed)
    best = codecs[0]
    furthest = -1
    for codec in reversed(codecs):
        try:
            sample.decode(codec)
        except UnicodeDecodeError as error:
            # A broken character at the very end is a file that was cut, not another encoding.
            if error.start > furthest:
                furthest, best = error.start, codec
            continue
        return codec
    if furthest > len(sample) * 0.9 or furthest > 4096:
        return best
    raise ProblemError(_not_in_encoding(file, sample[:furthest].count(b"\n") + 1, "/".join(allowed)))


def head_of(path: Path, codec: str, delimiter: str, rows: int) -> list[list[str]]:
    """The first rows under one reading, for choosing a delimiter; never raises for what the file holds."""
    with path.open(encoding=codec, errors="replace", newline="") as stream:
        text = stream.read(_SAMPLE)
    head: list[list[str]] = []
    try:
        for fields in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            head.append(fields)
            if len(head) == rows:
                break
    except csv.Error:
        pass
    return head


def _first_bad_line(path: Path, codec: str) -> int:
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            try:
                line.decode(codec if number == 1 else codec.removesuffix("-sig"))
            except UnicodeDecodeError:
                return number
    return 1


def _not_in_encoding(file: str, row: int, encoding: str) -> Problem:
    return Problem(
        code="text.encoding",
        what_zh="文本编码不对，有无法识别的字节",
        what_en="the text is in the wrong encoding: there are bytes that cannot be read",
        file=file,
        row=row,
        expected_zh="UTF-8 或 GB18030",
        expected_en="UTF-8 or GB18030",
        found=f"≠ {encoding}",
        fix_zh="重新导出，另存为“CSV UTF-8”；若文件在传输中被截断，请重新完整上传",
        fix_en="export it again and save it as “CSV UTF-8”; if it was cut while sent, upload all of it again",
    )


def _stray_quote(file: str, row: int) -> Problem:
    return Problem(
        code="text.quote",
        what_zh="有多余的或没有成对的引号",
        what_en="there is a stray or unpaired quotation mark",
        file=file,
        row=row,
        expected_zh='引号成对包住整个字段，字段内的引号写成 ""',
        expected_en='quotes in pairs around a whole field, a quote within it written ""',
        fix_zh="删除该行多余的引号，或改用 .xlsx 报送",
        fix_en="remove the stray quote of this row, or send .xlsx",
    )
