"""The review queue as a workbook: one line per row and registry person that the model could not decide."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg2
import sqlalchemy

from bidui import handed_out
from bidui.home import secret
from bidui.linkage.words import comparison_words, gate_words
from bidui.problem import Problem, ProblemError
from bidui.warehouse.connection import transaction
from bidui.workbook import Column, open_book

SAME, DIFFERENT = "同一人", "不同人"

# What comes back: the header says which column it is, wherever it was moved to.
VERDICT, REASON, REVIEWER, DAY = "结论 verdict", "理由 reason", "复核人 reviewer", "复核日期 date"
MENTION, PERSON, CHECK = "mention_hash", "person_hash", "check"

_COLUMNS = (
    Column("数据项 extract", 18), Column("批次 batch", 8), Column("行号 row", 8), Column("角色 role", 8),
    Column("行数 rows", 7),
    Column("部门：姓名 name", 12), Column("部门：证件号码 ID number", 22), Column("部门：性别 sex", 7),
    Column("部门：出生日期 birth date", 12), Column("部门：村 village", 14),
    Column("名册：人编号 person", 14), Column("名册：姓名 name", 12), Column("名册：证件号码 ID number", 22),
    Column("名册：性别 sex", 7), Column("名册：出生日期 birth date", 12), Column("名册：村 village", 14),
    Column("权重（比特） weight, bits", 10), Column("各项比较 comparison", 34), Column("为何需要复核 why", 30),
    Column(VERDICT, 10, editable=True, choices=(SAME, DIFFERENT)), Column(REASON, 24, editable=True),
    Column(REVIEWER, 12, editable=True), Column(DAY, 12, editable=True),
    Column(MENTION, hidden=True), Column(PERSON, hidden=True), Column(CHECK, hidden=True),
)  # fmt: skip

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
    login may not read it, or the file cannot be written.
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
    write_book(path, as_of, pairs)
    with transaction() as owner:
        handed_out.record(
            owner, "review", "audit.link_review", as_of, path, [path], len(pairs),
            by=by, login=sqlalchemy.make_url(url).username,
        )  # fmt: skip
    return len(pairs)


def write_book(path: Path, night: dt.date, pairs: Sequence[tuple[Any, ...]]) -> None:
    """Write lines in the order of the queue's columns."""
    with open_book(path, created=night, title="人员关联复核 · review of links") as book:
        sheet = book.sheet(
            "复核 review",
            _COLUMNS,
            titles=(
                f"人员关联复核（{night}） · links to review",
                "请选择“同一人”或“不同人”，填写复核人和日期；不确定的留空。勿改动其他列。"
                " Choose, and write who decided and when; leave open what is not certain.",
            ),
            protected=True,
        )
        for *cells, comparison, gates, mention, person in pairs:
            sheet.row(
                [
                    *(str(cell) if isinstance(cell, int) and place in (1, 2) else cell for place, cell in enumerate(cells)),
                    comparison_words(comparison), gate_words(gates), None, None, None, None,
                    mention, person, check_of(mention, person),
                ]
            )  # fmt: skip


def check_of(mention_hash: str, person_hash: str) -> str:
    """A mark that only this platform can make: a line whose keys were edited does not carry it."""
    text = f"{mention_hash} {person_hash}".encode()
    return hmac.new(secret("workbook").encode(), text, hashlib.sha256).hexdigest()[:24]


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
