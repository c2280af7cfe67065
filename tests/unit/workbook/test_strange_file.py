"""A returned file that cannot be read says what it is and what to do; nothing of it is unpacked first."""

from __future__ import annotations

import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from bidui.problem import ProblemError
from bidui.workbook.tables import tables

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def packed(path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def bomb(path: Path) -> None:
    """A workbook whose words are blanks: 300 MB that come as 300 KB."""
    made = path.with_suffix(".made")
    with xlsxwriter.Workbook(str(made)) as book:
        book.add_worksheet().write(0, 0, "编号")
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            with target.open(name, "w") as member:
                if name == "xl/sharedStrings.xml":
                    for _ in range(300):
                        member.write(b" " * (1 << 20))
                else:
                    member.write(source.read(name))


def behind_a_password(path: Path) -> None:
    """As Excel and WPS write it: another container around what is encrypted."""
    path.write_bytes(OLE + "EncryptionInfo".encode("utf-16-le") + "EncryptedPackage".encode("utf-16-le") + bytes(2048))


def ods_behind_a_password(path: Path) -> None:
    """As LibreOffice writes it: the content is cipher, the manifest says so."""
    packed(
        path,
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": b'<manifest:file-entry><manifest:encryption-data manifest:checksum="x"/></manifest:file-entry>',
            "content.xml": bytes(range(256)),
        },
    )


def web_page(path: Path) -> None:
    path.write_bytes("<table border=1><tr><td>编号</td></tr></table>".encode("gb18030"))


def written_text(path: Path) -> None:
    """WPS Writer's own format: the container of an .xls with no workbook in it."""
    path.write_bytes(OLE + "WordDocument".encode("utf-16-le") + bytes(2048))


def archive_with_a_way_out(path: Path) -> None:
    packed(path, {"../../清单.xlsx": b"x"})


@pytest.mark.parametrize(
    ("name", "write", "code", "zh", "en"),
    [
        ("清单.xlsx", bomb, "zip.too_big", "解压后不超过 512 MB", "save it as a new .xlsx"),
        ("清单.xlsx", behind_a_password, "file.encrypted", "清空密码后保存", "empty the password"),
        ("清单.ods", ods_behind_a_password, "file.encrypted", "清空密码后保存", "empty the password"),
        ("清单.xlsx", web_page, "file.foreign", "另存为 .xlsx", "save it as .xlsx"),
        ("清单.wps", written_text, "file.foreign", "另存为 .xlsx", "save it as .xlsx"),
        ("清单.zip", archive_with_a_way_out, "worklist.zip", "解压后交回", "unpack it"),
    ],
)
def test_it_is_told_and_not_opened(
    tmp_path: Path, name: str, write: Callable[[Path], None], code: str, zh: str, en: str
) -> None:
    write(tmp_path / name)
    tracemalloc.start()
    with pytest.raises(ProblemError) as raised:
        list(tables(tmp_path / name))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    (problem,) = raised.value.problems
    assert (problem.code, problem.file) == (code, name)
    assert zh in problem.zh
    assert en in problem.en
    assert peak < 4 << 20


def test_text_that_calls_itself_a_workbook_is_read(tmp_path: Path) -> None:
    (tmp_path / "清单.xlsx").write_bytes("编号,结果\r\n1,属实\r\n".encode("gb18030"))
    (table,) = tables(tmp_path / "清单.xlsx")
    assert table.rows == [["编号", "结果"], ["1", "属实"]]
