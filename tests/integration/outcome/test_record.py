"""Answers to findings: each recorded once, refused in words, never changed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Iterator

import psycopg2
import psycopg2.extensions
import pytest

from bidui.home import sql_dir
from bidui.outcome import Answer, Place, apply, exempt
from bidui.outcome.refusal import codes
from bidui.problem import ProblemError
from bidui.warehouse.connection import connect

NIGHT = dt.date(2026, 10, 16)
OPENED = dt.date(2026, 10, 10)

GOOD = Answer(
    finding_id="f1", verdict="false_positive", answered_by="张三", answered_on=NIGHT, value_hash="h1",
    wrong_side="department", reason="户籍已迁出", place=Place("名单.xlsx", "某村", 4),
)


@pytest.fixture(scope="module")
def connection(warehouse: str) -> Iterator[psycopg2.extensions.connection]:
    """Findings f1 … f9 of one published night, f0 closed."""
    connection = connect(warehouse)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "create table mart_finding.finding (finding_id text, state text, value_hash text, opened_on date,"
            " from_night date, to_night date);"
            "insert into mart_finding.finding select 'f' || n, case n when 0 then 'closed' else 'open' end, 'h' || n,"
            " %(opened)s, %(opened)s, 'infinity' from generate_series(0, 9) as n;"
            "insert into mart_finding.finding values ('f1', 'open', 'earlier', %(opened)s, '2026-10-01', %(opened)s);"
            "update ledger.published_night set as_of = %(night)s",
            {"opened": OPENED, "night": NIGHT},
        )
    yield connection
    connection.close()


def outcomes(connection: psycopg2.extensions.connection) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from ledger.answer")
        return int(cursor.fetchone()[0])


REFUSED: dict[str, Callable[[Answer], Answer]] = {
    "finding_unknown": lambda a: dataclasses.replace(a, finding_id="nothing"),
    "finding_closed": lambda a: dataclasses.replace(a, finding_id="f0", value_hash="h0"),
    "verdict_missing": lambda a: dataclasses.replace(a, verdict=" "),
    "verdict_unknown": lambda a: dataclasses.replace(a, verdict="maybe"),
    "wrong_side_unknown": lambda a: dataclasses.replace(a, wrong_side="village"),
    "values_missing": lambda a: dataclasses.replace(a, value_hash=None),
    "values_changed": lambda a: dataclasses.replace(a, value_hash="earlier"),
    "answerer_missing": lambda a: dataclasses.replace(a, answered_by=" "),
    "date_unreadable": lambda a: dataclasses.replace(a, answered_on="yesterday"),
    "answered_before_opening": lambda a: dataclasses.replace(a, answered_on=OPENED - dt.timedelta(days=1)),
    "answered_in_future": lambda a: dataclasses.replace(a, answered_on=NIGHT + dt.timedelta(days=1)),
    "field_check_missing": lambda a: dataclasses.replace(a, verdict="confirmed", field_check="无"),
    "reason_missing": lambda a: dataclasses.replace(a, reason="", wrong_side=None),
    "approver_missing": lambda a: dataclasses.replace(a, verdict="exempt", valid_until="2027-01-01"),
    "expiry_missing": lambda a: dataclasses.replace(a, verdict="exempt", approved_by="李四"),
    "expiry_unreadable": lambda a: dataclasses.replace(a, valid_until="for ever"),
    "expiry_passed": lambda a: dataclasses.replace(a, verdict="exempt", approved_by="李四", valid_until=NIGHT),
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_cannot_stand_is_refused_with_its_place(connection, code: str) -> None:
    before = outcomes(connection)
    applied = apply(connection, [REFUSED[code](GOOD)], today=NIGHT)
    assert applied.recorded == ()
    assert [problem.code for problem in applied.refused[0].problems] == [f"outcome.{code}"]
    problem = applied.refused[0].problems[0]
    assert (problem.file, problem.sheet, problem.row) == ("名单.xlsx", "某村", 4)
    assert outcomes(connection) == before


def test_a_batch_of_answers_goes_in_row_by_row(connection) -> None:
    """The good rows go in, the bad ones come back with every reason they have; what is cleaned is the same answer."""
    given = [
        GOOD,
        dataclasses.replace(GOOD, reason=" 户籍已迁出 ", answered_on="2026.10.16", place=Place("again.xlsx", None, 9)),
        dataclasses.replace(GOOD, finding_id="f2", value_hash="h2", verdict="confirmed", field_check="入户 10月15日"),
        dataclasses.replace(GOOD, finding_id="f3", value_hash="old", verdict="confirmed", answered_by=None),
        dataclasses.replace(GOOD, finding_id="f4", value_hash="h4"),
        dataclasses.replace(GOOD, finding_id="f4", value_hash="h4", verdict="unclear"),
        dataclasses.replace(
            GOOD, finding_id="f5", value_hash="h5", verdict="exempt", approved_by="李四", valid_until="2027年1月1日"
        ),
        dataclasses.replace(GOOD, finding_id="f6", value_hash="h6", reason="a\0b"),
    ]
    applied = apply(connection, given, today=NIGHT)
    assert [done.answer for done in applied.recorded] == [given[0], given[1], given[2], given[6], given[7]]
    assert applied.recorded[0].outcome_id == applied.recorded[1].outcome_id
    assert applied.new == 4
    assert [{problem.code for problem in refused.problems} for refused in applied.refused] == [
        {"outcome.values_changed", "outcome.answerer_missing", "outcome.field_check_missing"},
        {"outcome.answers_contradict"},
        {"outcome.answers_contradict"},
    ]
    again = apply(connection, given, today=NIGHT)
    assert [done.outcome_id for done in again.recorded] == [done.outcome_id for done in applied.recorded]
    assert again.new == 0
    with connection.cursor() as cursor:
        cursor.execute(
            "select reason, answered_on, source_file, source_row_no from ledger.answer where finding_id = 'f1'"
        )
        assert cursor.fetchall() == [("户籍已迁出", NIGHT, "名单.xlsx", 4)]


def test_an_answer_of_an_earlier_day_does_not_undo_a_later_one(connection) -> None:
    """A list of an earlier cycle comes back after a newer one; on the same day, and for 待补正, the last word counts."""
    later = dataclasses.replace(GOOD, finding_id="f8", value_hash="h8", answered_on=NIGHT)
    earlier = dataclasses.replace(later, verdict="confirmed", field_check="入户", answered_on=OPENED)
    unclear = dataclasses.replace(later, verdict="unclear")
    assert apply(connection, [unclear], today=NIGHT).new == 1
    assert apply(connection, [later], today=NIGHT).new == 1
    (refused,) = apply(connection, [earlier], today=NIGHT).refused
    assert [problem.code for problem in refused.problems] == ["outcome.answered_since"]
    assert apply(connection, [later], today=NIGHT).recorded[0].is_new is False
    assert apply(connection, [dataclasses.replace(later, reason="更正")], today=NIGHT).new == 1
    connection.rollback()


def test_an_exemption_is_granted_by_name_until_a_day(connection) -> None:
    """It is about the values as they are published; every reason against it is told at once."""
    terms = {"until": "2027年1月1日", "approved_by": "李主任", "by": "张三", "reason": "异地就读", "today": NIGHT}
    granted = exempt(connection, " F9 ", **terms)
    assert granted.is_new and not exempt(connection, "f9", **terms).is_new
    with connection.cursor() as cursor:
        cursor.execute(
            "select verdict, value_hash, approved_by, answered_by, valid_until from ledger.answer where finding_id = 'f9'"
        )
        assert cursor.fetchall() == [("exempt", "h9", "李主任", "张三", dt.date(2027, 1, 1))]
    for finding, change, codes_said in (
        ("f9", {"until": "2026-10-16", "approved_by": " "}, ["outcome.approver_missing", "outcome.expiry_passed"]),
        ("f9", {"until": "明年"}, ["outcome.expiry_unreadable"]),
        ("f9", {"until": "长期"}, ["outcome.expiry_unreadable"]),
        ("f9", {"reason": " "}, ["decision.reason"]),
        ("f0", {}, ["outcome.finding_closed"]),
        ("nothing", {}, ["outcome.finding_unknown"]),
    ):
        with pytest.raises(ProblemError) as raised:
            exempt(connection, finding, **(terms | change))
        assert [problem.code for problem in raised.value.problems] == codes_said
    connection.rollback()


def test_answers_are_never_changed(connection) -> None:
    apply(connection, [GOOD], today=NIGHT)
    connection.commit()
    for statement in (
        "update ledger.answer set reason = 'x'", "delete from ledger.answer", "truncate ledger.answer",
    ):
        with pytest.raises(psycopg2.errors.RaiseException, match="append-only"), connection.cursor() as cursor:
            cursor.execute(statement)
        connection.rollback()


@pytest.mark.parametrize(
    ("verdict", "constraint"), [("confirmed", "field_check"), ("exempt", "exempt_needs")]
)
def test_the_schema_itself_holds_what_matters_most(connection, verdict: str, constraint: str) -> None:
    with pytest.raises(psycopg2.errors.CheckViolation, match=constraint), connection.cursor() as cursor:
        cursor.execute(
            "insert into ledger.answer (finding_id, verdict, reason, answered_by, answered_on, valid_until)"
            " values ('f7', %s, 'r', 'b', '2026-10-16', '2027-01-01')",
            (verdict,),
        )
    connection.rollback()


def test_every_reason_has_words() -> None:
    text = (sql_dir() / "031_outcome.sql").read_text(encoding="utf-8")
    said = set(re.findall(r"then '([a-z]+_[a-z_]+)'", text)) | set(re.findall(r"array\['([a-z_]+)'\]", text))
    assert said == codes()
    assert set(REFUSED) | {"answers_contradict", "answered_since"} == codes()
