"""Bad files: each is held with file, place, what was expected and what to do, in Chinese and English; its bytes are
kept, nothing of it is in the warehouse, and the good file beside it lands."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import xlwt

from bidui.connector import sha256_of
from bidui.contract import load_sources
from bidui.inspection import inspect
from bidui.landing.store import stored

NIGHT = date(2026, 10, 20)

HEADER = "证件号码,姓名,岗位,月工资"
GOOD = f"{HEADER}\n990101199001011234,甲,保洁,1800\n"
MANY = GOOD + "".join(f"9901011990010{i:05d},乙,保洁,1800\n" for i in range(20_000))


def book(sheets: dict[str, list[list[Any]]], merge: tuple[int, int, int, int] | None = None) -> bytes:
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream)
    for name, rows in sheets.items():
        sheet = workbook.add_worksheet(name)
        for position, row in enumerate(rows):
            sheet.write_row(position, 0, row)
        if merge:
            sheet.merge_range(*merge, rows[merge[0]][merge[1]])
    workbook.close()
    return stream.getvalue()


def old_book() -> bytes:
    stream = io.BytesIO()
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("a")
    for row in range(500):
        for column, text in enumerate(HEADER.split(",")):
            sheet.write(row, column, text if row == 0 else f"{text}{row}")
    workbook.save(stream)
    return stream.getvalue()


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("UP", ".."), content)
    return stream.getvalue()


COLUMNS = HEADER.split(",")
PERSON = ["990101199001011234", "甲", "保洁", 1800]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# name of the file, bytes, code, row, sheet, column, then words of place, expectation and fix: Chinese, English
BAD: dict[str, tuple[str, Callable[[], bytes], str, int | None, str | None, str | None, str, str]] = {
    "unreadable": ("a.xlsx", lambda: b"%PDF-1.4 junk", "file.foreign", None, None, None, "另存为 .xlsx", "save it as .xlsx"),
    "junk": ("a.csv", lambda: bytes(range(1, 256)) * 40, "text.encoding", 2, None, None, "UTF-8 或 GB18030", "UTF-8 or GB18030"),
    "empty": ("a.csv", lambda: b"", "file.empty", None, None, None, "重新导出", "export it again"),
    "header only": ("a.csv", lambda: f"{HEADER}\n".encode(), "file.no_rows", None, None, None, "至少一行数据", "at least one row"),
    "truncated xlsx": (
        "a.xlsx", lambda: book({"S": [COLUMNS, PERSON]})[:3000], "file.damaged", None, None, None,
        "完整的 zip 文件", "a complete zip file",
    ),
    "truncated xls": (
        "a.xls", lambda: old_book()[:20_000], "file.damaged", None, None, None, "完整的 xls 文件", "a complete xls file",
    ),
    "truncated csv": (
        "a.csv", lambda: GOOD.encode() + b"99010119900101", "file.truncated", 3, None, None,
        "重新完整导出并上传", "upload all of it",
    ),
    "truncated within a character": (
        "a.csv", lambda: (GOOD + "990101199001011235,乙").encode("gb18030")[:-1], "text.encoding", 3, None, None,
        "重新完整上传", "upload all of it again",
    ),
    "truncated zip": (
        "a.zip", lambda: zipped(a=GOOD.encode())[:60], "file.damaged", None, None, None, "完整的 zip 文件", "a complete zip file",
    ),
    "password": (
        "a.xlsx", lambda: OLE + bytes(1016) + "EncryptedPackage".encode("utf-16-le") + bytes(2000), "file.encrypted",
        None, None, None, "清空密码后保存", "empty the password",
    ),
    "wrong encoding": (
        "a.csv", lambda: GOOD.encode("utf-16"), "text.encoding", 1, None, None, "UTF-8 或 GB18030", "UTF-8 or GB18030",
    ),
    "one row in another encoding": (
        "a.csv", lambda: MANY.encode() + "990101199001019999,丙,保洁,1800\n".encode("gb18030"), "text.encoding",
        20_003, None, None, "CSV UTF-8", "CSV UTF-8",
    ),
    "one broken row in GB18030": (
        "a.csv", lambda: MANY.encode("gb18030") + b"990101199001019999,\xff\xff,x,1\n", "text.encoding",
        20_003, None, None, "CSV UTF-8", "CSV UTF-8",
    ),
    "required header missing": (
        "a.csv", lambda: GOOD.replace("证件号码", "证件号").encode(), "header.missing", 1, None, "证件号码",
        "把表头“证件号”改为“证件号码”", "rename header '证件号' to '证件号码'",
    ),
    "required header twice": (
        "a.csv", lambda: f"身份证号,姓名,身份证号\n{'1,甲,2'}\n".encode(), "header.twice", 1, None, "证件号码",
        "出现 2 次（A、C 列）", "2 times (columns A、C)",
    ),
    "no header": (
        "a.csv", lambda: GOOD.split("\n", 1)[1].encode(), "header.none", None, None, None,
        "证件号码、姓名", "header row is still there",
    ),
    "merged header cell": (
        "a.xlsx", lambda: book({"S": [["证件号码", "", "姓名"], ["1", "甲", "乙"]]}, merge=(0, 0, 0, 1)), "header.merged",
        1, "S", "B", "取消合并，为每列写上表头", "unmerge it and give each column its header",
    ),
    "merged header cell over a required one": (
        "a.xlsx", lambda: book({"S": [["证件号码", "", "岗位"], ["1", "甲", "乙"]]}, merge=(0, 0, 0, 1)), "header.missing",
        1, "S", "姓名", "表头行有合并单元格", "the header row has merged cells",
    ),
    "three sheets": (
        "a.xlsx", lambda: book({"数据": [COLUMNS, PERSON], "说明": [["填表说明"]], "字典": [["保洁"]]}), "sheet.other",
        None, "说明", None, "删除这张表后重新放入", "remove this sheet",
    ),
    "stray quote": (
        "a.csv", lambda: MANY.replace("990101199001010000,乙", '990101199001010000,"乙').encode(), "text.quote",
        10_003, None, None, "删除该行多余的引号", "remove the stray quote of this row",
    ),
    "quote open to the end": (
        "a.csv", lambda: (GOOD + '990101199001011235,"乙,保洁,1\n').encode(), "text.quote", 3, None, None,
        "没有闭合", "not closed",
    ),
    "NUL": (
        "a.csv", lambda: MANY.replace("990101199001010000,乙", "990101199001010000,\0乙").encode(), "text.nul",
        10_003, None, None, "重新导出", "export it again",
    ),
    "too many fields": (
        "a.csv", lambda: (GOOD + "990101199001011235,乙,保洁,1,800\n").encode(), "row.too_many_fields", 3, None, None,
        "4 个字段", "4 fields",
    ),
    "zip with a path outside": (
        "a.zip", lambda: zipped(**{"UP__evil.csv": GOOD.encode()}), "zip.outside", None, None, "../evil.csv",
        "相对路径", "a relative path inside the zip",
    ),
    "zip in a zip": (
        "a.zip", lambda: zipped(**{"inner.zip": zipped(a=b"x")}), "zip.nested", None, None, "inner.zip",
        "重新压缩一次", "zip once",
    ),
    "zip with one bad member": (
        "a.zip", lambda: zipped(**{"a.csv": GOOD.encode(), "b.csv": b""}), "file.empty", None, None, None,
        "a.zip/b.csv", "a.zip/b.csv",
    ),
    "300 columns": (
        "a.csv", lambda: (",".join([HEADER, *(f"列{i}" for i in range(300))]) + "\n1,甲\n").encode(), "header.too_wide",
        1, None, None, "至多 256 列", "at most 256",
    ),
    "date in the future": (
        "名单20261231.csv", lambda: GOOD.replace("甲", "丙").encode(), "date.future", None, None, None,
        "不晚于 2026-10-20；实际为 2026-12-31。请改正文件名中的日期", "not after 2026-10-20; found 2026-12-31",
    ),
    "title in the future": (
        "a.xlsx", lambda: book({"S": [["2027年3月名单"], COLUMNS, PERSON]}), "date.future", None, "S", None,
        "改正标题行中的日期", "correct the date in the title row",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD, ids=str)
def test_a_bad_file_is_held_and_the_night_goes_on(office: Any, contract_file: Path, case: str) -> None:
    name, content, code, row, sheet, column, zh, en = BAD[case]
    path = office.put(name, content(), day=18)
    office.put("好.csv", GOOD, day=19)

    by_name = {batch.source_name: batch for batch in office.night()}

    assert by_name["好.csv"].status == "landed"
    assert by_name["好.csv"].rows_landed == 1
    held = by_name[name]
    assert held.status == "held"
    assert held.reason
    problem = held.problems[0]
    assert problem.code == code
    assert problem.file is not None
    assert problem.file.startswith(name)
    assert (problem.row, problem.sheet, problem.column) == (row, sheet, column)
    assert zh in problem.zh
    assert en in problem.en
    assert problem.zh in held.reason
    assert problem.fix_zh
    assert problem.fix_en
    # who looks before dropping the file hears the same
    told = inspect(path, load_sources(contract_file.parent), "public_post", NIGHT)
    assert told.would_be_held
    assert [p for p in told.problems if (p.code, p.row, p.sheet, p.column) == (code, row, sheet, column)]
    # nothing is lost, and nothing half-read is left behind
    assert stored(sha256_of(path)).read_bytes() == path.read_bytes()
    assert (held.rows_read, held.rows_skipped, held.rows_landed) == (0, 0, 0)
    assert office.ask("select count(distinct batch_id), count(*) from raw.public_post") == [(1, 1)]
    assert office.ask("select count(*) from pg_class where relname ~ '^public_post__b[0-9]+$'") == [(1,)]
    assert not list(path.parent.parent.glob("**/evil.csv"))


def test_a_file_that_cannot_be_opened_is_held_once(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = office.put("a.csv", GOOD)
    opened = Path.open

    def refuse(self: Path, *arguments: Any, **options: Any) -> Any:
        if self == path:
            raise PermissionError(13, "Permission denied")
        return opened(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    for _ in range(2):
        (held,) = office.night()
        assert (held.status, held.problems[0].code) == ("held", "file.not_readable")
    assert len(office.batches()) == 1
    monkeypatch.undo()
    assert office.night()[0].status == "landed"


def test_no_personal_value_is_in_what_is_said_of_bad_files(office: Any) -> None:
    names = []
    for position, (name, content, *_) in enumerate(BAD.values()):
        names.append(office.put(f"{position}_{name}", content()).name)
    office.night()
    told = office.ask("select reason || problems::text || header_report::text from ledger.batch where reason is not null")
    assert len(told) >= len(BAD) - 3  # some of them are the same bytes
    for (text,) in told:
        assert "9901011990" not in text
        assert "甲" not in text
        assert "乙" not in text
