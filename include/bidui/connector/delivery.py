"""What every connector hands over, and the one method it must have."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from bidui.contract import Extract

BLOCK = 1 << 20


@dataclass(frozen=True)
class Delivery:
    """One file of one extract, complete and readable at `path` on this machine.

    A connector that pulls over a network writes to a folder of its own first (so that a cut can be resumed) and
    hands over the finished file. `source_name` is what the sender calls it; `received_at` when it arrived (UTC):
    name, time and bytes together tell a file that was seen before.
    """

    department: str
    extract: str
    source_name: str
    received_at: datetime
    path: Path

    @classmethod
    def of_file(cls, department: str, extract: str, path: Path) -> Delivery:
        """A file on this machine, received when it was last written."""
        return cls(
            department=department,
            extract=extract,
            source_name=readable_name(path),
            received_at=datetime.fromtimestamp(path.stat().st_mtime, tz=UTC),
            path=path,
        )


def readable_name(path: Path) -> str:
    """A file's name as text; names that other systems wrote in GBK come out as they were meant."""
    name = os.fsencode(path.name)
    for encoding in ("utf-8", "gb18030"):
        try:
            return name.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name.decode("utf-8", errors="backslashreplace")


class Connector(Protocol):
    """A way to a department's files, named by `origin.kind` of the contract."""

    def deliveries(self, extracts: Iterable[Extract]) -> list[Delivery]:
        """What is waiting for these extracts, oldest first. Raises ProblemError when the source cannot be asked."""
        ...


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in flat memory."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
