"""Release and withdraw: by name, with a reason, on record; and what they refuse."""

from __future__ import annotations

import datetime as dt

import pytest
from staged_rows import insured
from typer.testing import CliRunner

from bidui.problem import ProblemError
from bidui.validation import release, withdraw

OCTOBER, NOVEMBER = dt.date(2026, 10, 16), dt.date(2026, 11, 16)
SIGNED = {"by": "王科长", "reason": "已电话核实"}


def roll(count, start=0, **changes):
    return [insured(n, **changes) for n in range(start, start + count)]


@pytest.fixture
def act(connection):
    def run(action, batch, **signature):
        with connection:
            return action(connection, batch, **(signature or SIGNED))

    return run


@pytest.fixture
def held(stage, judge):
    """A roll that fell from 50 to 20 rows, one of them unusable."""
    assert judge(stage("hi_roll", roll(50), as_of=OCTOBER, data_date=OCTOBER), as_of=OCTOBER).status == "accepted"
    batch = stage("hi_roll", [*roll(19), insured(19, id_state="check", id_key=None)], as_of=NOVEMBER, data_date=NOVEMBER)
    assert judge(batch, as_of=NOVEMBER).status == "held"
    return batch


def test_a_released_batch_is_accepted_and_its_bad_rows_stay_apart(act, held, rows_of):
    assert act(release, held).changed == (held,)
    assert rows_of(
        "select status, decided_by, reason, rows_landed, rows_accepted, rows_quarantined from ledger.batch where batch_id = %s",
        held,
    ) == [("accepted", "王科长", "已电话核实", 20, 19, 1)]
    assert rows_of("select row_no from ledger.quarantined_row where batch_id = %s", held) == [(21,)]
    assert rows_of("select action, decided_by from ledger.batch_decision where batch_id = %s order by decision_id", held) == [
        ("hold", "gate"), ("release", "王科长"),
    ]


def test_releasing_twice_changes_nothing(act, held, rows_of):
    act(release, held)
    again = act(release, held, by="李科员", reason="再来一次")
    assert (again.changed, again.already_by) == ((), "王科长")
    assert rows_of("select count(*) from ledger.batch_decision where batch_id = %s", held) == [(2,)]


def test_the_next_delivery_is_measured_against_the_released_one(act, held, stage, judge):
    act(release, held)
    december = dt.date(2026, 12, 16)
    assert judge(stage("hi_roll", roll(18), as_of=december, data_date=december), as_of=december).status == "accepted"


def test_a_withdrawn_batch_gives_way_to_the_one_it_had_superseded(act, stage, judge, rows_of):
    first = stage("hi_roll", roll(50), as_of=OCTOBER, data_date=OCTOBER)
    judge(first, as_of=OCTOBER)
    second = stage("hi_roll", roll(51), as_of=NOVEMBER, data_date=OCTOBER)
    judge(second, as_of=NOVEMBER)
    done = act(withdraw, second)
    assert (done.changed, done.returned) == ((second,), (first,))
    assert rows_of("select batch_id, status from ledger.batch order by 1") == [(first, "accepted"), (second, "withdrawn")]


def test_withdrawing_twice_changes_nothing_and_release_takes_it_back(act, stage, judge, rows_of):
    batch = stage("hi_roll", roll(5))
    judge(batch)
    act(withdraw, batch)
    assert act(withdraw, batch).changed == ()
    assert act(release, batch).changed == (batch,)
    assert rows_of("select status from ledger.batch") == [("accepted",)]


def test_withdrawing_a_correction_returns_what_it_replaced_beside_the_other_part(act, stage, judge, rows_of):
    first, part = (stage("hi_roll", roll(10, start), as_of=OCTOBER, data_date=OCTOBER, delivery_no=4) for start in (0, 50))
    judge(first, part, as_of=OCTOBER)
    second, third = (stage("hi_roll", roll(10), as_of=NOVEMBER, data_date=OCTOBER) for _ in range(2))
    judge(second, as_of=NOVEMBER)
    judge(third, as_of=NOVEMBER)
    done = act(withdraw, third)
    assert (done.changed, done.returned) == ((third,), (second,))
    assert rows_of("select status from ledger.batch order by batch_id") == [
        ("superseded",), ("accepted",), ("accepted",), ("withdrawn",),
    ]


def test_all_parts_of_a_delivery_share_the_decision(act, stage, judge, rows_of):
    parts = tuple(stage("hi_roll", roll(5, start), delivery_no=4) for start in (0, 5))
    judge(*parts)
    assert act(withdraw, parts[1]).changed == parts


def problem_of(act, *arguments, **signature):
    with pytest.raises(ProblemError) as refused:
        act(*arguments, **signature)
    (problem,) = refused.value.problems
    assert problem.zh
    assert problem.en
    return problem


@pytest.mark.parametrize("action", [release, withdraw])
def test_an_unknown_batch_is_refused(act, action):
    assert problem_of(act, action, 424242).code == "batch.unknown"


@pytest.mark.parametrize("action", [release, withdraw])
@pytest.mark.parametrize(("signature", "column"), [({"by": " ", "reason": "有"}, "--by"), ({"by": "王", "reason": ""}, "--reason"),
                                                   ({"by": "gate", "reason": "有"}, "--by")])
def test_a_decision_without_name_or_reason_is_refused(act, action, signature, column):
    assert problem_of(act, action, 1, **signature).column == column


def test_a_batch_accepted_by_the_gate_cannot_be_released(act, stage, judge):
    batch = stage("hi_roll", roll(5))
    judge(batch)
    assert problem_of(act, release, batch).found == "已接受 accepted"


def test_a_held_batch_cannot_be_withdrawn(act, held):
    problem = problem_of(act, withdraw, held)
    assert problem.code == "batch.wrong_status"
    assert problem.expected_en == "accepted"


def test_a_file_that_was_never_read_cannot_be_released(act, stage):
    assert problem_of(act, release, stage("hi_roll", [], status="held")).code == "batch.never_judged"


def test_a_held_batch_is_not_released_beside_an_accepted_one_of_the_same_date(act, stage, judge):
    held = stage("hi_roll", roll(20, id_state="mangled", id_key=None), data_date=OCTOBER)
    judge(held)
    corrected = stage("hi_roll", roll(20), data_date=OCTOBER)
    judge(corrected)
    problem = problem_of(act, release, held)
    assert problem.code == "batch.same_date"
    assert f"bidui withdraw {corrected}" in problem.zh


def test_the_commands(held, rows_of):
    from bidui.cli.batch import app

    done = CliRunner().invoke(app, ["release", str(held), "--by", "王科长", "--reason", "已核实"])
    assert (done.exit_code, f"batch {held} accepted" in done.output) == (0, True)
    again = CliRunner().invoke(app, ["release", str(held), "--by", "王科长", "--reason", "已核实"])
    assert (again.exit_code, "nothing changed" in again.output) == (0, True)
    done = CliRunner().invoke(app, ["withdraw", str(held), "--by", "王科长", "--reason", "报错了"])
    assert (done.exit_code, f"batch {held} withdrawn" in done.output) == (0, True)
    refused = CliRunner().invoke(app, ["withdraw", "424242", "--by", "王科长", "--reason", "报错了"])
    assert isinstance(refused.exception, ProblemError)
