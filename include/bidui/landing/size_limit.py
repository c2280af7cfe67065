"""How large a file may turn out once it is unpacked."""

from __future__ import annotations

import zipfile
from pathlib import Path

from bidui.landing.file_problem import too_big
from bidui.problem import ProblemError

# Below this nobody asks how densely it was packed: a list of one village may be blanks for the most part.
_HARMLESS = 64 << 20


def check_size(path: Path, file: str, most_mb: int, most_ratio: int) -> None:
    """Refuse a zip, xlsx or ods whose directory promises more than may be unpacked, and any other file of that size.

    A directory that lies is found out by whoever unpacks. Raises ProblemError.
    """
    packed = max(path.stat().st_size, 1)
    unpacked = packed
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
    if unpacked > most_mb << 20 or (unpacked > _HARMLESS and unpacked / packed > most_ratio):
        raise ProblemError(too_big(file, most_mb, most_ratio, f"{unpacked >> 20} MB"))
