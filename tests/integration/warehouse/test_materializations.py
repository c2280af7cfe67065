"""The materializations the platform stands on, on a toy project that uses the real macros."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest
import yaml

from bidui.home import REPOSITORY
from bidui.warehouse import dbt

NIGHT_1, NIGHT_2, NIGHT_3 = (dt.date(2026, 10, day) for day in (16, 17, 18))

Query = Callable[[str], list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, warehouse: str) -> Iterator[Path]:
    """A dbt project of three models: one staged per batch, one kept as rows of nights, one as a table of the night."""
    root = tmp_path_factory.mktemp("project")
    macros = REPOSITORY / "dbt_project" / "macros"
    (root / "dbt_project.yml").write_text(
        yaml.safe_dump(
            {
                "name": "toy", "version": "1.0.0", "config-version": 2, "profile": "bidui",
                "model-paths": ["models"],
                "macro-paths": [str(macros / "core"), str(macros / "materializations")],
                "models": {"toy": {"stg_toy__parcel": {"+materialized": "batch_partition", "+schema": "staging",
                                                       "+alias": "parcel"}}},
            }
        )
    )
    (root / "profiles.yml").write_text((REPOSITORY / "dbt_project" / "profiles.yml").read_text())
    models = root / "models"
    models.mkdir()
    (models / "sources.yml").write_text(
        yaml.safe_dump({"version": 2, "sources": [{"name": "raw", "tables": [{"name": "parcel"}]}]})
    )
    (models / "_sources.yml").write_text((REPOSITORY / "dbt_project" / "models" / "_sources.yml").read_text(encoding="utf-8"))
    (models / "stg_toy__parcel.sql").write_text(
        "select batch_id, row_no, upper(label) as label, false as is_repeat from {{ landed('parcel') }} as s"
    )
    (models / "parcels.sql").write_text(
        "{{ config(materialized='night_rows', key=['label'], schema='mart_summary') }}\n"
        "select label, count(*) as n, jsonb_build_object('n', count(*)) as evidence\n"
        "from {{ in_force('stg_toy__parcel') }} as p group by label"
    )
    (models / "labels.sql").write_text(
        "{{ config(materialized='night_table', schema='mart_summary') }}\n"
        "select label, n / case label when 'ZERO' then 0 else 1 end as n from {{ ref('parcels') }} where to_night = 'infinity'"
    )
    patch = pytest.MonkeyPatch()
    patch.setenv("BIDUI_DBT_PROJECT", str(root))
    yield root
    patch.undo()


@pytest.fixture(scope="module")
def query(project: Path, warehouse: str) -> Iterator[Query]:
    """Run a statement as the owner and return its rows."""
    connection = psycopg2.connect(warehouse)
    connection.autocommit = True

    def run(statement: str) -> list[tuple[object, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    run("create table raw.parcel (batch_id bigint, row_no bigint, label text) partition by list (batch_id)")
    yield run
    connection.close()


def deliver(query: Query, night: dt.date, labels: list[str]) -> int:
    """Land a batch of the toy extract and freeze it as the one in force."""
    batch_id = query(
        "insert into ledger.batch (department, extract, as_of, data_date, received_at, source_name, sha256,"
        f" contract_version, rows_read, rows_landed, status) values ('toy', 'parcel', '{night}', '{night}', now(),"
        f" 'p.csv', 'x', '1', {len(labels)}, {len(labels)}, 'landed') returning batch_id"
    )[0][0]
    query(f"create table raw.parcel__b{batch_id} partition of raw.parcel for values in ({batch_id})")
    for row_no, label in enumerate(labels, start=2):
        query(f"insert into raw.parcel values ({batch_id}, {row_no}, '{label}')")
    dbt.stage(["stg_toy__parcel"], night, "toy")
    query(f"update ledger.batch set status = 'accepted', rows_accepted = rows_landed where batch_id = {batch_id}")
    freeze(query, night, int(str(batch_id)))
    return int(str(batch_id))


def freeze(query: Query, night: dt.date, batch_id: int) -> None:
    query(f"delete from ledger.night_batch where as_of = '{night}'")
    query(
        "insert into ledger.night_batch"
        f" values ('{night}', 'toy', 'parcel', {batch_id}, '{night}', '{night}', true, false)"
    )


def build(night: dt.date, *, keep: bool = False) -> None:
    dbt.run("run", "--select", "parcels", *(["labels"] if keep else []), as_of=night, target="toy", keep=keep)


def rows_of(query: Query) -> list[tuple[object, ...]]:
    return query("select label, n, from_night::text, to_night::text from mart_summary.parcels order by 1, 3")


def test_nights(query: Query) -> None:
    """Partitions per batch; only changes are written; the newest night can run again; an older one is refused."""
    first = deliver(query, NIGHT_1, ["a", "a", "b"])
    assert query(f"select row_no, label from staging.parcel__b{first} order by 1") == [(2, "A"), (3, "A"), (4, "B")]
    build(NIGHT_1)
    assert rows_of(query) == [("A", 2, "2026-10-16", "infinity"), ("B", 1, "2026-10-16", "infinity")]

    freeze(query, NIGHT_2, first)
    build(NIGHT_2)
    assert query("select count(*) from mart_summary.parcels where from_night = '2026-10-17'") == [(0,)], (
        "an unchanged night writes nothing"
    )

    deliver(query, NIGHT_3, ["a", "a", "a", "c"])
    build(NIGHT_3)
    expected = [
        ("A", 2, "2026-10-16", "2026-10-18"),
        ("A", 3, "2026-10-18", "infinity"),
        ("B", 1, "2026-10-16", "2026-10-18"),
        ("C", 1, "2026-10-18", "infinity"),
    ]
    assert rows_of(query) == expected
    build(NIGHT_3)
    assert rows_of(query) == expected, "the newest night again gives the same rows"

    with pytest.raises(dbt.DbtError, match="already holds the night 2026-10-18"):
        build(NIGHT_2)
    assert rows_of(query) == expected


def test_a_batch_staged_twice_is_replaced(query: Query) -> None:
    """A cleared task stages the batch again without doubling it."""
    batch_id = deliver(query, NIGHT_3, ["x", "y"])
    query(f"update ledger.batch set status = 'landed' where batch_id = {batch_id}")
    dbt.stage(["stg_toy__parcel"], NIGHT_3, "toy")
    assert query(f"select count(*) from staging.parcel where batch_id = {batch_id}") == [(2,)]


def test_a_later_start_is_as_quick_as_the_first(query: Query) -> None:
    """dbt itself would walk the stack for one flag more with every start, soon for seconds."""
    from dbt.adapters.base.impl import DEFAULT_BASE_BEHAVIOR_FLAGS

    flags = len(DEFAULT_BASE_BEHAVIOR_FLAGS)
    dbt.run("parse", target="toy")
    assert len(DEFAULT_BASE_BEHAVIOR_FLAGS) == flags


def test_what_is_made_from_the_same_is_kept(query: Query) -> None:
    """Also over a night that was skipped; whatever happens in between, a table never stands for other inputs."""

    def labels() -> tuple[object, object]:
        [(table,)] = query("select 'mart_summary.labels'::regclass::oid")
        return table, query("select label, n from mart_summary.labels order by 1")

    query("drop table mart_summary.parcels")
    first = deliver(query, NIGHT_1, ["a", "a", "b"])
    build(NIGHT_1, keep=True)
    table, rows = labels()
    assert rows == [("A", 2), ("B", 1)]

    freeze(query, NIGHT_3, first)
    build(NIGHT_3, keep=True)
    assert labels() == (table, rows)
    assert query("select table_name, as_of::text from ledger.kept_table order by 1") == [
        ("labels", "2026-10-16"), ("parcels", "2026-10-16"),
    ]
    query(f"insert into ledger.quarantined_row values ({first}, 2, 'e', 'c', 'r', 'critical')")
    build(NIGHT_3, keep=True)
    assert labels()[1] == [("A", 1), ("B", 1)]

    # A night that fails in the middle: parcels are of its list, labels are not. Then the earlier list is in force again.
    deliver(query, NIGHT_3, ["zero"])
    with pytest.raises(dbt.DbtError, match="division by zero"):
        build(NIGHT_3, keep=True)
    assert labels()[1] == [("A", 1), ("B", 1)]
    assert query("select label from mart_summary.parcels where to_night = 'infinity'") == [("ZERO",)]
    freeze(query, NIGHT_3, first)
    query(f"delete from ledger.quarantined_row where batch_id = {first}")
    build(NIGHT_3, keep=True)
    assert labels()[1] == rows
    assert rows_of(query) == [("A", 2, "2026-10-16", "infinity"), ("B", 1, "2026-10-16", "infinity")]

    # What was made by hand, or by a run that keeps nothing, is not what a night built.
    query("create table mart_summary.other as select 'x' as label, 1::bigint as n")
    query("drop table mart_summary.labels; alter table mart_summary.other rename to labels")
    build(NIGHT_3, keep=True)
    table, rows_now = labels()
    assert rows_now == rows
    build(NIGHT_3, keep=True)
    assert labels() == (table, rows)
