"""The files inside a delivered zip, unpacked with suspicion: its directory may lie, its paths may lead anywhere."""

from __future__ import annotations

import re
import shutil
import stat
import zipfile
from contextlib import closing
from pathlib import Path, PurePosixPath

from bidui.contract import Common
from bidui.landing.container import UNREADABLE
from bidui.landing.file_problem import damaged, empty, encrypted, link, nested, outside, twice
from bidui.landing.size_limit import check_size
from bidui.problem import ProblemError

_IGNORED_MEMBERS = re.compile(r"(^|/)(__MACOSX(/|$)|\.|~\$|thumbs\.db$|desktop\.ini$)", re.IGNORECASE)


def unpack(path: Path, file: str, into: Path, common: Common) -> list[tuple[str, Path]]:
    """Unpack a delivered zip into the folder `into`; return names (as the sender wrote them) and paths, by name.

    Raises ProblemError for a path outside the zip, a link, a zip in the zip, an encrypted or damaged member, two
    members of one name, no member at all, or more bytes than may be. What keeps us from writing (a full disk) is an
    OSError: no fault of the file, which must not be held for it.
    """
    # No member gives more bytes than the directory says: one that lies about its size is cut there, and its checksum fails.
    check_size(path, file, common.max_unpacked_mb, common.max_unpack_ratio)
    members: list[tuple[str, Path]] = []
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            name = _member_name(info)
            _check_path(name, file)
            if info.is_dir() or _IGNORED_MEMBERS.search(name):
                continue
            _check_member(info, name, file, {known for known, _ in members})
            target = into / f"{len(members):04d}"
            try:
                with closing(_Member(archive, info)) as member, target.open("wb") as sink:
                    shutil.copyfileobj(member, sink, 1 << 20)
            except _DamagedError:
                raise ProblemError(damaged(f"{file}/{name}", "zip")) from None
            members.append((name, target))
    if not members:
        raise ProblemError(empty(file))
    return sorted(members)


class _DamagedError(Exception):
    """A member cannot be read, or not to its end."""


class _Member:
    """The bytes of a member, told apart from what is written of them: what fails here is the file's fault."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        """Raises _DamagedError when the member cannot be opened."""
        try:
            self._stream = archive.open(info)
        except UNREADABLE:
            raise _DamagedError from None

    def read(self, size: int = -1) -> bytes:
        """The next bytes; raises _DamagedError where they cannot be read."""
        try:
            return self._stream.read(size)
        except UNREADABLE:
            raise _DamagedError from None

    def close(self) -> None:
        """Let go of the member."""
        self._stream.close()


def _member_name(info: zipfile.ZipInfo) -> str:
    """Zips made on Chinese Windows write names in GBK and say nothing of it; zipfile then reads cp437."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def _check_path(name: str, file: str) -> None:
    posix = PurePosixPath(name.replace("\\", "/"))
    if posix.is_absolute() or ".." in posix.parts or re.match(r"^[A-Za-z]:", name):
        raise ProblemError(outside(file, name))


def _check_member(info: zipfile.ZipInfo, name: str, file: str, seen: set[str]) -> None:
    if stat.S_ISLNK(info.external_attr >> 16):
        raise ProblemError(link(file, name))
    if info.flag_bits & 0x1:
        raise ProblemError(encrypted(f"{file}/{name}"))
    if name.lower().endswith((".zip", ".rar", ".7z", ".gz", ".tar")):
        raise ProblemError(nested(file, name))
    if name in seen:
        raise ProblemError(twice(file, name))
