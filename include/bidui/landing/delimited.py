"""Delimited text: encoding, delimiter, and rows streamed in flat memory with every quote accounted for."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bidui.landing.part import Merged, column_letter
from bidui.problem import Problem, ProblemError

DELIMITERS = (",", "\t", "|", ";")
_SAMPLE = 1 << 16
_BUFFER = 1 << 18
# A quoted field that goes on for longer than this was never meant to be quoted.
_MAX_LINES_OF_A_FIELD = 50

_ASCII = frozenset(map(chr, range(128)))
# So many different Chinese characters at the top of a file tell its encoding for sure.
_ENOUGH_TO_TELL = 6

csv.field_size_limit(1 << 22)


@dataclass(frozen=True)
class Block:
    """Some whole rows of a text file: the number of the first, how many they are, and their bytes.

    Lines end in \\n, whatever the file's line breaks are. Most blocks go to the warehouse as they are and never need
    decoding here. Without quotes (`text` is None) a line is a row and a delimiter is a delimiter; a block with quotes
    comes with its decoded lines.
    """

    first_row: int
    rows: int
    raw: bytes
    text: list[str] | None = None


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
        self.codec = encoding
        self._separator = delimiter
        self._ends_in_line = False

    @property
    def cut_short(self) -> bool:
        """Whether the last line that was read had no line break."""
        return self._ends_in_line

    def close(self) -> None:
        """Nothing is held."""

    def letter(self, position: int) -> str:
        """A for the first field."""
        return column_letter(position)

    def rows(self) -> Iterator[list[str]]:
        """Rows from the top; a field with line breaks in quotes makes one row of several lines, as in Excel.

        Raises ProblemError for bytes that are not in the encoding and for a stray quote, with the row.
        """
        for block in self.blocks():
            yield from self.fields(block)

    def fields(self, block: Block) -> Iterator[list[str]]:
        """The rows of one block, decoded and taken apart."""
        lines = block.text if block.text is not None else self._decoded(block.raw, block.first_row)
        quoted = block.text is not None
        done = 0
        try:
            for fields in csv.reader(lines, delimiter=self._separator):
                # ="9901…" is how some systems make Excel show a number as text: a person sees what is inside.
                yield [_formula_text(field) for field in fields] if quoted else fields
                done += 1
        except csv.Error:
            raise ProblemError(_stray_quote(self.file, block.first_row + done)) from None

    def blocks(self) -> Iterator[Block]:
        """The file in blocks of about 256 KB; raises as `rows` does for blocks with quotes."""
        with self.path.open("rb") as binary:
            # One character a byte (Latin-1), every kind of line break read as \n. Whole lines: what a read cuts, readline ends.
            stream = io.TextIOWrapper(binary, encoding="latin-1", newline=None)
            stream._CHUNK_SIZE = _BUFFER  # type: ignore[attr-defined]  # 8 KB would cost a fifth of the time
            row = 1
            self._ends_in_line = False
            while lines := stream.read(_BUFFER) + stream.readline():
                raw = lines.encode("latin-1")
                self._ends_in_line = not raw.endswith(b"\n")
                if self._ends_in_line:
                    raw += b"\n"
                block = self._quoted(row, raw, stream) if b'"' in raw else Block(row, raw.count(b"\n"), raw)
                yield block
                row += block.rows

    def find_bad_bytes(self) -> None:
        """Decode the whole file. Raises ProblemError with the row of the first bytes that are not in the encoding."""
        for block in self.blocks():
            self._decoded(block.raw, block.first_row)

    def _quoted(self, first_row: int, raw: bytes, stream: io.TextIOWrapper) -> Block:
        """A block in which quotes are where quotes may be; otherwise csv would read on and glue rows together.

        A field that goes on beyond the block's lines is read to its end.
        """
        quotes = _Quotes.of(self._separator)
        text = self._decoded(raw, first_row)
        row = first_row - 1
        open_since = lines_open = position = 0
        while position < len(text) or open_since:
            if position == len(text):
                further = stream.readline()
                if not further:
                    raise ProblemError(_open_quote(self.file, open_since))
                self._ends_in_line = not further.endswith("\n")
                text += self._decoded(further.encode("latin-1"), open_since)
            line = text[position]
            position += 1
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
        return Block(first_row, row - first_row + 1, raw, text)

    def _decoded(self, raw: bytes, first_row: int) -> list[str]:
        codec = self.codec if first_row == 1 else self.codec.removesuffix("-sig")
        try:
            return io.StringIO(raw.decode(codec), newline="\n").readlines()
        except UnicodeDecodeError:
            for row, line in enumerate(raw.split(b"\n"), start=first_row):
                try:
                    line.decode(codec)
                except UnicodeDecodeError:
                    raise ProblemError(not_in_encoding(self.file, row, self.codec)) from None
            raise


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
        field = rf'(?:[^"{d}\n]*|="[^"{d}\n]*"|"{inside}")'
        return _Quotes(
            whole=re.compile(rf"{field}(?:{d}{field})*\n?"),
            opens=re.compile(rf'(?:{field}{d})*"{inside}'),
            stays_open=re.compile(inside),
            closes=re.compile(rf'{inside}"(?:{d}{field})*\n?'),
            reopens=re.compile(rf'{inside}"(?:{d}{field})*{d}"{inside}'),
        )


def _formula_text(field: str) -> str:
    return field[2:-1] if field.startswith('="') and field.endswith('"') and len(field) > 2 else field


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
    failed: dict[str, int] = {}
    for name in ("UTF-8", "GB18030"):
        if name not in allowed:
            continue
        codec = name.lower()
        try:
            sample.decode(codec)
        except UnicodeDecodeError as error:
            # So much sound text is no accident: it is this encoding, and damaged further on.
            if len(set(sample[: error.start].decode(codec)) - _ASCII) >= _ENOUGH_TO_TELL:
                return codec
            failed[codec] = error.start
        else:
            return codec
    codec, reached = max(failed.items(), key=lambda item: item[1])
    raise ProblemError(not_in_encoding(file, sample[:reached].count(b"\n") + 1, codec))


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


def not_in_encoding(file: str, row: int | None, encoding: str) -> Problem:
    """Bytes that are no text in the encoding that the file seems to be in."""
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


def _open_quote(file: str, row: int) -> Problem:
    return Problem(
        code="text.quote",
        what_zh="引号没有闭合，直到文件末尾",
        what_en="a quotation mark is not closed up to the end of the file",
        file=file,
        row=row,
        expected_zh='引号成对包住整个字段，字段内的引号写成 ""',
        expected_en='quotes in pairs around a whole field, a quote within it written ""',
        fix_zh="删除该行多余的引号；若文件在传输中被截断，请重新完整上传",
        fix_en="remove the stray quote of this row; if the file was cut while sent, upload all of it again",
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
