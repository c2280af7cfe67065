"""What a file is, told by its content, and the files inside a zip."""

from __future__ import annotations

import mmap
import re
import shutil
import stat
import zipfile
import zlib
from functools import reduce
from pathlib import Path, PurePosixPath

from bidui.contract import Common
from bidui.problem import Problem, ProblemError

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BIFF_STREAMS = ("Workbook".encode("utf-16-le") + b"\0\0", "Book".encode("utf-16-le") + b"\0\0")
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
# What the library raises, by its own word or not, at an archive or a member that is cut, overwritten or encrypted.
_UNREADABLE = (zipfile.BadZipFile, OSError, EOFError, ValueError, RuntimeError, zlib.error)
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_DIMENSION = re.compile(rb'<dimension ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
# A cell takes the reader 24 bytes, whether anything stands in it or not.
MOST_CELLS = 200_000_000
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
_FORMATS_ZH = "xlsx、xls、csv 或 zip 文件"
_FORMATS_EN = "an xlsx, xls, csv or zip file"
_IGNORED_MEMBERS = re.compile(r"(^|/)(__MACOSX(/|$)|\.|~\$|thumbs\.db$|desktop\.ini$)", re.IGNORECASE)


def container_of(path: Path, file: str) -> str:
    """`csv`, `xlsx`, `xls`, `ods` or `zip` by content; `file` is the name to show.

    Raises ProblemError for an empty, encrypted, truncated or foreign file.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(4096)
    if size <= len(head) and not head.strip(b"\0 \t\r\n\xef\xbb\xbf\x1a"):
        raise ProblemError(_empty(file))
    if head.startswith(_OLE):
        return _ole(path, file)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(path, file)
    for magic, name in _OTHERS.items():
        if head.startswith(magic):
            raise ProblemError(_foreign(file, name))
    if _WEB_PAGE.match(head):
        raise ProblemError(_foreign(file, "HTML/XML"))
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or head[:2000].count(b"\0") * 3 > len(head[:2000]):
        raise ProblemError(_utf16(file))
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
    raise ProblemError(_foreign(file, "OLE"))


def _zipped(path: Path, file: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            kind = _mimetype(archive) if "mimetype" in names else b""
    except _UNREADABLE:
        raise ProblemError(damaged(file, "zip")) from None
    if "xl/workbook.xml" in names:
        return "xlsx"
    if kind == _ODS:
        return "ods"
    if "[Content_Types].xml" in names or "mimetype" in names:
        raise ProblemError(_foreign(file, "Office/ODF"))
    return "zip"


def _mimetype(archive: zipfile.ZipFile) -> bytes:
    """The kind that an OpenDocument file says it is; no more is read, whatever else somebody packed under this name."""
    with archive.open("mimetype") as member:
        return member.read(len(_ODS) + 1)


def check_size(path: Path, file: str, common: Common) -> None:
    """Refuse a zip or xlsx whose directory promises more than may be unpacked. Raises ProblemError."""
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(info.file_size for info in archive.infolist())
    packed = max(path.stat().st_size, 1)
    if unpacked > common.max_unpacked_mb << 20 or (unpacked > 64 << 20 and unpacked / packed > common.max_unpack_ratio):
        raise ProblemError(_bomb(file, common, f"{unpacked >> 20} MB"))


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
            except _UNREADABLE:
                raise ProblemError(damaged(file, "xlsx")) from None
            if found and _cells(*(part.decode() for part in found.groups())) > most_cells:
                raise ProblemError(spread_too_far(file, found.group(0).split(b'"')[1].decode()))


def _cells(left: str, top: str, right: str, bottom: str) -> int:
    def number(letters: str) -> int:
        return reduce(lambda total, letter: 26 * total + ord(letter) - 64, letters, 0)

    return (number(right) - number(left) + 1) * (int(bottom) - int(top) + 1)


def unpack(path: Path, file: str, into: Path, common: Common) -> list[tuple[str, Path]]:
    """Unpack a delivered zip into the folder `into`; return names (as the sender wrote them) and paths, by name.

    Raises ProblemError for a path outside the zip, a link, a zip in the zip, an encrypted or damaged member, two
    members of one name, no member at all, or more bytes than may be.
    """
    check_size(path, file, common)
    members: list[tuple[str, Path]] = []
    room = common.max_unpacked_mb << 20
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            name = _member_name(info)
            _check_path(name, file)
            if info.is_dir() or _IGNORED_MEMBERS.search(name):
                continue
            _check_member(info, name, file, {known for known, _ in members})
            target = into / f"{len(members):04d}"
            try:
                with archive.open(info) as source, target.open("wb") as sink:
                    shutil.copyfileobj(_Limited(source, room), sink, 1 << 20)
            except _TooMuchError:
                raise ProblemError(_bomb(file, common, f"> {common.max_unpacked_mb} MB")) from None
            except _UNREADABLE:
                raise ProblemError(damaged(f"{file}/{name}", "zip")) from None
            room -= target.stat().st_size
            members.append((name, target))
    if not members:
        raise ProblemError(_empty(file))
    return sorted(members)


class _TooMuchError(Exception):
    """More bytes came out of a member than its zip promised or we allow."""


class _Limited:
    """A stream that gives up after `room` bytes, whatever the zip's directory says."""

    def __init__(self, stream: object, room: int) -> None:
        self._read = stream.read  # type: ignore[attr-defined]
        self._room = room

    def read(self, size: int = -1) -> bytes:
        """The next bytes; raises _TooMuchError beyond the room."""
        block: bytes = self._read(size)
        self._room -= len(block)
        if self._room < 0:
            raise _TooMuchError
        return block


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
        raise ProblemError(
            Problem(
                code="zip.outside",
                what_zh="压缩包内的路径指向压缩包之外",
                what_en="a path in the zip leads outside it",
                file=file,
                column=name,
                expected_zh="压缩包内的相对路径",
                expected_en="a relative path inside the zip",
                fix_zh="只把数据文件本身重新压缩",
                fix_en="zip the data files themselves again",
            )
        )


def _check_member(info: zipfile.ZipInfo, name: str, file: str, seen: set[str]) -> None:
    if stat.S_ISLNK(info.external_attr >> 16):
        raise ProblemError(
            Problem(
                code="zip.link",
                what_zh="压缩包内是链接，不是文件",
                what_en="the zip holds a link, not a file",
                file=file,
                column=name,
                fix_zh="压缩文件本身",
                fix_en="zip the file itself",
            )
        )
    if info.flag_bits & 0x1:
        raise ProblemError(encrypted(f"{file}/{name}"))
    if name.lower().endswith((".zip", ".rar", ".7z", ".gz", ".tar")):
        raise ProblemError(nested(file, name))
    if name in seen:
        raise ProblemError(
            Problem(
                code="zip.twice",
                what_zh="压缩包内有两个同名文件",
                what_en="two files of one name are in the zip",
                file=file,
                column=name,
                fix_zh="只保留一个，重新压缩",
                fix_en="keep one of them and zip again",
            )
        )


def nested(file: str, member: str) -> Problem:
    """A zip in a zip."""
    return Problem(
        code="zip.nested",
        what_zh="压缩包里还有压缩包",
        what_en="there is an archive inside the zip",
        file=file,
        column=member,
        expected_zh="压缩包内直接是 xlsx、xls 或 csv 文件",
        expected_en="xlsx, xls or csv files directly inside the zip",
        fix_zh="解开内层压缩包后重新压缩一次",
        fix_en="unpack the inner archive and zip once",
    )


def damaged(file: str, kind: str) -> Problem:
    """A file that breaks off or cannot be read as what it is."""
    return Problem(
        code="file.damaged",
        what_zh="文件已损坏或不完整",
        what_en="the file is damaged or cut short",
        file=file,
        expected_zh=f"完整的 {kind} 文件",
        expected_en=f"a complete {kind} file",
        fix_zh="在电脑上打开确认无误后，重新导出并完整上传",
        fix_en="open it on your computer, export it again and upload all of it",
    )


def encrypted(file: str) -> Problem:
    """A file behind a password."""
    return Problem(
        code="file.encrypted",
        what_zh="文件有打开密码",
        what_en="the file is protected by a password",
        file=file,
        expected_zh="没有密码的文件",
        expected_en="a file without a password",
        fix_zh="去掉打开密码后另存，再重新放入",
        fix_en="save it without the password and deliver it again",
    )


def _empty(file: str) -> Problem:
    return Problem(
        code="file.empty",
        what_zh="文件是空的",
        what_en="the file is empty",
        file=file,
        expected_zh="含表头和数据行的文件",
        expected_en="a file with a header and rows",
        fix_zh="重新导出；上一次已接收的数据继续有效",
        fix_en="export it again; the data accepted last stay in force",
    )


def no_rows(file: str) -> Problem:
    """A header and nothing under it."""
    return Problem(
        code="file.no_rows",
        what_zh="只有表头，没有数据行",
        what_en="there is a header but no rows",
        file=file,
        expected_zh="至少一行数据；空文件会被当作全部取消",
        expected_en="at least one row; an empty list would read as everybody cancelled",
        fix_zh="重新导出；上一次已接收的数据继续有效",
        fix_en="export it again; the data accepted last stay in force",
    )


def _foreign(file: str, found: str) -> Problem:
    return Problem(
        code="file.foreign",
        what_zh="不是可以读取的表格文件",
        what_en="this is not a table file that we read",
        file=file,
        expected_zh=_FORMATS_ZH,
        expected_en=_FORMATS_EN,
        found=found,
        fix_zh="用 Excel 或 WPS 打开，另存为 .xlsx 后重新放入",
        fix_en="open it in Excel or WPS, save it as .xlsx and deliver it again",
    )


def _utf16(file: str) -> Problem:
    return Problem(
        code="text.encoding",
        what_zh="文本编码不对",
        what_en="the text is in the wrong encoding",
        file=file,
        row=1,
        expected_zh="UTF-8 或 GB18030",
        expected_en="UTF-8 or GB18030",
        found="UTF-16 / NUL",
        fix_zh="另存为“CSV UTF-8”后重新放入",
        fix_en="save it as “CSV UTF-8” and deliver it again",
    )


def _bomb(file: str, common: Common, found: str) -> Problem:
    return Problem(
        code="zip.too_big",
        what_zh="解压后过大",
        what_en="it unpacks to too much",
        file=file,
        expected_zh=f"解压后不超过 {common.max_unpacked_mb} MB，且不超过压缩包大小的 {common.max_unpack_ratio} 倍",
        expected_en=f"at most {common.max_unpacked_mb} MB and {common.max_unpack_ratio} times the zip's own size",
        found=found,
        fix_zh="拆成几个文件，或直接放入 csv",
        fix_en="split it into several files, or deliver plain csv",
    )


def spread_too_far(file: str, found: str) -> Problem:
    """A sheet whose last cell is so far off that reading up to it takes more memory than there is."""
    return Problem(
        code="file.spread",
        what_zh="工作表的范围过大，多半是很远处有零星内容",
        what_en="a sheet reaches too far: something stands alone at its far end",
        file=file,
        found=found,
        fix_zh="按 Ctrl+End 找到最远的单元格，删除多余的行和列，保存后重新交来",
        fix_en="press Ctrl+End to find the last cell, delete the surplus rows and columns, save and deliver it again",
    )
