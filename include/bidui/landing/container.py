"""What a file is, told by its content."""

from __future__ import annotations

import mmap
import re
import zipfile
import zlib
from pathlib import Path

from bidui.landing.file_problem import damaged, empty, encrypted, foreign, utf16
from bidui.problem import ProblemError

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BIFF_STREAMS = ("Workbook".encode("utf-16-le") + b"\0\0", "Book".encode("utf-16-le") + b"\0\0")
_MANIFEST = "META-INF/manifest.xml"
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
# What the library raises, by its own word or not, at an archive or a member that is cut, overwritten or encrypted.
UNREADABLE = (zipfile.BadZipFile, OSError, EOFError, ValueError, RuntimeError, zlib.error)
_WEB_PAGE = re.compile(rb"^\s*<(!doctype|html|table|\?xml|head|meta)", re.IGNORECASE)
_OTHERS = {
    b"%PDF": "PDF",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"\x1f\x8b": "gzip",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"{\\rtf": "RTF",
    b"SQLite format 3": "SQLite",
}


def container_of(path: Path, file: str) -> str:
    """`csv`, `xlsx`, `xls`, `ods` or `zip` by content; `file` is the name to show.

    Raises ProblemError for an empty, encrypted, truncated or foreign file.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(4096)
    if size <= len(head) and not head.strip(b"\0 \t\r\n\xef\xbb\xbf\x1a"):
        raise ProblemError(empty(file))
    if head.startswith(_OLE):
        return _ole(path, file)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(path, file)
    for magic, name in _OTHERS.items():
        if head.startswith(magic):
            raise ProblemError(foreign(file, name))
    if _WEB_PAGE.match(head):
        raise ProblemError(foreign(file, "HTML/XML"))
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or head[:2000].count(b"\0") * 3 > len(head[:2000]):
        raise ProblemError(utf16(file))
    return "csv"


def _ole(path: Path, file: str) -> str:
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find(_ENCRYPTED) >= 0:
            raise ProblemError(encrypted(file))
        if any(content.find(name) >= 0 for name in _BIFF_STREAMS):
            return "xls"
        # The header says where the directory of streams begins; in a file that was cut it is often gone.
        sector = 1 << int.from_bytes(content[30:32], "little")
        directory = int.from_bytes(content[48:52], "little")
        if len(content) < 1536 or (directory + 2) * sector > len(content):
            raise ProblemError(damaged(file, "xls"))
    raise ProblemError(foreign(file, "OLE"))


def _zipped(path: Path, file: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            kind = _beginning(archive, "mimetype", len(_ODS) + 1) if "mimetype" in names else b""
            has_password = kind == _ODS and _MANIFEST in names and b"encryption-data" in _beginning(archive, _MANIFEST, 1 << 20)
    except UNREADABLE:
        raise ProblemError(damaged(file, "zip")) from None
    if has_password:
        raise ProblemError(encrypted(file))
    if "xl/workbook.xml" in names:
        return "xlsx"
    if kind == _ODS:
        return "ods"
    if "[Content_Types].xml" in names or "mimetype" in names:
        raise ProblemError(foreign(file, "Office/ODF"))
    return "zip"


def _beginning(archive: zipfile.ZipFile, name: str, size: int) -> bytes:
    """What an OpenDocument file says of itself; no more is read, whatever else somebody packed under this name."""
    with archive.open(name) as member:
        return member.read(size)
