"""How large a packed file may turn out: the bytes that come out of it, the cells that its sheets reach over."""

from __future__ import annotations

import re
import zipfile
from functools import reduce
from pathlib import Path

from bidui.contract import Common
from bidui.landing.container import UNREADABLE
from bidui.landing.file_problem import damaged, spread_too_far, too_big
from bidui.problem import ProblemError

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_DIMENSION = re.compile(rb'<dimension ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
# A cell takes the reader 24 bytes, whether anything stands in it or not.
MOST_CELLS = 200_000_000


def check_size(path: Path, file: str, common: Common) -> None:
    """Refuse a zip or xlsx whose directory promises more than may be unpacked. Raises ProblemError."""
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(info.file_size for info in archive.infolist())
    packed = max(path.stat().st_size, 1)
    if unpacked > common.max_unpacked_mb << 20 or (unpacked > 64 << 20 and unpacked / packed > common.max_unpack_ratio):
        raise ProblemError(too_big(file, common, f"{unpacked >> 20} MB"))


def check_spread(path: Path, file: str, most_cells: int = MOST_CELLS) -> None:
    """Refuse an xlsx with a sheet spread over more than `most_cells`, as one stray cell at its far end makes it.

    The reader would ask for memory for all of them, and be killed without a word. Raises ProblemError.
    """
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if not _SHEET.fullmatch(name):
                continue
            try:
                with archive.open(name) as sheet:
                    found = _DIMENSION.search(sheet.read(4096))
            except UNREADABLE:
                raise ProblemError(damaged(file, "xlsx")) from None
            if found and _cells(*(part.decode() for part in found.groups())) > most_cells:
                raise ProblemError(spread_too_far(file, found.group(0).split(b'"')[1].decode()))


def _cells(left: str, top: str, right: str, bottom: str) -> int:
    def number(letters: str) -> int:
        return reduce(lambda total, letter: 26 * total + ord(letter) - 64, letters, 0)

    return (number(right) - number(left) + 1) * (int(bottom) - int(top) + 1)
