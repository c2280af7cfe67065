"""Reviewers' verdicts: what comes back in a workbook, what it decides, and when it lapses."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import psycopg2
import pytest
from hand_made import VILLAGE, HandMadeCounty, id_number

from bidui.contract import load_sources
from bidui.linkage import review, verdict
from bidui.night.freeze import freeze
from bidui.workbook.answer_form import chinese_part

BORN = dt.date(1965, 5, 5)
REGISTERED = id_number(BORN, serial=1)
OTHER = id_number(BORN, serial=2)
THIRD = id_number(dt.date(1977, 7, 7), serial=3)
FOURTH = id_number(dt.date(1977, 7, 7), serial=4)

HEADER_ROW = 4
QUEUE = """
select
    extract, batch_id, row_no, subject_role, 1, row_name, row_id_no, row_sex, row_birth_date, row_village_code,
    person_key, person_name, id_no, sex, birth_date, village_code, match_weight, comparison, gates, mention_hash, person_hash
from mart_identity.link_review
where to_night = 'infinity'
order by batch_id, row_no
"""


def registered(number: int, name: str, id_no: str, **more: Any) -> dict[str, Any]:
    return {
        "person_no": str(number), "household_no": str(number), "name": name, "id_no": id_no, "village_code": VILLAGE,
        "sex": "男", "birth_date": BORN if name == "陶一竹" else dt.date(1977, 7, 7), **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def queue(county: HandMadeCounty) -> list[tuple[Any, ...]]:
    """Two people whom the roll knows under other valid numbers: both wait for a reviewer."""
    county.query(
        "insert into reference.link_term (model_version, term, value, persons) values"
        " ('shipped-1', 'population', '', 120000), ('shipped-1', 'village', %s, 3000)",
        (VILLAGE,),
    )
    county.deliver("registry_person", [registered(1, "陶一竹", REGISTERED), registered(2, "姜二梅", THIRD)])
    county.deliver(
        "hi_roll",
        [
            {"name": "陶一竹", "id_no": OTHER, "village_code": VILLAGE, "sex": "男"},
            {"name": "姜二梅", "id_no": FOURTH, "village_code": VILLAGE, "sex": "男"},
        ],
    )
    county.reconcile()
    return county.query(QUEUE)


def answered(path: Path, queue: list[tuple[Any, ...]], *answers: dict[str, Any]) -> Path:
    """The review workbook of the queue with a line filled in per answer."""
    review.write_book(path, dt.date(2026, 10, 16), queue)
    book = openpyxl.load_workbook(path)
    sheet = book.active
    header = {chinese_part(str(cell.value)): cell.column for cell in sheet[HEADER_ROW]}
    for line, answer in enumerate(answers, start=HEADER_ROW + 1):
        for column, value in answer.items():
            sheet.cell(line, header[column]).value = value
    book.save(path)
    return path


def answer(said: str, **more: Any) -> dict[str, Any]:
    return {review.VERDICT: said, review.REVIEWER: "李复核", review.DAY: "2026-10-15", **more}


def decisions(county: HandMadeCounty) -> dict[int, tuple[Any, ...]]:
    return {
        row_no: tuple(rest)
        for row_no, *rest in county.query(
            "select row_no, decision, person_key, rule from mart_identity.link"
            " where extract = 'hi_roll' and to_night = 'infinity'"
        )
    }


def codes(applied: verdict.Applied) -> list[str]:
    return [problem.code for _, problem in applied.refused]


def test_both_wait_for_a_reviewer(county: HandMadeCounty, queue: list[tuple[Any, ...]]) -> None:
    assert [(row[2], row[10]) for row in queue] == [(1, "1"), (2, "2")]
    assert all("two_valid_numbers" in row[18] for row in queue)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (answer("也许"), "linkage.verdict_unknown"),
        (answer(review.SAME, **{review.REVIEWER: " "}), "linkage.reviewer_missing"),
        (answer(review.SAME, **{review.DAY: "前天"}), "linkage.day_unreadable"),
        (answer(review.SAME, **{review.DAY: "2026-12-31"}), "linkage.day_in_future"),
        (answer(review.SAME, **{review.CHECK: "0" * 24}), "form.key_edited"),
        (answer(review.SAME, **{review.PERSON: "0" * 32}), "form.key_edited"),
        (answer(review.SAME, **{review.ROW_NAME: "姜二梅"}), "form.row_moved"),
        (answer("", **{review.REASON: "待查"}), "linkage.verdict_missing"),
    ],
)
def test_a_line_that_cannot_stand_is_refused_and_the_rest_goes_in(
    county: HandMadeCounty, queue: list[tuple[Any, ...]], tmp_path: Path, line: dict[str, Any], code: str
) -> None:
    file = answered(tmp_path / "back.xlsx", queue, line, answer(review.DIFFERENT))
    with psycopg2.connect(county.url) as connection:
        applied = verdict.apply(connection, file, tmp_path / "refused", today=dt.date(2026, 10, 16))
        connection.rollback()
    assert (applied.new, codes(applied)) == (1, [code])
    assert applied.refused[0][1].row == HEADER_ROW + 1


def as_text(path: Path) -> Path:
    """Saved as text in the machine's own encoding, the list of another file pasted below it."""
    target = path.with_suffix(".csv")
    with target.open("w", encoding="gb18030", newline="") as stream:
        writer = csv.writer(stream)
        for _ in range(2):
            for row in openpyxl.load_workbook(path).active.iter_rows(values_only=True):
                writer.writerow(["" if value is None else value for value in row])
    return target


def as_edited(path: Path) -> Path:
    """A sheet of notes in front, the list renamed, its columns in another order, a header with other blanks."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    sheet.protection.disable()
    sheet.title = "已填"
    sheet.insert_cols(1, 2)
    header = next(cell for cell in sheet[HEADER_ROW] if str(cell.value).startswith(review.VERDICT))
    header.value = "结论\u3000verdict "
    book.create_sheet("草稿", 0).append(["随手记"])
    book.save(path)
    return path


@pytest.mark.parametrize("saved", [as_text, as_edited])
def test_verdicts_are_found_however_the_workbook_was_edited(
    county: HandMadeCounty, queue: list[tuple[Any, ...]], tmp_path: Path, saved: Callable[[Path], Path]
) -> None:
    file = saved(answered(tmp_path / "back.xlsx", queue, answer("也许"), answer(review.DIFFERENT)))
    with psycopg2.connect(county.url) as connection:
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from ledger.link_verdict")
            (before,) = cursor.fetchone() or (0,)
            applied = verdict.apply(connection, file, tmp_path / "refused", today=dt.date(2026, 10, 16))
            cursor.execute("select count(*) from ledger.link_verdict")
            assert cursor.fetchone() == (before + 1,)  # however often the line stands in the file
        connection.rollback()
    assert set(codes(applied)) == {"linkage.verdict_unknown"}
    assert applied.refused[0][1].row == HEADER_ROW + 1


def test_a_pair_that_is_not_waiting_is_refused(
    county: HandMadeCounty, queue: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    stale = [(*queue[0][:-1], "a" * 32)]
    file = answered(tmp_path / "stale.xlsx", stale, answer(review.SAME))
    with psycopg2.connect(county.url) as connection:
        assert codes(verdict.apply(connection, file, tmp_path / "refused", today=dt.date(2026, 10, 16))) == ["linkage.not_waiting"]


def next_night(county: HandMadeCounty) -> None:
    """Freeze the night after: what is in force, and the last verdict that it knows."""
    county.query("update ledger.run set status = 'reconciled' where as_of = %s", (county.night,))
    county.night += dt.timedelta(days=1)
    with psycopg2.connect(county.url) as connection:
        freeze(connection, load_sources(), county.night)


def test_verdicts_decide_from_the_next_night_on_and_lapse(
    county: HandMadeCounty, queue: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    next_night(county)
    file = answered(tmp_path / "back.xlsx", queue, answer(review.SAME), answer(review.DIFFERENT))
    for expected in ((2, 0), (0, 2)):  # the same workbook twice changes nothing
        with psycopg2.connect(county.url) as connection:
            applied = verdict.apply(connection, file, tmp_path / "refused", today=dt.date(2026, 10, 16))
        assert (applied.new, applied.known, applied.refused, applied.refused_list) == (*expected, (), None)
    # The night was frozen before the workbook came back: built once more, it says what it said.
    county.reconcile()
    assert {row_no: said[0] for row_no, said in decisions(county).items()} == {1: "review", 2: "review"}

    next_night(county)
    county.reconcile()
    assert decisions(county) == {1: ("linked", "1", "reviewer"), 2: ("not_found", None, None)}
    assert county.query(QUEUE) == []
    states = dict(county.query("select person_key, coalesce(hi_roll, '-') from mart_identity.int_identity__evidence"))
    assert states == {"1": "-", "2": "-"}

    # The same rows in a new batch: the verdicts hold, whatever batch they were given on.
    county.deliver(
        "hi_roll",
        [
            {"name": "姜二梅", "id_no": FOURTH, "village_code": VILLAGE, "sex": "男"},
            {"name": "陶一竹", "id_no": OTHER, "village_code": VILLAGE, "sex": "男"},
        ],
        data_date=county.night + dt.timedelta(days=1),
    )
    # One registry person changes: what was said of the person as it was no longer holds.
    county.query("update staging.registry_person set hamlet_name = '上湾' where person_key = '2'")
    next_night(county)
    county.reconcile()
    assert decisions(county)[2] == ("linked", "1", "reviewer")
    assert decisions(county)[1][:2] == ("review", "2")
    # What each night said stays on record.
    told = county.query(
        "select from_night - date '2026-10-16', decision from mart_identity.link where batch_id = %s and row_no = 1"
        " order by from_night",
        (queue[0][1],),
    )
    assert told == [(0, "review"), (2, "linked")]


def test_verdicts_are_never_changed(county: HandMadeCounty, queue: list[tuple[Any, ...]]) -> None:
    for statement in ("update ledger.link_verdict set verdict = 'different'", "delete from ledger.link_verdict"):
        with pytest.raises(psycopg2.errors.RaiseException, match="append-only"):
            county.query(statement)


def test_another_workbook_is_no_review(county: HandMadeCounty, tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    with pytest.raises(Exception, match="linkage review"):
        verdict.apply(county.connection, tmp_path / "other.xlsx", tmp_path)

