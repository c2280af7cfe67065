"""What a table is made from: each kind of input that changes is seen, by those statements that read it and by no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg2
import psycopg2.extensions
import pytest

READERS = {
    "batches": "select b.extract, b.batch_id, b.is_stale from ledger.batch_tonight as b",
    "staged": "select s.batch_id, s.label from staging.parcel as s where s.batch_id in (1)",
    "quarantined": "select q.batch_id, q.row_no from ledger.quarantined_tonight as q",
    "parameters": "select p.parameter, p.value from reference.parameter_tonight as p",
    "divisions": "select d.division_code, d.name from reference.division as d",
    "answers": "select o.finding_id, o.verdict from ledger.answer as o where o.outcome_id <= 99",
    "aliases": "select a.number_key, a.life_key from ledger.key_alias as a where a.alias_id <= 99",
    "verdicts": "select v.mention_hash, v.verdict from ledger.link_verdict as v where v.verdict_id <= 99",
    "weights": "select w.level, w.m from reference.link_weight as w where w.model_version = '1'",
    "terms": "select t.value, t.persons from reference.link_term as t",
    "parent": "select n.key from mart_identity.noted as n",
    "grandparent": "select v.key from mart_identity.seen as v",
    "unnoted": "select u.key from mart_identity.unnoted as u",
    "whole rows": "select to_jsonb(u) as everything from mart_identity.unnoted as u",
    "given to a function": "select mart_identity.counted('mart_identity.unnoted') as n",
    "nothing": "select 1 as n",
}

# What happens, and who is to see it.
CHANGES = [
    ("insert into ledger.night_batch values ('2026-10-16', 'd', 'roll', 2, '2026-10-15', '2026-10-01', true, false)", "batches"),
    ("delete from ledger.night_batch where extract = 'tekun'", "batches quarantined"),
    ("delete from ledger.night_batch where extract = 'parcel'", "batches staged quarantined"),
    ("update ledger.night_batch set is_stale = true where extract = 'tekun' and as_of = '2026-10-16'", "batches"),
    ("insert into ledger.night_batch values ('2026-10-17', 'd', 'roll', 2, '2026-10-15', '2026-10-01', true, false)", ""),
    # Staged again: other rows under the same batch.
    ("drop table staging.parcel__b1; create table staging.parcel__b1 partition of staging.parcel for values in (1)", "staged"),
    ("alter table staging.parcel add column usage text", "staged"),
    ("create table staging.parcel__b9 partition of staging.parcel for values in (9)", ""),
    ("insert into ledger.quarantined_row values (1, 7, 'e', 'c', 'r', 'critical')", "quarantined"),
    ("delete from ledger.quarantined_row where batch_id = 3", "quarantined"),
    ("insert into ledger.quarantined_row values (1, 7, 'e', 'c', 'r', 'warning'), (4, 7, 'e', 'c', 'r', 'critical')", ""),
    ("insert into reference.county_parameter (rule_id, parameter, value) values ('R-01', 'other', '2')", "parameters"),
    ("update reference.county_parameter set value = '2' where parameter = 'limit'", "parameters"),
    ("insert into reference.county_parameter (rule_id, parameter, value, valid_from, valid_to)"
     " values ('R-01', 'past', '2', '2026-01-01', '2026-10-16')", ""),
    ("update reference.division set name = '乙村'", "divisions"),
    ("insert into ledger.answer (finding_id, verdict, answered_by, answered_on) values ('f', 'unclear', '张三', '2026-10-15')",
     "answers"),
    ("insert into ledger.key_alias (kind, number_key, life_key, decided_by, reason) values ('person', '2', '1', '张三', '换号')",
     "aliases"),
    ("insert into ledger.link_verdict (mention_hash, person_hash, verdict, decided_on)"
     " values (repeat('a', 32), repeat('b', 32), 'same', '2026-10-15')", "verdicts"),
    ("update reference.link_weight_shipped set m = 0.5", "weights"),
    ("insert into reference.link_term values ('1', 'name', '李四', 3)", "terms"),
    ("truncate mart_identity.noted; insert into mart_identity.noted values ('c', 3);"
     " select ledger.note_table('mart_identity.noted', 'other', false)", "parent grandparent"),
    ("select ledger.note_table('mart_identity.noted', 'other', false)", ""),
    ("update mart_identity.unnoted set key = 'z'", "unnoted|whole rows|given to a function"),
    ("update mart_identity.unnoted set beside = 2", "whole rows|given to a function"),
    ("set bidui.checkout = 'another'", "|".join(READERS)),
]  # fmt: skip


@pytest.fixture(scope="module")
def connection(warehouse: str) -> Iterator[psycopg2.extensions.connection]:
    """A session of the night 2026-10-16 in a warehouse with something to read; what a test does is rolled back."""
    with closing(psycopg2.connect(warehouse, options="-c bidui.as_of=2026-10-16 -c bidui.checkout=one")) as connection:
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into ledger.batch (batch_id, department, extract, as_of, data_date, received_at, source_name, sha256,"
                " contract_version, status) overriding system value select n, 'd', 'parcel', '2026-10-16', '2026-10-15', now(),"
                " 'f', 's', '1', 'accepted' from generate_series(1, 4) as n;"
                "insert into ledger.night_batch values ('2026-10-16', 'd', 'parcel', 1, '2026-10-15', '2026-10-01', true, false),"
                " ('2026-10-16', 'd', 'tekun', 3, '2026-10-15', '2026-10-01', true, false);"
                "insert into ledger.quarantined_row values (1, 5, 'e', 'c', 'r', 'critical'), (3, 5, 'e', 'c', 'r', 'critical');"
                "create table staging.parcel (batch_id bigint, row_no bigint, label text) partition by list (batch_id);"
                "create table staging.parcel__b1 partition of staging.parcel for values in (1);"
                "insert into reference.county_parameter (rule_id, parameter, value) values ('R-01', 'limit', '1');"
                "insert into reference.division values ('990101101001', 'village', '甲村', '990101101000');"
                "insert into reference.link_model_shipped values ('1', 1, 1, 1, 1, 1, 1, '');"
                "insert into reference.link_weight_shipped values ('1', 'name', 'same', 0.9, 0.1);"
                "create table mart_identity.noted as select 'a' as key, 1 as beside;"
                "select ledger.note_table('mart_identity.noted', 'inputs', false);"
                "create view mart_identity.seen as select * from mart_identity.noted;"
                "create table mart_identity.unnoted as select 'a' as key, 1 as beside;"
                "create function mart_identity.counted(cells regclass) returns bigint language plpgsql as $$"
                " declare n bigint; begin execute format('select count(*) from %s', cells) into n; return n; end $$;"
                "create function mart_identity.hidden() returns bigint language sql stable"
                " as 'select count(*) from mart_identity.noted'"
            )
        connection.commit()
        yield connection


def inputs_of(connection: psycopg2.extensions.connection, statement: str) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("select ledger.inputs_of(%s)", (statement,))
        [(inputs,)] = cursor.fetchall()
    return inputs


def all_inputs(connection: psycopg2.extensions.connection) -> dict[str, str | None]:
    return {name: inputs_of(connection, statement) for name, statement in READERS.items()}


@pytest.mark.parametrize(("change", "seen_by"), CHANGES)
def test_a_change_is_seen_by_who_reads_it(
    connection: psycopg2.extensions.connection, change: str, seen_by: str
) -> None:
    before = all_inputs(connection)
    assert None not in before.values()
    assert all_inputs(connection) == before
    with connection.cursor() as cursor:
        cursor.execute(change)
    after = all_inputs(connection)
    connection.rollback()
    expected = set(seen_by.split("|") if "|" in seen_by or seen_by in READERS else seen_by.split())
    assert {name for name in READERS if after[name] != before[name]} == expected
    assert len(set(before.values())) == len(READERS)


@pytest.mark.parametrize(
    "statement",
    [
        "select n.key from mart_identity.noted as n where date '2026-10-16' > date '2026-10-01'",
        "select mart_identity.hidden() as n",
        "select t.relname from public.elsewhere as t",
    ],
    ids=["names the night", "a function that reads a table", "a table of nobody's"],
)
def test_inputs_that_cannot_be_told(connection: psycopg2.extensions.connection, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("create table public.elsewhere (relname text)")
    assert inputs_of(connection, statement) is None
    connection.rollback()


@pytest.mark.parametrize("setting", ["bidui.as_of", "bidui.checkout"])
def test_nothing_is_kept_outside_a_night(connection: psycopg2.extensions.connection, setting: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"set {setting} = ''")
    assert inputs_of(connection, "select 1 as n") is None
    connection.rollback()


def test_another_night_with_the_same_lists_reads_the_same(connection: psycopg2.extensions.connection) -> None:
    before = all_inputs(connection)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into ledger.night_batch select '2026-10-17', department, extract, batch_id, data_date, list_month,"
            " is_current, is_stale from ledger.night_batch; set bidui.as_of = '2026-10-17'"
        )
    assert all_inputs(connection) == before
    connection.rollback()
