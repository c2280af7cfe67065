"""The receipt as a workbook: the answer first, then the counts, then each failed row by its number in the file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bidui.clock import COUNTY_TIME
from bidui.contract import Title
from bidui.receipt.content import FailedRow, Part, Receipt
from bidui.workbook import Book, Cell, Column, Mark, file_stem, open_book

# A name that every file system takes: 200 bytes leave room for what is written beside it.
_NAME_BYTES = 200

# As the sender is told (`landing.batch.STATUS_WORDS` is what the office reads).
STATUS = {
    "accepted": Title("已接受", "accepted"),
    "held": Title("暂存，未生效", "held, not in force"),
    "duplicate": Title("重复报送，未作更改", "sent before, nothing changed"),
    "superseded": Title("已被后来的报送取代", "replaced by a later delivery"),
    "withdrawn": Title("已撤回，不再生效", "withdrawn, no longer in force"),
    "mixed": Title("部分接受", "accepted in part"),
}

TO_DO = {
    "accepted": Title("无需处理", "nothing"),
    "failed_rows": Title(
        "请在原系统中改正“未通过的行”所列各行，改正后重新报送整个文件；其余各行已经生效",
        "correct the rows listed under “未通过的行” at the source and send the whole file again; all other rows count",
    ),
    "held": Title(
        "请按“原因”改正后重新报送整个文件；名单本身无误的，请与比对办公室联系。在此之前，以“现在生效”所列名单为准",
        "mend what the reason says and send the whole file again; if the list is right, call the comparison office; until then the list"
        " under “现在生效” counts",
    ),
    "duplicate": Title("无需处理；如本应报送新的内容，请检查是否拿错了文件", "nothing; if it should have been new, check that it is the right file"),
    "superseded": Title("无需处理", "nothing"),
    "withdrawn": Title("如名单本身无误，请与比对办公室联系", "if the list was right, call the comparison office"),
    "mixed": Title("请改正未接受的工作表后重新报送", "mend the sheets that were not accepted and send them again"),
}

_SKIPPED = {
    "title": Title("标题行", "titles"),
    "header": Title("表头行", "headers"),
    "blank": Title("空行", "blanks"),
    "footer": Title("表尾行", "footers"),
}

_SEVERITY = {"hold": Title("须改正", "must be mended"), "warn": Title("请留意", "please look"), "info": Title("告知", "for information")}

_FOUND_IN = {
    "title": Title("取自标题行", "from the title row"),
    "file_name": Title("取自文件名", "from the file name"),
    "modified": Title("取自文件修改时间", "from the time the file was last written"),
}


def file_name(receipt: Receipt) -> str:
    """The same for the whole life of a delivery, so that a receipt made anew replaces the one before."""
    stem = file_stem(Path(receipt.delivery.file_name).stem)
    start = f"回执_{receipt.delivery.as_of}_批次{receipt.delivery.delivery_id}_"
    room = _NAME_BYTES - len(start.encode())
    return f"{start}{stem.encode()[:room].decode(errors='ignore')}.xlsx"


def write(path: Path, receipt: Receipt, failed_rows: Iterable[FailedRow]) -> None:
    """Write the workbook; failed rows are written as they come. Raises ProblemError when it cannot be written."""
    with open_book(path, created=receipt.delivery.as_of, title="报送回执 · Receipt") as book:
        _summary(book, receipt)
        if receipt.total("rows_quarantined"):
            _failed(book, receipt, failed_rows)
        if receipt.problems:
            _problems(book, receipt)
        if len(receipt.parts) > 1:
            _parts(book, receipt)
        if receipt.warned:
            _warned(book, receipt)
        _in_force(book, receipt)


def _summary(book: Book, receipt: Receipt) -> None:
    status, delivery = receipt.status, receipt.delivery
    failing = receipt.total("rows_quarantined")
    to_do = TO_DO["failed_rows" if status == "accepted" and failing else status]
    sheet = book.sheet(
        "回执 Receipt",
        [Column("项目 Item", 22), Column("内容 Content", 62), Column("English", 56)],
        titles=["数据报送回执 · Receipt for a delivery", f"{receipt.source.title}"],
        filtered=False,
    )
    mark: Mark = "warning" if status in ("held", "withdrawn", "mixed") else "changed"
    said: list[tuple[str, Cell, Cell, Mark]] = [
        ("结论 Answer", _answer(receipt).zh, _answer(receipt).en, mark),
        ("请您处理 What to do", to_do.zh, to_do.en, mark),
        *_reasons(receipt),
        ("文件 File", delivery.file_name, "", "plain"),
        ("数据项 Extract", receipt.extract.title.zh, receipt.extract.title.en, "plain"),
        ("数据日期 Data date", *_data_date(receipt.parts[0]), "plain"),
        ("收到时间 Received", f"{delivery.received_at.astimezone(COUNTY_TIME):%Y-%m-%d %H:%M}", "China time", "plain"),
        ("处理批次 Batch", "、".join(map(str, delivery.batch_ids)), f"night of {delivery.as_of}", "plain"),
        *_counts(receipt),
    ]
    for item, content, english, row_mark in said:
        sheet.row([item, content, english], {1: row_mark} if row_mark != "plain" else None)


def _answer(receipt: Receipt) -> Title:
    status, failing = STATUS[receipt.status], receipt.total("rows_quarantined")
    if not failing:
        return status
    return Title(f"{status.zh}；有 {failing:,} 行未通过", f"{status.en}; rows that did not pass: {failing:,}")


def _reasons(receipt: Receipt) -> list[tuple[str, Cell, Cell, Mark]]:
    holding = [problem for problem in receipt.problems if problem.severity == "hold"]
    if receipt.status in ("held", "mixed"):
        return [("原因 Reason", problem.zh, problem.en, "warning") for problem in holding]
    # What people decided is said in their own words; the gates' passing needs none.
    by_people = dict.fromkeys(
        part.reason for part in receipt.parts if part.reason and part.decided_by not in ("gate", "landing")
    )
    told: list[tuple[str, Cell, Cell, Mark]] = [("经办说明 Note", reason, "", "plain") for reason in by_people]
    if receipt.status in ("duplicate", "superseded"):
        told += [
            ("原因 Reason", *_both(part.reason), "plain")
            for part in receipt.parts
            if part.reason and part.reason not in by_people
        ]
    return told


def _both(text: str) -> tuple[str, str]:
    zh, _, en = text.partition(" · ")
    return zh, en


def _data_date(part: Part) -> tuple[Cell, Cell]:
    found = _FOUND_IN.get(part.header_report.get("data_date", {}).get("found_in", ""))
    if part.data_date is None:
        return "未能读出", "could not be read"
    return (f"{part.data_date}（{found.zh}）", found.en) if found else (str(part.data_date), "")


def _counts(receipt: Receipt) -> list[tuple[str, Cell, Cell, Mark]]:
    """Counts as sums that can be checked by eye; none of a file that was not opened because it had come before."""
    if receipt.status == "duplicate":
        return []
    read, skipped, landed = (receipt.total(f"rows_{count}") for count in ("read", "skipped", "landed"))
    accepted, quarantined = receipt.total("rows_accepted"), receipt.total("rows_quarantined")
    kinds = {kind: sum(part.header_report.get("skipped", {}).get(kind, 0) for part in receipt.parts) for kind in _SKIPPED}
    of_zh = "，".join(f"{_SKIPPED[kind].zh} {rows:,}" for kind, rows in kinds.items() if rows)
    of_en = ", ".join(f"{_SKIPPED[kind].en} {rows:,}" for kind, rows in kinds.items() if rows)
    counted: list[tuple[str, Cell, Cell, Mark]] = [
        (
            "读到行数 Rows read",
            f"{read:,} = 略过 {skipped:,} + 数据行 {landed:,}",
            f"{read:,} = skipped {skipped:,} + data rows {landed:,}",
            "plain",
        )
    ]
    if skipped:
        counted.append(("其中略过 Skipped", f"{skipped:,}：{of_zh}", f"{skipped:,}: {of_en}", "plain"))
    if landed and landed == accepted + quarantined:
        counted.append(
            (
                "数据行 Data rows",
                f"{landed:,} = 通过 {accepted:,} + 未通过 {quarantined:,}",
                f"{landed:,} = passed {accepted:,} + did not pass {quarantined:,}",
                "plain",
            )
        )
    return counted


def _failed(book: Book, receipt: Receipt, failed_rows: Iterable[FailedRow]) -> None:
    several = len(receipt.parts) > 1
    columns = [
        Column("行号\nRow in your file", 10, holds="ordinal"), Column("列\nColumn", 24), Column("问题\nWhat is wrong", 44),
        Column("请您处理\nWhat to do", 30), Column("English", 50),
    ]  # fmt: skip
    if several:
        columns.insert(0, Column("文件或工作表\nFile or sheet", 28))
    sheet = book.sheet(
        "未通过的行 Failed rows", columns,
        titles=["未通过的行（行号为您文件中的行号；同一行有几处问题的分几行列出） · Rows that did not pass"],
    )  # fmt: skip
    for row in failed_rows:
        cells: list[Cell] = [row.row_no, row.columns, row.what.zh, row.fix.zh, f"{row.what.en}; {row.fix.en}".strip("; ")]
        sheet.row([row.part.source_name, *cells] if several else cells)


def _problems(book: Book, receipt: Receipt) -> None:
    sheet = book.sheet(
        "文件与表头 File and header",
        [Column("程度\nHow serious", 18), Column("问题与处理\nWhat is wrong and what to do", 70), Column("English", 60)],
        titles=["文件与表头的问题 · What was found about file and header"],
    )
    for problem in receipt.problems:
        mark: Mark = "warning" if problem.severity == "hold" else "plain"
        sheet.row([str(_SEVERITY[problem.severity]), problem.zh, problem.en], {0: mark})


def _parts(book: Book, receipt: Receipt) -> None:
    sheet = book.sheet(
        "各表行数 Rows per table",
        [
            Column("文件或工作表\nFile or sheet", 44), Column("结论\nAnswer", 24), Column("读到\nRead", 11), Column("略过\nSkipped", 11),
            Column("数据行\nData rows", 11), Column("通过\nPassed", 11), Column("未通过\nDid not pass", 13),
        ],
        titles=["各表行数：读到 = 略过 + 数据行；数据行 = 通过 + 未通过 · Rows per table"],
    )  # fmt: skip
    for part in receipt.parts:
        sheet.row([
            part.source_name, str(STATUS[part.status]), part.rows_read, part.rows_skipped, part.rows_landed,
            part.rows_accepted, part.rows_quarantined,
        ])  # fmt: skip


def _warned(book: Book, receipt: Receipt) -> None:
    sheet = book.sheet(
        "提醒 Remarks",
        [Column("应当\nWhat should hold", 60), Column("不符行数\nRows", 12), Column("English", 60)],
        titles=["提醒：这些行已经接受，请留意 · Remarks: these rows were accepted, please have a look"],
    )
    for warned in receipt.warned:
        sheet.row([warned.title.zh, warned.rows, warned.title.en])


def _in_force(book: Book, receipt: Receipt) -> None:
    sheet = book.sheet(
        "现在生效 In force",
        [
            Column("数据项\nExtract", 34), Column("现在生效\nIn force", 30), Column("数据日期\nData date", 13),
            Column("行数\nRows", 11), Column("文件\nFile", 44),
        ],
        titles=[f"现在用于比对的名单 · Lists that are compared now ({receipt.delivery.as_of})"],
    )  # fmt: skip
    mark: Mark
    for held in receipt.in_force:
        if held.data_date is None:
            state, mark = "没有名单，无法比对 none, not comparable", "warning"
        elif held.is_stale(receipt.delivery.as_of):
            state, mark = "已过期，无法比对 stale, not comparable", "warning"
        else:
            state, mark = "生效 in force", "plain"
        sheet.row(
            [str(held.extract.title), state, held.data_date, held.rows if held.data_date else None, held.files],
            {1: mark},
        )
