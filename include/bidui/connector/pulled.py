"""What was pulled lies in `<home>/pulled/<department>/<extract>/` until it has landed: whole files only.

A file under way ends in `.part` beside it and is renamed when complete, so that half a file can never land.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from bidui.connector.delivery import Delivery
from bidui.connector.memory import Memory
from bidui.connector.names import is_ignored
from bidui.contract import Extract
from bidui.home import folder, home

# No text has these control characters; the next one is the tabulator.
_HIGHEST_FLAG = 8


def pulled_folder(extract: Extract) -> Path:
    """Where finished pulls of an extract wait to land."""
    return folder("pulled", extract.department, extract.key)


def was_pulled(path: Path) -> bool:
    """Whether a file lies where pulls wait: the copy is ours to remove, the store keeps the bytes."""
    return path.is_relative_to(home() / "pulled")


def waiting(extract: Extract) -> list[Delivery]:
    """Finished pulls that have not landed yet (the night was cut after fetching)."""
    return [
        Delivery.of_file(extract.department, extract.key, path)
        for path in sorted(pulled_folder(extract).iterdir())
        if not is_ignored(path.name)
    ]


def clear_landed(extracts: Iterable[Extract], memory: Memory) -> None:
    """Remove the copies of what the ledger has."""
    for extract in extracts:
        for delivery in waiting(extract):
            if memory.is_settled(extract, delivery.source_name, delivery.received_at):
                delivery.path.unlink(missing_ok=True)


def night_file(extract: Extract, as_of: date) -> Path:
    """The file that the night's pull of a list becomes; its name states the data date."""
    return pulled_folder(extract) / f"{extract.key}_{as_of:%Y%m%d}.csv"


def title_of(extract: Extract, as_of: date) -> str:
    """First line of a pulled list. It states the data date, so that an unchanged list of another night counts anew."""
    return f"{extract.title.zh}（数据日期：{as_of.year}年{as_of.month}月{as_of.day}日）"


def part_of(path: Path) -> Path:
    """The name under which a file is written until it is complete."""
    return path.with_name(path.name + ".part")


def finish(path: Path) -> Path:
    """Give the complete part its name."""
    part = part_of(path)
    with part.open("rb") as stream:
        os.fsync(stream.fileno())
    part.rename(path)
    return path


class ListWriter:
    """Rows as UTF-8 CSV into the part of `path`: a title line, the contract's headers, then the rows.

    With `resume_at` (bytes) writing goes on behind what an earlier try has written.
    """

    def __init__(self, path: Path, title: str, headers: Sequence[str], resume_at: int = 0) -> None:
        self.part = part_of(path)
        self._stream = self.part.open("r+b" if resume_at else "wb")
        self._stream.truncate(resume_at)
        self._stream.seek(resume_at)
        self._text = _Utf8(self._stream)
        self._writer = csv.writer(self._text, lineterminator="\n")
        if not resume_at:
            self._writer.writerow([title])
            self._writer.writerow(headers)

    def write(self, rows: Iterable[Sequence[str]]) -> None:
        """Append rows of text."""
        self._writer.writerows(rows)

    def written(self) -> int:
        """Bytes so far, all of them on their way to the disk."""
        self._stream.flush()
        return self._stream.tell()

    def __enter__(self) -> ListWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stream.close()


class _Utf8:
    """What csv writes to: text in, UTF-8 bytes out, without a second buffer that would hide the position."""

    def __init__(self, stream: BinaryIO) -> None:
        self._write = stream.write

    def write(self, text: str) -> int:
        self._write(text.encode("utf-8", errors="replace"))
        return len(text)


def as_texts(values: Iterable[object], meanings: Sequence[Mapping[str, str] | None]) -> list[str]:
    """A row as text; where a column has `meanings`, a code of the source becomes the word it stands for."""
    return [
        meaning.get(text.strip(), text) if meaning else text
        for text, meaning in zip(map(as_text, values), meanings, strict=True)
    ]


def as_text(value: object) -> str:
    """A value of a database or of JSON as the text that a CSV of it would hold; NULL is empty.

    Digits are kept as they are: a number never passes through a float here.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _text_of(bytes(value))
    return str(value)  # dates and times in ISO form


def _text_of(value: bytes) -> str:
    """Bytes of a database: a flag that MySQL keeps as bit(1), or text whose encoding the column does not tell."""
    if value and max(value) <= _HIGHEST_FLAG:
        return str(int.from_bytes(value, "big"))
    for encoding in ("utf-8", "gb18030"):
        try:
            return value.decode(encoding)
        except UnicodeDecodeError:
            continue
    return value.decode("utf-8", errors="replace")
