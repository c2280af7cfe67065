"""All staging models on a real server: what they make of delivered text, and that they never stop at it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import psycopg2.extensions
import pytest
from psycopg2 import sql
from psycopg2.extras import RealDictCursor

from bidui.contract import Sources, load_sources
from bidui.landing.raw_table import ensure_raw_tables, partition_name
from bidui.warehouse import dbt
from bidui.warehouse.connection import transaction

NIGHT = dt.date(2026, 10, 16)
DATA_DATE = dt.date(2026, 10, 10)

# Text that no column expects.
NASTY = ["%_\\", "'; drop table x; --", "１．３０Ｅ＋１７", "𠀀\ufffd\u0001", "2026-02-30", "9" * 400, "(((", "无", "", None]

Ask = Callable[..., list[dict[str, Any]]]


def land(
    cursor: psycopg2.extensions.cursor, sources: Sources, extract: str, rows: Iterable[Mapping[str, str | None]]
) -> int:
    """Rows of one batch, columns left out are blank; the first row is number 2."""
    contract = sources.extracts[extract]
    cursor.execute(
        "insert into ledger.batch (department, extract, as_of, data_date, received_at, source_name, sha256,"
        " contract_version, rows_read, rows_landed, status)"
        " values (%s, %s, %s, %s, now(), 'a.csv', '', '1.0', %s, %s, 'landed') returning batch_id",
        (contract.department, extract, NIGHT, DATA_DATE, len(list(rows)), len(list(rows))),
    )
    [(batch_id,)] = cursor.fetchall()
    cursor.execute(
        sql.SQL("create table {} partition of {} for values in ({})").format(
            sql.Identifier("raw", partition_name(extract, batch_id)), sql.Identifier("raw", extract), sql.Literal(batch_id)
        )
    )
    for number, row in enumerate(rows, start=2):
        names = ["batch_id", "row_no", *row]
        cursor.execute(
            sql.SQL("insert into {} ({}) values ({})").format(
                sql.Identifier("raw", extract),
                sql.SQL(", ").join(map(sql.Identifier, names)),
                sql.SQL(", ").join([sql.Placeholder()] * len(names)),
            ),
            [batch_id, number, *row.values()],
        )
    return int(batch_id)


@pytest.fixture(scope="module")
def sources() -> Sources:
    return load_sources()


@pytest.fixture(scope="module")
def batches(warehouse: str, sources: Sources) -> dict[str, int]:
    """One staged batch of every extract (nasty text in every column), and those of the tests below."""
    with transaction() as connection, connection.cursor() as cursor:
        ensure_raw_tables(connection, sources)
        cursor.execute(
            "insert into reference.division (division_code, division_level, name, parent_code, valid_from, valid_to)"
            " values ('470000000000', 'province', '澄省', null, '-infinity', 'infinity'),"
            " ('470100000000', 'prefecture', '霁市', '470000000000', '-infinity', 'infinity'),"
            " ('470101000000', 'county', '临县', '470100000000', '-infinity', 'infinity'),"
            " ('470101001000', 'town', '甲镇', '470101000000', '-infinity', 'infinity'),"
            " ('470101001201', 'village', '东庄村', '470101001000', '2020-07-01', 'infinity'),"
            " ('470101001201', 'village', '旧东村', '470101001000', '-infinity', '2020-07-01'),"
            " ('470101001202', 'village', '散村', '470101001000', '-infinity', '2020-07-01'),"
            " ('470101001203', 'village', '西庄村', '470101001000', '-infinity', 'infinity')"
        )
        cursor.execute(
            "insert into reference.division_alias (alias, division_code) values ('老西村', '470101001203')"
        )
        made = {
            extract: land(
                cursor, sources, extract, [dict.fromkeys((c.name for c in contract.columns), text) for text in NASTY]
            )
            for extract, contract in sources.extracts.items()
        }
        made["tekun_places"] = land(
            cursor,
            sources,
            "tekun",
            [
                {"county_name": "临县", "town_name": "甲镇", "village_name": village}
                for village in ["东庄村", "东庄", "旧东村", "散村", "老西村", "澄省霁市临县甲镇西庄村", "某省某市临县甲镇西庄村", "北庄村"]
            ]
            + [{"county_name": "外县", "town_name": "甲镇", "village_name": "东庄村"}],
        )
        made["yulu_terms"] = land(
            cursor,
            sources,
            "yulu",
            [
                {"term": "2025-2026学年第二学期", "aid_amount": "1,500元", "study_stage": "中专", "paid_on": "46100"},
                {"term": "本学期", "aid_amount": "一千五", "study_stage": "学徒", "paid_on": "2026-02-30"},
            ],
        )
        made["registry_months"] = land(
            cursor,
            sources,
            "registry_person",
            [
                {"id_no": "470001198002291236", "birth_date": born, "public_post": post}
                for born, post in [("198002", "保洁员"), ("1980-02-01", "否"), ("1980年3月", "0"), ("19800229", "没有")]
            ]
            + [{"id_no": "470001198002291230", "birth_date": "198002", "public_post": "无"}],
        )
        made["death_repeats"] = land(
            cursor,
            sources,
            "death",
            [
                {"serial_no": "1", "person_name": "张三", "id_no": "470001198002291236", "died_on": "2026-09-01"},
                {"serial_no": "2", "person_name": "张三", "id_no": "470001198002291236", "died_on": "2026-09-01"},
                {"serial_no": "3", "person_name": "张 三", "id_no": "470001198002291236", "died_on": "2026-09-01"},
            ],
        )
    dbt.run("seed", "--select", "code_list", target="seed_staging_test")
    dbt.run("run", "--select", "path:models/staging", as_of=NIGHT, target="staging_test", threads=2)
    return made


@pytest.fixture
def ask(batches: dict[str, int]) -> Ask:
    """Rows of a staged batch in order."""

    def rows(extract: str, batch: str | None = None) -> list[dict[str, Any]]:
        with transaction() as connection, connection.cursor(cursor_factory=RealDictCursor) as cursor:
            cursor.execute(
                sql.SQL("select * from {} order by row_no").format(
                    sql.Identifier("staging", partition_name(extract, batches[batch or extract]))
                )
            )
            return list(cursor.fetchall())

    return rows


@pytest.mark.parametrize("extract", sorted(load_sources().extracts))
def test_any_text_is_staged_and_every_row_is_there(ask: Ask, sources: Sources, extract: str) -> None:
    rows = ask(extract)
    assert [row["row_no"] for row in rows] == list(range(2, 2 + len(NASTY)))
    # blank, null token and nothing: three rows say nothing, and differ as delivered
    assert [row["parse_errors"] for row in rows[-3:]] == [[], [], []]
    assert [row["unknown_codes"] for row in rows[-3:]] == [[], [], []]
    typed = {c.name for c in sources.extracts[extract].columns if c.type != "text" and c.type != "bool"}
    assert typed - set(rows[2]["parse_errors"]) <= {
        c.name for c in sources.extracts[extract].columns if c.type.startswith("decimal")
    }, "1.30E+17 is no date and no count"


@pytest.mark.parametrize("extract", sorted(load_sources().extracts))
def test_every_column_of_the_contract_is_staged(ask: Ask, sources: Sources, extract: str) -> None:
    contract = sources.extracts[extract]
    prefixes = {person.id: "" if person.role == "self" else f"{person.role}_" for person in contract.persons}
    wanted = {f"{prefixes[c.name]}id_no" if c.name in prefixes else c.name for c in contract.columns}
    wanted |= {f"{prefix}{name}" for prefix in prefixes.values() for name in ("id_state", "id_key") if any(prefixes)}
    staged = set(ask(extract)[0])
    assert wanted - {"serial_no"} - staged == set()
    assert {"batch_id", "row_no", "row_hash", "is_repeat", "parse_errors", "unknown_codes"} <= staged


def test_places(ask: Ask) -> None:
    codes = [row["division_code"] for row in ask("tekun", "tekun_places")]
    assert codes == [
        "470101001201",  # its name
        "470101001201",  # without its ending
        "470101001201",  # the name it had before, its code lives on
        "470101001000",  # merged away and without an alias: the town is known
        "470101001203",  # by an alias
        "470101001203",  # a whole path
        "470101001203",  # a path from above the reference data… the county is ours
        "470101001000",  # nobody knows the village
        None,  # another county's town of the same name
    ]


def test_what_could_not_be_read_is_named(ask: Ask) -> None:
    good, bad = ask("yulu", "yulu_terms")
    assert (good["term"], good["aid_amount"], good["study_stage"]) == ("2026年春季学期", 1500, "中职")
    assert good["paid_on"] == dt.date(2026, 3, 19)
    assert (good["parse_errors"], good["unknown_codes"]) == ([], [])
    assert (bad["term"], bad["aid_amount"], bad["study_stage"], bad["paid_on"]) == ("本学期", None, None, None)
    assert sorted(bad["parse_errors"]) == ["aid_amount", "paid_on", "term"]
    assert bad["unknown_codes"] == ["study_stage"]


def test_a_month_of_birth_is_completed_by_the_number_and_a_word_for_no_names_nothing(ask: Ask) -> None:
    """A day that is written stands, another month too, and a number with a wrong check character completes nothing."""
    rows = ask("registry_person", "registry_months")
    assert [row["birth_date"].isoformat() for row in rows] == [
        "1980-02-29", "1980-02-01", "1980-03-01", "1980-02-29", "1980-02-01",
    ]
    assert [row["public_post"] for row in rows] == ["保洁员", None, None, None, None]


def test_an_exact_repeat_is_one_running_number_apart(ask: Ask) -> None:
    first, repeat, spaced = ask("death", "death_repeats")
    assert [row["is_repeat"] for row in (first, repeat, spaced)] == [False, True, False]
    assert first["row_hash"] == repeat["row_hash"] != spaced["row_hash"]
    assert first["name_norm"] == spaced["name_norm"]


def test_staging_again_gives_the_same(ask: Ask, batches: dict[str, int]) -> None:
    before = ask("tekun", "tekun_places")
    dbt.run("run", "--select", "stg_civil_affairs__tekun", as_of=NIGHT, target="staging_test", threads=1)
    assert ask("tekun", "tekun_places") == before


def test_a_table_of_an_earlier_model_takes_the_new_columns(ask: Ask, batches: dict[str, int]) -> None:
    def stage_again() -> None:
        dbt.run("run", "--select", "stg_education__yulu", as_of=NIGHT, target="staging_test", threads=1)

    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute("alter table staging.yulu drop column aid_amount, add column gone text")
        cursor.execute(
            "update ledger.batch set status = 'accepted', rows_accepted = rows_landed where batch_id = %s", (batches["yulu"],)
        )
    stage_again()
    staged_before, staged_now = ask("yulu")[0], ask("yulu", "yulu_terms")[0]
    assert staged_before.keys() == staged_now.keys()
    assert "gone" not in staged_now
    assert (staged_before["aid_amount"], staged_now["aid_amount"]) == (None, 1500)

    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute("alter table staging.yulu alter column aid_amount type text")
    with pytest.raises(dbt.DbtError, match=r"yulu\.aid_amount is text .* numeric"):
        stage_again()
    with transaction() as connection, connection.cursor() as cursor:
        cursor.execute("alter table staging.yulu alter column aid_amount type numeric using aid_amount::numeric")


def test_unit_tests_of_the_models(batches: dict[str, int]) -> None:
    dbt.run("test", "--select", "path:models/staging,test_type:unit", as_of=NIGHT, target="staging_test", threads=2)


def test_the_server_log_holds_no_value(batches: dict[str, int], warehouse: str) -> None:
    # staging raised nothing, so nothing of a row could reach the log
    from bidui.warehouse import embedded

    logged = "".join(
        path.read_text(encoding="utf-8", errors="replace") for path in (embedded.data_dir() / "log").glob("*.log")
    )
    assert "drop table x" not in logged
    assert "470001198002291236" not in logged
