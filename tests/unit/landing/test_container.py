"""What a file is, by content; and what a zip may hold."""

from __future__ import annotations

import stat
import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter
import xlwt

from bidui.contract import load_sources
from bidui.landing.container import container_of
from bidui.landing.size_limit import check_size
from bidui.landing.unpack import unpack
from bidui.problem import Problem, ProblemError

COMMON = load_sources().common


def xlsx(path: Path) -> Path:
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet().write(0, 0, "行政村")
    book.close()
    return path


def xls(path: Path) -> Path:
    book = xlwt.Workbook()
    book.add_sheet("a").write(0, 0, "行政村")
    book.save(str(path))
    return path


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def refused(path: Path, into: Path | None = None) -> Problem:
    with pytest.raises(ProblemError) as caught:
        if into is None:
            container_of(path, path.name)
        else:
            unpack(path, path.name, into, COMMON)
    (problem,) = caught.value.problems
    return problem


def test_the_name_says_nothing(tmp_path: Path) -> None:
    assert container_of(xlsx(tmp_path / "a.csv"), "a.csv") == "xlsx"
    assert container_of(xls(tmp_path / "b.xlsx"), "b.xlsx") == "xls"
    assert container_of(zipped(tmp_path / "c.xls", {"a.csv": b"x"}), "c.xls") == "zip"
    (tmp_path / "d.xlsx").write_bytes("行政村,姓名".encode("gb18030"))
    assert container_of(tmp_path / "d.xlsx", "d.xlsx") == "csv"


def test_what_is_packed_as_a_kind_of_document_is_neither_trusted_nor_unpacked(tmp_path: Path) -> None:
    """A member `mimetype` that is damaged, encrypted or a bomb: a file to send again, never a failed night."""
    said = zipped(tmp_path / "said.ods", {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"})
    assert container_of(said, "said.ods") == "ods"
    whole = zipped(tmp_path / "whole.zip", {"mimetype": b"abc" * 1000}).read_bytes()
    damaged = whole[:40] + b"\xff" * 6 + whole[46:]
    encrypted = bytearray(whole)
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        encrypted[whole.find(header) + flags] |= 1
    for content in (damaged, bytes(encrypted)):
        (tmp_path / "broken.zip").write_bytes(content)
        assert refused(tmp_path / "broken.zip").code == "file.damaged"
    bomb = zipped(tmp_path / "bomb.zip", {"mimetype": bytes(64 << 20)})
    tracemalloc.start()
    assert refused(bomb).code == "file.foreign"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 << 20


@pytest.mark.parametrize(
    ("content", "code", "zh", "en"),
    [
        (b"", "file.empty", "空的", "empty"),
        (b"\r\n  \r\n\x1a", "file.empty", "空的", "empty"),
        (b"%PDF-1.7", "file.foreign", "PDF", "save it as .xlsx"),
        (b"Rar!\x1a\x07\x00", "file.foreign", "RAR", "RAR"),
        (b"<html><table><tr><td>", "file.foreign", "另存为 .xlsx", "HTML"),
        (b'<?xml version="1.0"?><Workbook>', "file.foreign", "HTML/XML", "HTML/XML"),
        ("行政村,姓名\n".encode("utf-16"), "text.encoding", "UTF-8 或 GB18030", "CSV UTF-8"),
        ("abc,def\n".encode("utf-16-le"), "text.encoding", "UTF-8 或 GB18030", "CSV UTF-8"),
        (b"PK\x03\x04" + bytes(200), "file.damaged", "不完整", "cut short"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "file.damaged", "不完整", "cut short"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, content: bytes, code: str, zh: str, en: str) -> None:
    path = tmp_path / "名单.xls"
    path.write_bytes(content)
    problem = refused(path)
    assert (problem.code, problem.file) == (code, "名单.xls")
    assert zh in problem.zh
    assert en in problem.en


def test_a_word_document_is_no_table(tmp_path: Path) -> None:
    assert refused(zipped(tmp_path / "a.docx", {"[Content_Types].xml": b"", "word/document.xml": b""})).code == "file.foreign"


def test_a_file_behind_a_password(tmp_path: Path) -> None:
    path = tmp_path / "密码.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016) + "EncryptedPackage".encode("utf-16-le") + bytes(900))
    problem = refused(path)
    assert problem.code == "file.encrypted"
    assert "清空密码后保存" in problem.zh
    assert "empty the password" in problem.en


def test_members_come_by_name_and_leftovers_stay_out(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"b.csv": b"2", "名单/a.csv": b"1", "__MACOSX/a.csv": b"", ".DS_Store": b"", "~$b.xlsx": b""})
    into = tmp_path / "into"
    into.mkdir()
    members = unpack(path, "a.zip", into, COMMON)
    assert [(name, member.read_bytes()) for name, member in members] == [("b.csv", b"2"), ("名单/a.csv", b"1")]
    assert all(member.parent == into for _, member in members)


def test_names_of_chinese_windows_are_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("PLACEHOLDER.csv", b"1")
    content = (tmp_path / "a.zip").read_bytes().replace(b"PLACEHOLDER", "低保名单一".encode("gb18030") + b"x")
    (tmp_path / "a.zip").write_bytes(content)
    into = tmp_path / "into"
    into.mkdir()
    ((name, _),) = unpack(tmp_path / "a.zip", "a.zip", into, COMMON)
    assert name == "低保名单一x.csv"


@pytest.mark.parametrize("name", ["../evil.csv", "a/../../evil.csv", "/etc/evil.csv", "C:\\evil.csv", "..\\evil.csv"])
def test_a_path_outside_the_zip_is_refused(tmp_path: Path, name: str) -> None:
    into = tmp_path / "into"
    into.mkdir()
    problem = refused(zipped(tmp_path / "a.zip", {"fine.csv": b"1", name: b"2"}), into)
    assert problem.code == "zip.outside"
    assert "指向压缩包之外" in problem.zh
    assert "leads outside" in problem.en
    assert not list(tmp_path.glob("**/evil.csv"))


def test_a_zip_in_a_zip_is_refused(tmp_path: Path) -> None:
    problem = refused(zipped(tmp_path / "a.zip", {"inner.zip": b"PK"}), tmp_path)
    assert (problem.code, problem.column) == ("zip.nested", "inner.zip")


def test_a_link_is_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("link.csv")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert refused(tmp_path / "a.zip", tmp_path).code == "zip.link"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.csv", b"1")
        archive.writestr("a.csv", b"2")
    problem = refused(tmp_path / "a.zip", tmp_path)
    assert (problem.code, problem.column) == ("zip.twice", "a.csv")


def test_an_empty_zip_is_empty(tmp_path: Path) -> None:
    assert refused(zipped(tmp_path / "a.zip", {"__MACOSX/x": b""}), tmp_path).code == "file.empty"


def test_an_encrypted_member_is_said(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.csv": b"abc"})
    content = bytearray(path.read_bytes())
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(header) + flags] |= 1
    path.write_bytes(bytes(content))
    problem = refused(path, tmp_path)
    assert (problem.code, problem.file) == ("file.encrypted", "a.zip/a.csv")


@pytest.mark.parametrize("place", [0, 40], ids=["its header", "its bytes"])
def test_a_damaged_member_is_said(tmp_path: Path, place: int) -> None:
    path = zipped(tmp_path / "a.zip", {"a.csv": b"abc" * 1000})
    content = bytearray(path.read_bytes())
    content[place : place + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(bytes(content))
    problem = refused(path, tmp_path)
    assert (problem.code, problem.file) == ("file.damaged", "a.zip/a.csv")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_not_the_files_fault(tmp_path: Path) -> None:
    """A file that is held for it would stay held: the same bytes are not read again."""
    path = zipped(tmp_path / "a.zip", {"a.csv": b"abc" * 1_000_000})
    into = tmp_path / "into"
    into.mkdir()
    (into / "0000").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        unpack(path, "a.zip", into, COMMON)


def test_a_bomb_is_refused_by_its_promise_and_by_what_comes_out(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.csv": bytes(3 << 20)})
    with pytest.raises(ProblemError) as caught:
        check_size(path, "a.zip", 2, COMMON.max_unpack_ratio)
    assert caught.value.problems[0].code == "zip.too_big"
    # a directory that lies about the size
    content = path.read_bytes().replace((3 << 20).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    path.write_bytes(content)
    into = tmp_path / "into"
    into.mkdir()
    with pytest.raises(ProblemError) as caught:
        unpack(path, "a.zip", into, replace(COMMON, max_unpacked_mb=2))
    assert caught.value.problems[0].code == "file.damaged"
    assert sum(member.stat().st_size for member in into.iterdir()) <= 2 << 20


def test_density_tells_a_bomb_too(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.csv": bytes(80 << 20)})
    with pytest.raises(ProblemError) as caught:
        check_size(path, "a.zip", COMMON.max_unpacked_mb, COMMON.max_unpack_ratio)
    assert "250 times" in caught.value.problems[0].en
