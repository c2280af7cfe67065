"""The review queue as a workbook: one line per row and registry person that the model could not decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg2
import sqlalchemy

from bidui import handed_out
from bidui.contract import load_sources
from bidui.linkage.words import comparison_words, gate_words, role_words
from bidui.problem import Problem, ProblemError
from bidui.warehouse.connection import transaction
from bidui.workbook import AnswerForm, Column, open_book

SAME, DIFFERENT = "同一人", "不同人"
CHOICES = {SAME: "same", DIFFERENT: "different"}

# Headers by which a returned form is read, wherever their columns have gone.
VERDICT, REASON, REVIEWER, DAY = "结论", "理由", "复核人", "复核日期"
MENTION, PERSON, CHECK = "行标识", "人标识", "行校验"
ROW_NAME, ROW_ID_NO, ROW_VILLAGE = "部门姓名", "部门证件号码", "部门所在村"
PERSON_NO, PERSON_NAME = "名册人编号", "名册姓名"

FORM = AnswerForm(
    verdict=VERDICT,
    others=(REASON, REVIEWER, DAY),
    keys=(MENTION, PERSON),
    seal=CHECK,
    shown=(ROW_NAME, ROW_ID_NO, ROW_VILLAGE, PERSON_NO, PERSON_NAME),
    optional=frozenset({ROW_ID_NO, ROW_VILLAGE, PERSON_NO}),
)

# First what is printed on one A4 page across: both sides, what speaks for and against, the answer.
_COLUMNS = (
    Column(f"{ROW_NAME}\nList: name", 10), Column(f"{ROW_ID_NO}\nList: ID number", 19), Column("部门性别\nList: sex", 8),
    Column("部门出生日期\nList: birth", 12), Column(f"{ROW_VILLAGE}\nList: village", 10),
    Column(f"{PERSON_NAME}\nReg.: name", 10), Column("名册证件号码\nRegistry: ID number", 19),
    Column("名册性别\nReg.: sex", 8), Column("名册出生日期\nReg.: birth", 12), Column("名册所在村\nReg.: village", 10),
    Column("各项比较\nComparison", 28), Column("为何需要复核\nWhy", 28),
    Column(f"{VERDICT}\nVerdict", 9, editable=True, choices=tuple(CHOICES)), Column(f"{REASON}\nReason", 18, editable=True),
    Column(f"{REVIEWER}\nReviewer", 9, editable=True), Column(f"{DAY}\nDate", 11, editable=True, holds="date"),
    Column("数据项\nExtract", 24, printed=False), Column("批次\nBatch", 8, printed=False),
    Column("行号\nRow", 8, printed=False), Column("角色\nRole", 10, printed=False), Column("行数\nRows", 7, printed=False),
    Column(f"{PERSON_NO}\nRegistry person", 16, printed=False), Column("权重（比特）\nWeight, bits", 12, printed=False),
    Column(MENTION, hidden=True), Column(PERSON, hidden=True), Column(CHECK, hidden=True),
)  # fmt: skip

_TITLES = (
    "请选择“同一人”或“不同人”，填写复核人和日期；不确定的留空。其余列请勿改动，排序时选中全部列；数据项、批次、行号等在右侧。",
    "Choose 同一人 (same) or 不同人 (different), and write who decided and when; leave open what is not certain. Leave the other"
    " columns as they are and sort all of them together; where the row stands is to the right.",
)

_QUEUE = """
select
    min(extract), min(batch_id), (array_agg(row_no order by batch_id, row_no))[1], min(subject_role), count(*),
    min(row_name), min(row_id_no), min(row_sex), min(row_birth_date), min(row_village_name),
    min(person_no), min(person_name), min(id_no), min(sex), min(birth_date), min(village_name),
    min(match_weight), min(comparison::text)::jsonb, min(gates::text)::jsonb, mention_hash, person_hash
from audit.link_review
group by mention_hash, person_hash
order by min(match_weight) desc nulls last, mention_hash, person_hash
"""


def write(url: str, path: Path, *, by: str) -> int:
    """Write the queue of the published night as the login of `url` may read it; return how many lines there are.

    The same pair met in several rows is one line. The export is on record by name (`by`). Raises ProblemError when the
    login may not read it, the file cannot be written, or stands there with answers in it.
    """
    connection = psycopg2.connect(url, application_name="bidui linkage review")
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("select as_of from ledger.published_night")
            (night,) = cursor.fetchone() or (None,)
            cursor.execute(_QUEUE)
            pairs = cursor.fetchall()
    except (psycopg2.errors.InsufficientPrivilege, psycopg2.errors.UndefinedTable):
        raise ProblemError(_no_queue()) from None
    finally:
        connection.close()
    as_of = night or dt.date(1970, 1, 1)
    with transaction() as owner:
        handed_out.refuse_if_edited(owner, "review", [path])
    write_book(path, as_of, pairs)
    with handed_out.on_record_or_gone([path]), transaction() as owner:
        handed_out.record(
            owner, "review", "audit.link_review", as_of, path, [path], len(pairs),
            by=by, login=sqlalchemy.make_url(url).username,
        )  # fmt: skip
    return len(pairs)


def write_book(path: Path, night: dt.date, pairs: Sequence[tuple[Any, ...]]) -> None:
    """Write lines in the order of the queue's columns."""
    titles = {key: extract.title.zh for key, extract in load_sources().extracts.items()}
    with open_book(path, created=night, title="人员关联复核 · review of links") as book:
        sheet = book.sheet(
            "复核 review", _COLUMNS, titles=(f"人员关联复核（{night}） · links to review", *_TITLES), protected=True,
            frozen=2,
        )  # fmt: skip
        for extract, batch_id, row_no, role, rows, *both_sides, weight, comparison, gates, mention, person in pairs:
            name, id_no, sex, birth_date, village, person_no, person_name, *rest = both_sides
            keys = (mention, person)
            sheet.row([
                name, id_no, sex, birth_date, village, person_name, *rest,
                comparison_words(comparison), gate_words(gates), None, None, None, None,
                titles.get(extract, extract), str(batch_id), str(row_no), role_words(role), rows, person_no, weight,
                *keys, FORM.sealed(keys, (name, id_no, village, person_no, person_name)),
            ])  # fmt: skip


def _no_queue() -> Problem:
    return Problem(
        code="linkage.review",
        what_zh="该登录看不到待复核清单，或尚无发布之夜",
        what_en="this login cannot read the review queue, or no night is published",
        column="--login",
        expected_zh="审计角色的登录",
        expected_en="a login of the role auditor",
        fix_zh="换用审计登录（bidui grants），或先运行一夜",
        fix_en="use an auditor's login (`bidui grants`), or run a night first",
    )
