"""A task that a person has to mend ends with the message and no frames, a defect with its frames."""

from __future__ import annotations

import datetime as dt
import logging

import psycopg2
import pytest
from airflow.sdk import RetryAction

from bidui.connector import PullError
from bidui.platform.dag import defaults
from bidui.platform.failure import RefusedError, ToMendError, in_words
from bidui.problem import Problem, ProblemError
from bidui.warehouse.dbt import DbtError

CLOSED = Problem(code="x", file="清单.xlsx", what_zh="文件开着", what_en="the file is open", fix_zh="关闭它", fix_en="close it")


@pytest.mark.parametrize(
    ("error", "ends_as", "words"),
    [
        (ProblemError(CLOSED), ToMendError, "文件 清单.xlsx：文件开着。请关闭它。\nfile 清单.xlsx: the file is open. To mend it: close it."),
        (ProblemError(CLOSED, final=True), RefusedError, "the file is open"),
        (PullError([CLOSED, CLOSED], final=True), RefusedError, "文件开着"),
        (DbtError("dbt build failed\nfact_person: no such column"), ToMendError, "fact_person: no such column"),
        (psycopg2.OperationalError("connection refused"), ToMendError, "连不上数据库"),
    ],
)
def test_what_a_person_has_to_mend_is_logged_and_ends_the_task(
    error: Exception, ends_as: type[ToMendError], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    def work() -> None:
        raise error

    with pytest.raises(ToMendError) as ended:
        in_words(work)()
    assert type(ended.value) is ends_as
    assert ended.value.code == 1
    assert ended.value.__suppress_context__
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert words in caplog.text
    assert caplog.records[0].exc_info is None


@pytest.mark.parametrize("error", [LookupError("no run"), psycopg2.errors.UndefinedTable("x")])
def test_a_defect_keeps_its_frames(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    def work() -> None:
        raise error

    with pytest.raises(type(error)):
        in_words(work)()
    assert caplog.text == ""


def test_what_goes_well_is_handed_on() -> None:
    def night(as_of: str) -> dt.date:
        """Says when."""
        return dt.date.fromisoformat(as_of)

    assert in_words(night)(as_of="2026-10-16") == dt.date(2026, 10, 16)
    assert (in_words(night).__name__, in_words(night).__doc__) == ("night", "Says when.")


def test_a_refusal_is_not_tried_again_and_anything_else_is() -> None:
    policy = defaults("ingest")["retry_policy"]
    tried = {error: policy.evaluate(error, 1, 2).action for error in (RefusedError(1), ToMendError(1), ValueError("x"))}
    assert list(tried.values()) == [RetryAction.FAIL, RetryAction.DEFAULT, RetryAction.DEFAULT]
