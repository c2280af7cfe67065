"""Suite, quarantine and decision on staged batches."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from staged_rows import household, insured, member

from bidui.home import expectations_dir

QUARANTINED = "select row_no, expectation, column_name, reason, severity from ledger.quarantined_row where batch_id = %s order by 1, 2"


def test_a_clean_roll_is_accepted_whole(stage, judge, rows_of):
    batch = stage("hi_roll", [insured(n) for n in range(20)])
    decision = judge(batch)
    assert (decision.status, decision.rows_accepted, decision.rows_quarantined) == ("accepted", 20, 0)
    assert decision.failed == ()
    assert rows_of("select status, decided_by, decided_at is not null from ledger.batch") == [("accepted", "gate", True)]
    assert rows_of("select action, decided_by from ledger.batch_decision") == [("accept", "gate")]
    checks = rows_of("select count(*), count(element_count), bool_and(success) from ledger.validation where batch_id = %s", batch)
    assert checks == [(32, 32, True)]


DEFECTS = [
    ("id_no_blank", "id_no", {"id_state": "blank", "id_no": None, "id_key": None}),
    ("id_no_placeholder", "id_no", {"id_state": "placeholder", "id_key": None}),
    ("id_no_mangled", "id_no", {"id_state": "mangled", "id_key": None}),
    ("id_no_length", "id_no", {"id_state": "length", "id_key": None}),
    ("id_no_checksum", "id_no", {"id_state": "check", "id_key": None}),
    ("id_no_birth", "id_no", {"id_state": "birth", "id_key": None}),
    ("psn_no_present", "psn_no", {"psn_no": None}),
    ("insurance_year_present", "insurance_year", {"insurance_year": None, "parse_errors": ["insurance_year"]}),
    ("status_in_code_list", "status", {"status": None, "unknown_codes": ["status"]}),
    ("insurance_kind_present", "insurance_kind", {"insurance_kind": None}),
]


def test_a_department_row_that_cannot_be_used_is_set_apart(stage, judge, rows_of):
    bad = [insured(40 + n, **changes) for n, (_, _, changes) in enumerate(DEFECTS)]
    batch = stage("hi_roll", [*bad, *(insured(n) for n in range(40))], first_row=4)
    decision = judge(batch)
    assert (decision.status, decision.rows_accepted, decision.rows_quarantined) == ("accepted", 40, len(DEFECTS))
    found = rows_of(QUARANTINED, batch)
    assert [row[:3] for row in found] == [(4 + n, name, column) for n, (name, column, _) in enumerate(DEFECTS)]
    assert all("·" in reason and severity == "critical" for _, _, _, reason, severity in found)


MERELY_ODD = {
    "id_no_old_15_digits": {"id_state": "old15", "id_no": "990101500101123", "id_key": None},
    "sex_in_code_list": {"sex": None, "unknown_codes": ["sex"]},
    "paid_on_readable": {"paid_on": None, "parse_errors": ["paid_on"]},
    "personal_amount_in_range": {"personal_amount": -5},
    "paid_on_in_range": {"paid_on": dt.date(2030, 1, 1), "insurance_year": 2027},
    "person_name_whole": {"name_norm": "王?"},
    "village_resolved": {"village_code": None},
    "sex_matches_id_no": {"sex": "男", "id_no": "99010119500101002X"},
}


def test_what_can_still_be_compared_is_only_warned_about(stage, judge, rows_of):
    odd = [insured(20 + n, **changes) for n, changes in enumerate(MERELY_ODD.values())]
    batch = stage("hi_roll", [*(insured(n) for n in range(10)), *odd])
    decision = judge(batch)
    assert (decision.status, decision.rows_quarantined) == ("accepted", 0)
    assert set(MERELY_ODD) <= set(decision.failed)
    counts = dict(rows_of("select expectation, unexpected_count from ledger.validation where batch_id = %s", batch))
    assert {name: counts[name] for name in MERELY_ODD} == dict.fromkeys(MERELY_ODD, 1)
    assert rows_of(QUARANTINED, batch) == []


def test_a_row_that_fails_twice_counts_once(stage, judge, rows_of):
    batch = stage("hi_roll", [*(insured(n) for n in range(9)), insured(9, id_state="mangled", id_key=None, psn_no=None)])
    decision = judge(batch)
    assert (decision.rows_accepted, decision.rows_quarantined) == (9, 1)
    assert [row[1] for row in rows_of(QUARANTINED, batch)] == ["id_no_mangled", "psn_no_present"]


def test_all_failing_rows_are_set_apart_not_a_sample(stage, judge, rows_of):
    """GX cuts its own list of failing rows at 20."""
    bad = [insured(n, id_state="check", id_key=None) for n in range(400, 440)]
    batch = stage("hi_roll", [*(insured(n) for n in range(400)), *bad])
    assert judge(batch).rows_quarantined == 40
    numbers = [row[0] for row in rows_of(QUARANTINED, batch)]
    assert numbers == list(range(402, 442))


def test_exact_repeats_are_told_and_same_keys_with_other_content_warned_about(stage, judge, rows_of):
    rows = [insured(n) for n in range(8)]
    batch = stage("hi_roll", [*rows, {**rows[0], "is_repeat": True}, {**rows[1], "personal_amount": 380}])
    decision = judge(batch)
    assert (decision.status, decision.rows_quarantined) == ("accepted", 0)
    assert rows_of(
        "select expectation, severity, unexpected_count from ledger.validation where batch_id = %s and not success order by 1",
        batch,
    ) == [("exact_repeats", "info", 1), ("key_unique", "warning", 2)]


def test_a_registry_person_stays_whatever_the_number(stage, judge, rows_of):
    states = ("blank", "placeholder", "mangled", "length", "check", "birth", "old15")
    bad = [member(100 + n, id_state=state, id_key=None) for n, state in enumerate(states)]
    batch = stage("registry_person", [*(member(n) for n in range(40)), *bad, member(200, person_no=None)])
    decision = judge(batch)
    assert (decision.status, decision.rows_accepted, decision.rows_quarantined) == ("accepted", 47, 1)
    assert [row[1] for row in rows_of(QUARANTINED, batch)] == ["person_no_present"]
    assert {"id_no_blank", "id_no_mangled", "id_no_checksum"} <= set(decision.failed)


def test_a_household_without_its_number_is_set_apart(stage, judge, rows_of):
    batch = stage("registry_household", [*(household(n) for n in range(12)), household(12, household_no=None)])
    decision = judge(batch)
    assert (decision.status, decision.rows_quarantined) == ("accepted", 1)
    assert decision.failed == ("household_no_present",)


def test_both_parties_of_a_marriage_are_looked_at(stage, judge, rows_of):
    def wedding(n, **changes):
        return {
            "registered_on": dt.date(2020, 5, 20), "kind": "结婚",
            "male_id_no": f"9901011990010100{n % 5 * 2 + 1}X"[:18], "female_id_no": f"9901011990010100{n % 5 * 2}X"[:18],
            "male_id_key": n * 2 + 1, "female_id_key": n * 2,
        } | changes

    batch = stage("marriage", [*(wedding(n) for n in range(10)), wedding(10, female_id_state="check", female_id_key=None)])
    decision = judge(batch)
    assert (decision.status, decision.rows_quarantined) == ("accepted", 1)
    assert [row[1:3] for row in rows_of(QUARANTINED, batch)] == [("female_id_checksum", "female_id")]


def test_judging_again_changes_nothing(stage, judge, rows_of):
    batch = stage("hi_roll", [*(insured(n) for n in range(9)), insured(9, id_state="check", id_key=None)])
    first = judge(batch)
    again = judge(batch)
    assert (again.status, again.rows_accepted, again.rows_quarantined) == (first.status, 9, 1)
    assert rows_of("select count(*) from ledger.batch_decision") == [(1,)]
    assert len(rows_of(QUARANTINED, batch)) == 1


def test_rows_lost_in_staging_stop_the_night_and_leave_no_decision(stage, judge, connection, rows_of):
    batch = stage("hi_roll", [insured(n) for n in range(5)])
    with connection, connection.cursor() as cursor:
        cursor.execute(f'delete from staging."hi_roll__b{batch}" where row_no = 3')
    with pytest.raises(ValueError, match="5 rows landed, 4 staged"):
        judge(batch)
    assert rows_of("select status from ledger.batch") == [("landed",)]


def test_a_batch_that_is_not_staged_is_named(stage, judge, connection):
    batch = stage("hi_roll", [insured(1)])
    with connection, connection.cursor() as cursor:
        cursor.execute(f'drop table staging."hi_roll__b{batch}"')
    with pytest.raises(LookupError, match=f"hi_roll__b{batch}"):
        judge(batch)


def test_a_batch_that_does_not_exist_is_named(judge):
    with pytest.raises(LookupError, match="424242"):
        judge(424242)


def test_a_critical_check_that_cannot_run_holds_the_file(stage, judge, connection, rows_of):
    """The rows might be right, but nobody has looked."""
    batch = stage("hi_roll", [insured(n) for n in range(10)])
    with connection, connection.cursor() as cursor:
        cursor.execute(f'alter table staging."hi_roll__b{batch}" drop column psn_no')
    decision = judge(batch)
    assert decision.status == "held"
    assert "psn_no_present" in decision.reason
    assert rows_of(
        "select success, unexpected_count from ledger.validation where expectation = 'psn_no_present'"
    ) == [(False, None)]


def test_an_error_of_the_server_quotes_nobody(stage, judge, rows_of, bidui_home, tmp_path, monkeypatch, caplog, capfd):
    """The server's message of a failed cast holds the value."""
    document = json.loads((expectations_dir() / "hi_roll.json").read_text(encoding="utf-8"))
    title = {"zh": "姓名是数字", "en": "the name is a number"}
    document["expectations"].append(
        {
            "type": "unexpected_rows_expectation",
            "kwargs": {"unexpected_rows_query": "select batch_id, row_no from {batch} where person_name::int > 0"},
            "severity": "critical",
            "meta": {"name": "name_is_number", "title": title, "reason": title},
        }
    )
    (tmp_path / "hi_roll.json").write_text(json.dumps(document), encoding="utf-8")
    monkeypatch.setenv("BIDUI_EXPECTATIONS", str(tmp_path))
    batch = stage("hi_roll", [insured(n, person_name="PLANTEDNAME") for n in range(6)])
    decision = judge(batch)
    assert decision.status == "held"
    assert "name_is_number" in decision.reason
    told = caplog.text + "".join(capfd.readouterr()) + str(rows_of("select * from ledger.batch"))
    told += "".join(path.read_text(encoding="utf-8") for path in (bidui_home / "gx").rglob("*") if path.is_file())
    assert "PLANTED" not in told


def test_no_value_of_a_person_is_kept_anywhere(stage, judge, rows_of, bidui_home):
    marked = insured(9, person_name="PLANTEDNAME", id_no="PLANTEDIDNO", id_state="check", id_key=None, sex=None,
                     unknown_codes=["sex"], parse_errors=["paid_on"])
    batch = stage("hi_roll", [*(insured(n) for n in range(9)), marked])
    judge(batch)
    kept = [path.read_text(encoding="utf-8") for path in (bidui_home / "gx").rglob("*") if path.is_file()]
    assert len(kept) >= 2
    kept += [str(rows_of(f"select * from ledger.{table}")) for table in ("batch", "validation", "quarantined_row", "batch_decision")]
    assert not [text for text in kept if "PLANTED" in text]
