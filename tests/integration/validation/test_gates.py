"""When a whole file is held, what then stays in force, and what a county may change."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from staged_rows import insured, member

from bidui.validation.correction import replaced

OCTOBER, NOVEMBER, DECEMBER = dt.date(2026, 10, 16), dt.date(2026, 11, 16), dt.date(2026, 12, 16)


def roll(count, start=0, **changes):
    return [insured(n, **changes) for n in range(start, start + count)]


@pytest.fixture
def in_force(stage, judge):
    """An accepted roll of 100 rows of October."""
    batch = stage("hi_roll", roll(100), as_of=OCTOBER, data_date=OCTOBER)
    assert judge(batch, as_of=OCTOBER).status == "accepted"
    return batch


@pytest.mark.parametrize(("rows", "status"), [(80, "accepted"), (79, "held"), (200, "accepted")])
def test_a_roll_that_collapses_is_held_and_the_last_one_stays(stage, judge, rows_of, in_force, rows, status):
    batch = stage("hi_roll", roll(rows), as_of=NOVEMBER, data_date=NOVEMBER)
    decision = judge(batch, as_of=NOVEMBER)
    assert decision.status == status
    assert rows_of("select status from ledger.batch where batch_id = %s", in_force) == [("accepted",)]
    assert rows_of(
        "select success from ledger.validation where batch_id = %s and expectation = 'row_count_vs_in_force'", batch
    ) == [(status == "accepted",)]
    if status == "held":
        assert "100 行降至 79 行" in decision.reason
        assert "100 fell to 79" in decision.reason
        assert f"bidui release {batch}" in decision.reason
        assert rows_of("select problems -> 0 ->> 'code' from ledger.batch where batch_id = %s", batch) == [("gate.row_drop",)]
        # Nothing is lost: the rows are judged and counted, only not in force.
        assert (decision.rows_landed, decision.rows_accepted + decision.rows_quarantined) == (79, 79)


def test_a_roll_that_swells_is_held(stage, judge, rows_of, in_force):
    """Another county's list below our own, or our own twice: both would be compared as if they were ours."""
    batch = stage("hi_roll", roll(201), as_of=NOVEMBER, data_date=NOVEMBER)
    decision = judge(batch, as_of=NOVEMBER)
    assert decision.status == "held"
    assert "的 100 行增至 201 行" in decision.reason
    assert "grew from 100 rows" in decision.reason
    assert f"bidui release {batch}" in decision.reason
    assert rows_of("select problems -> 0 ->> 'code' from ledger.batch where batch_id = %s", batch) == [("gate.row_growth",)]
    assert rows_of(
        "select success from ledger.validation where batch_id = %s and expectation = 'row_count_vs_in_force'", batch
    ) == [(False,)]


def test_a_list_that_swells_in_parts_is_held(stage, judge, rows_of, in_force):
    parts = [
        stage("hi_roll", roll(101, start), as_of=NOVEMBER, data_date=NOVEMBER, delivery_no=9) for start in (0, 101)
    ]
    assert judge(*parts, as_of=NOVEMBER).status == "held"
    assert rows_of("select distinct status from ledger.batch where delivery_no = 9") == [("held",)]


def test_parts_of_a_delivery_are_added_up(stage, judge, in_force):
    parts = [
        stage("hi_roll", roll(45, start), as_of=NOVEMBER, data_date=NOVEMBER, delivery_no=9) for start in (0, 45)
    ]
    assert judge(*parts, as_of=NOVEMBER).status == "accepted"


def test_naming_one_part_judges_all(stage, judge, rows_of, in_force):
    parts = [
        stage("hi_roll", roll(45, start), as_of=NOVEMBER, data_date=NOVEMBER, delivery_no=9) for start in (0, 45)
    ]
    judge(parts[0], as_of=NOVEMBER)
    assert rows_of("select distinct status from ledger.batch where delivery_no = 9") == [("accepted",)]


def test_a_full_list_is_held_with_its_bad_part(stage, judge, rows_of):
    good = stage("hi_roll", roll(40), delivery_no=5)
    bad = stage("hi_roll", roll(40, 40, id_state="mangled", id_key=None), delivery_no=5)
    decision = judge(good, bad)
    assert decision.status == "held"
    assert f"批次 {bad}" in decision.reason
    assert rows_of("select distinct status from ledger.batch") == [("held",)]


def test_a_part_that_landing_could_not_read_holds_the_others(stage, judge):
    stage("hi_roll", [], delivery_no=5, status="held")
    assert judge(stage("hi_roll", roll(40), delivery_no=5)).status == "held"


def test_blank_numbers_beyond_their_share_hold_the_file(stage, judge, rows_of):
    blank = {"id_state": "blank", "id_no": None, "id_key": None}
    batch = stage("hi_roll", [*roll(294), *roll(6, 300, **blank)])
    decision = judge(batch)
    assert decision.status == "held"
    assert "“证件号码”：6 行（2.00%）为空；应为 不超过 0.50%" in decision.reason


def test_a_few_blanks_in_a_small_file_only_set_rows_apart(stage, judge):
    blank = {"id_state": "blank", "id_no": None, "id_key": None}
    decision = judge(stage("hi_roll", [*roll(20), *roll(4, 300, **blank)]))
    assert (decision.status, decision.rows_quarantined) == ("accepted", 4)


def test_blank_identities_hold_the_file(stage, judge):
    def listed(n, **changes):
        row = insured(n)
        return {
            "id_no": row["id_no"], "id_key": row["id_key"], "person_name": row["person_name"],
            "assist_identity": "低保对象", "town_name": "石桥镇", "included_month": dt.date(2026, 9, 1),
        } | changes

    batch = stage("hi_subsidy_target", [*(listed(n) for n in range(50)), *(listed(50 + n, assist_identity=None) for n in range(6))])
    decision = judge(batch)
    assert decision.status == "held"
    assert "医疗救助身份" in decision.reason


def test_a_number_column_damaged_by_a_spreadsheet_holds_the_file(stage, judge):
    batch = stage("hi_roll", [*roll(90), *roll(6, 90, id_state="mangled", id_key=None)])
    decision = judge(batch)
    assert decision.status == "held"
    assert "6 行（6.25%）被表格软件改写" in decision.reason
    assert "exported" not in decision.reason
    assert "export the column again as text" in decision.reason


def test_some_damaged_numbers_set_rows_apart(stage, judge):
    decision = judge(stage("hi_roll", [*roll(195), *roll(5, 195, id_state="mangled", id_key=None)]))
    assert (decision.status, decision.rows_quarantined) == ("accepted", 5)


def test_a_file_most_of_whose_rows_are_unusable_is_held(stage, judge):
    decision = judge(stage("hi_roll", [*roll(9), *roll(10, 9, id_state="check", id_key=None)]))
    assert decision.status == "held"
    assert "52.6%" in decision.reason


def test_a_registry_with_many_missing_numbers_is_accepted_within_its_own_share(stage, judge):
    blank = {"id_state": "blank", "id_no": None, "id_key": None}
    rows = [*(member(n) for n in range(150)), *(member(150 + n, **blank) for n in range(6))]
    assert judge(stage("registry_person", rows)).status == "accepted"


def test_an_empty_file_is_held(stage, judge):
    decision = judge(stage("hi_roll", []))
    assert decision.status == "held"
    assert "没有任何数据行" in decision.reason


def test_a_late_older_delivery_is_accepted_and_measured_against_its_own_time(stage, judge, rows_of):
    """The newer list is longer; what matters is what was in force for the older date: nothing."""
    newer = stage("hi_roll", roll(100), as_of=NOVEMBER, data_date=NOVEMBER)
    assert judge(newer, as_of=NOVEMBER).status == "accepted"
    older = stage("hi_roll", roll(30), as_of=DECEMBER, data_date=OCTOBER)
    assert judge(older, as_of=DECEMBER).status == "accepted"
    assert rows_of("select batch_id from ledger.batch where status = 'accepted' order by data_date desc") == [(newer,), (older,)]


def test_the_same_data_date_again_supersedes(stage, judge, rows_of, in_force):
    again = stage("hi_roll", roll(101), as_of=NOVEMBER, data_date=OCTOBER)
    assert judge(again, as_of=NOVEMBER).status == "accepted"
    assert rows_of("select batch_id, status from ledger.batch order by 1") == [(in_force, "superseded"), (again, "accepted")]
    assert rows_of("select batch_id, action from ledger.batch_decision order by decision_id") == [
        (in_force, "accept"), (again, "accept"), (in_force, "supersede"),
    ]


def test_a_held_correction_supersedes_nothing(stage, judge, rows_of, in_force):
    judge(stage("hi_roll", roll(10), as_of=NOVEMBER, data_date=OCTOBER), as_of=NOVEMBER)
    assert rows_of("select status from ledger.batch where batch_id = %s", in_force) == [("accepted",)]


def test_parts_of_one_delivery_do_not_supersede_each_other(stage, judge, rows_of):
    parts = [stage("hi_roll", roll(10, start), delivery_no=3) for start in (0, 10, 20)]
    judge(*parts)
    assert rows_of("select count(*) from ledger.batch where status = 'accepted'") == [(3,)]


def test_files_of_a_night_with_the_same_keys_are_a_list_and_its_correction(stage, judge, rows_of):
    """Six of the ten people of the first file come again: the second replaces it. The third names others: a part."""
    first = stage("hi_roll", roll(10), delivery_no=7)
    part = stage("hi_roll", roll(10, 100), delivery_no=7)
    correction = stage("hi_roll", roll(10, 4, personal_amount=380), delivery_no=7)
    judge(first, part, correction)
    assert rows_of("select batch_id, status, superseded_by from ledger.batch order by 1") == [
        (first, "superseded", correction), (part, "accepted", None), (correction, "accepted", None),
    ]
    assert "批次" in rows_of("select reason from ledger.batch where batch_id = %s", first)[0][0]


@pytest.mark.parametrize(("again", "second_status"), [(5, "superseded"), (4, "accepted")])
def test_the_share_of_keys_decides_between_correction_and_part(stage, judge, rows_of, again, second_status):
    first = stage("hi_roll", roll(10), delivery_no=7)
    second = stage("hi_roll", roll(10, 10 - again), delivery_no=7)
    judge(first, second)
    assert rows_of("select status from ledger.batch order by batch_id") == [(second_status,), ("accepted",)]


def test_a_bad_correction_of_the_same_night_leaves_the_list_in_force(stage, judge, rows_of):
    """Half of it is missing, or its numbers are damaged: it is held, alone."""
    first = stage("hi_roll", roll(20), delivery_no=7)
    collapsed = stage("hi_roll", roll(12), delivery_no=7)
    judge(first, collapsed)
    assert rows_of("select status from ledger.batch order by batch_id") == [("accepted",), ("held",)]


def test_a_bad_file_does_not_hold_its_correction(stage, judge, rows_of):
    damaged = stage("hi_roll", roll(20, id_state="mangled", id_no="3.41E+17", id_key=None), delivery_no=7)
    corrected = stage("hi_roll", roll(20), delivery_no=7)
    judge(damaged, corrected)
    assert rows_of("select status from ledger.batch order by batch_id") == [("held",), ("accepted",)]


def test_sheets_of_a_workbook_are_corrected_together(stage, judge, rows_of, connection):
    sheets = [stage("hi_roll", roll(10, start), delivery_no=7) for start in (0, 10)]
    with connection, connection.cursor() as cursor:
        cursor.execute("update ledger.batch set sha256 = 'one workbook'")
    corrected = stage("hi_roll", roll(18), delivery_no=7)
    judge(*sheets, corrected)
    assert rows_of("select status from ledger.batch order by batch_id") == [("superseded",), ("superseded",), ("accepted",)]


def test_a_part_that_comes_a_night_later_stands_beside_the_first(stage, judge, rows_of):
    judge(stage("hi_roll", roll(50), as_of=OCTOBER, data_date=OCTOBER), as_of=OCTOBER)
    late = stage("hi_roll", roll(10, 50), as_of=NOVEMBER, data_date=OCTOBER)
    assert judge(late, as_of=NOVEMBER).status == "accepted"
    correction = stage("hi_roll", roll(49), as_of=DECEMBER, data_date=OCTOBER)
    assert judge(correction, as_of=DECEMBER).status == "accepted"
    assert rows_of("select status from ledger.batch order by batch_id") == [("superseded",), ("accepted",), ("accepted",)]


def test_an_extract_without_keys_goes_by_whole_rows(stage, sources, connection):
    batches = [
        stage("hi_settlement", [{"row_hash": number} for number in range(start, start + 10)]) for start in (0, 2, 50)
    ]
    with connection, connection.cursor() as cursor:
        keyless = dataclasses.replace(sources.extract("hi_settlement"), keys=())
        assert replaced(cursor, keyless, batches) == {batches[0]: batches[1]}


def test_a_backfilled_night_does_not_replace_a_later_one_of_the_same_date(stage, judge, rows_of):
    later = stage("hi_roll", roll(50), as_of=DECEMBER, data_date=OCTOBER)
    judge(later, as_of=DECEMBER)
    backfilled = stage("hi_roll", roll(40), as_of=NOVEMBER, data_date=OCTOBER)
    assert judge(backfilled, as_of=NOVEMBER).status == "superseded"
    assert rows_of("select batch_id from ledger.batch where status = 'accepted'") == [(later,)]


@pytest.mark.parametrize(
    ("parameter", "rows", "status"),
    [
        (("AGG-01", "max_row_drop", "", "0.5"), 60, "accepted"),
        (("AGG-01", "max_row_drop", "hi_roll", "0.05"), 90, "held"),
        (("AGG-01", "max_row_drop", "dibao", "0.9"), 60, "held"),
        (("AGG-01", "max_row_growth", "", "2.5"), 350, "accepted"),
        (("AGG-01", "max_row_growth", "hi_roll", "0.1"), 120, "held"),
    ],
)
def test_a_county_sets_its_own_bounds(stage, judge, connection, in_force, parameter, rows, status):
    with connection, connection.cursor() as cursor:
        cursor.execute("insert into reference.county_parameter (rule_id, parameter, key, value) values (%s, %s, %s, %s)", parameter)
    assert judge(stage("hi_roll", roll(rows), as_of=NOVEMBER, data_date=NOVEMBER), as_of=NOVEMBER).status == status


@pytest.mark.parametrize(("key", "status"), [("", "accepted"), ("registry_person", "held")])
def test_a_county_wide_share_of_blanks_leaves_the_registry_alone(stage, judge, connection, key, status):
    """Blank numbers do not quarantine there, so only a value for that extract itself applies."""
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "insert into reference.county_parameter (rule_id, parameter, key, value) values ('AGG-03', 'max_blank_share', %s, '0.005')",
            (key,),
        )
    blank = {"id_state": "blank", "id_no": None, "id_key": None}
    rows = [*(member(n) for n in range(150)), *(member(150 + n, **blank) for n in range(6))]
    assert judge(stage("registry_person", rows)).status == status
