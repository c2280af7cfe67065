"""Nights after the first: what corrections, missing files, replays and rebuilds do and must not do."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import differencing
import pytest
import truth
from county import County

from bidui.night import chain
from bidui.night.rebuild import rebuild
from bidui.night.replay import replay
from bidui.night.verify_chain import faults
from bidui.problem import ProblemError
from bidui.validation import override
from figures_standing import difference, told

PERSONS, NIGHTS = 2_000, 3


def test_later_nights(county: County, first_night: str) -> None:
    """Bad and missing files cancel nobody; corrections close, regressions reopen; no night is written over.

    What is told about why numbers changed adds up to the difference of the nights.
    """
    for number in (2, 3):
        county.ingest(number)
        county.reconcile(number)
        assert truth.batches(county.connection, county.truth, number, county.night(number)) == []
        scores = truth.findings(county.connection, county.truth, number)
        assert {name: score.missed for name, score in scores.items() if score.missed} == {}, truth.table(scores)
        assert {name: score.surplus for name, score in scores.items() if score.surplus} == {}, truth.table(scores)
        changes = told(county.connection, county.night(number))
        assert changes == difference(county.connection, county.night(number - 1), county.night(number))
        assert len(changes) > 20
        assert differencing.small_counts_given_back(county.connection, county.night(number), differencing.MIN_CELL) == []
        assert differencing.shown_again(county.connection, county.night(number - 1)) == []
    events = dict(truth.rows(county.connection, "select event, count(*) from mart_finding.finding_event group by 1"))
    assert {"opened", "closed", "reopened"} <= set(events)
    assert truth.rows(county.connection, "select as_of from ledger.published_night") == [(county.night(3),)]
    with pytest.raises(ProblemError, match="replay"):
        county.reconcile(2)
    before = county.everything()
    county.reconcile(3)
    assert county.everything() == before
    recognised = {
        ("person" if row["kind"] == "person_no" else "household", truth.number(row["new_no"])): (
            "split" if row["kind"] == "split" else "reissued",
            truth.number(row["new_no"] if row["kind"] == "split" else row["old_no"]),
        )
        for row in truth.read(county.truth, "alias", 2)
    }
    assert {basis for basis, _ in recognised.values()} == {"split", "reissued"}
    found = truth.rows(
        county.connection,
        "select kind, number_key, basis, life_key from mart_identity.registry_key"
        " where basis <> 'own_number' and to_night = 'infinity'",
    )
    assert {(kind, number): (basis, life_key) for kind, number, basis, life_key in found} == recognised
    # Nobody of them was taken for gone.
    assert truth.rows(
        county.connection,
        "select f.finding_id from mart_finding.finding as f where f.close_reason = 'subject_gone' and f.subject_key in"
        " (select life_key from mart_identity.registry_key where basis = 'reissued' and to_night = 'infinity')",
    ) == []


def test_an_earlier_night_is_proved(county: County, first_night: str) -> None:
    """Replayed beside the published one, it is equal whatever came later; a changed row or input shows."""
    with county.connection.cursor() as cursor:
        cursor.execute("insert into reference.county_parameter (rule_id, parameter, value) values ('MED-13', 'min_ratio', '0.1')")
    before = county.everything()
    done = replay(county.night(2))
    assert [row for row in done.tables if not (row.is_equal and row.is_untouched)] == []
    assert done.is_equal
    assert done.changed == ()
    assert {"mart_finding.finding", "mart_finding.finding_event", "mart_identity.link"} <= {row.table for row in done.tables}
    assert county.everything() == before
    [(row_id, name)] = truth.rows(
        county.connection,
        "select ctid::text, person_name from mart_summary.person where person_name is not null"
        f" and from_night <= date '{county.night(2)}' and date '{county.night(2)}' < to_night limit 1",
    )
    with county.connection.cursor() as cursor:
        change = "update mart_summary.person set person_name = %s where ctid = %s::tid returning ctid::text"
        cursor.execute(change, (name + "某", row_id))
        [(row_id,)] = cursor.fetchall()
    done = replay(county.night(2))
    assert [row.table for row in done.tables if not row.is_untouched] == ["mart_summary.person"]
    assert not done.is_equal
    with county.connection.cursor() as cursor:
        cursor.execute(change, (name, row_id))
        cursor.execute("delete from reference.county_parameter where rule_id = 'MED-13' and value = '0.1'")
    with pytest.raises(ProblemError, match="2026-10-01"):
        replay(dt.date(2026, 10, 1))


def test_nights_are_rebuilt_as_a_record(county: County, first_night: str, tmp_path: Path) -> None:
    """A batch that was in force by mistake is taken out of the nights it was in; the chain holds before and after."""
    [(wrong,)] = truth.rows(
        county.connection,
        "select min(batch_id) from ledger.batch where extract = 'hi_roll' and status = 'accepted' and as_of = "
        f"date '{county.night(2)}'",
    )
    with county.connection.cursor() as cursor:
        override.withdraw(county.connection, wrong, by="张三", reason="错发")
        cursor.execute("select fingerprint from ledger.run where status = 'published' order by as_of")
        old = [row[0] for row in cursor.fetchall()]
    rebuilt = rebuild(county.night(2), by="张三", reason="错发的名单已撤回")
    assert [night.as_of for night in rebuilt] == [county.night(2), county.night(3)]
    assert "mart_comparison.comparison_health_insurance" in rebuilt[0].changed_tables
    assert truth.rows(county.connection, "select table_name from ledger.kept_table") == [], "the next night builds everything"
    runs = truth.rows(
        county.connection,
        "select as_of, kind, reason, fingerprint from ledger.run where status = 'published' order by as_of",
    )
    assert [(kind, reason) for _, kind, reason, _ in runs] == [
        ("night", None), *[("rebuild", "张三: 错发的名单已撤回")] * 2,
    ]
    assert runs[0][3] == old[0] and runs[1][3] != old[1] and runs[2][3] != old[2]
    assert truth.rows(county.connection, "select as_of, run_id from ledger.published_night") == [
        (county.night(3), rebuilt[-1].run_id)
    ]
    assert truth.rows(
        county.connection, f"select 1 from ledger.night_batch where batch_id = {wrong} and as_of = '{county.night(2)}'"
    ) == []
    # What was rebuilt is what a replay of the rebuilt night gives.
    assert replay(county.night(3)).is_equal

    assert chain.export(county.connection, tmp_path / "chain.json") >= 7
    export = (tmp_path / "chain.json").read_bytes()
    assert faults(export, rebuilt[-1].fingerprint) == []
    assert faults(export.replace(b'"hash_sum":"', b'"hash_sum":"1', 1))


def test_a_rebuild_that_fails_leaves_everything(county: County, first_night: str, monkeypatch: pytest.MonkeyPatch) -> None:
    frozen = "select count(*), sum(hashtextextended(t::text, 0)::numeric) from ledger.{} as t"
    tables = ("night_batch", "night_rule")
    before = county.everything(), [truth.rows(county.connection, frozen.format(table)) for table in tables]
    monkeypatch.setattr("bidui.night.rebuild.record", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        rebuild(county.night(3), by="张三", reason="试")
    assert (county.everything(), [truth.rows(county.connection, frozen.format(table)) for table in tables]) == before
    assert truth.rows(county.connection, "select nspname from pg_namespace where nspname like 'rebuild%'") == []
    with pytest.raises(ProblemError, match="--reason"):
        rebuild(county.night(3), by="张三", reason=" ")
