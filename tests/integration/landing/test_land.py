"""Files become batches: every row is accounted for, the same bytes count once, bytes are kept."""

from __future__ import annotations

import csv
import gc
import io
import resource
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg2.extensions
import pytest
import xlsxwriter

from bidui.connector import sha256_of
from bidui.contract import Extract, load_sources
from bidui.landing.raw_table import ensure_raw_tables, ensure_table
from bidui.landing.store import stored

LIST = """\
证件号码,姓名,岗位,月工资,备注
990101199001011234,甲,保洁,"1,800.50",新
,,,,
990101199001011235,乙,护林员,无,
合计,,,1800.50,
"""


def sheet(*rows: list[Any], name: str = "Sheet1") -> Callable[[Path], None]:
    def write(path: Path) -> None:
        book = xlsxwriter.Workbook(str(path))
        one = book.add_worksheet(name)
        for position, row in enumerate(rows):
            one.write_row(position, 0, row)
        book.close()

    return write


def test_an_extract_that_only_a_yaml_describes_lands(office: Any) -> None:
    path = office.put("（自定义）名单20261016.csv", LIST.encode("gb18030"))
    (batch,) = office.night()
    assert (batch.status, batch.rows_read, batch.rows_skipped, batch.rows_landed) == ("landed", 5, 3, 2)
    assert batch.data_date == date(2026, 10, 16)
    assert office.ask("select row_no, id_no, person_name, post, wage from raw.public_post order by row_no") == [
        (2, "990101199001011234", "甲", "保洁", "1,800.50"),
        (4, "990101199001011235", "乙", "护林员", "无"),
    ]
    ((totals, report, version, sha256, read_on),) = office.ask(
        "select control_totals, header_report, contract_version, sha256, as_of from ledger.batch"
    )
    assert totals == {"wage": {"sum": "1800.50", "count": 1, "unread": 0}}
    assert report["skipped"] == {"header": 1, "blank": 1, "footer": 1}
    assert report["unknown"] == [{"letter": "E", "header": "备注"}]
    assert report["data_date"] == {"found_in": "file_name", "stated": "2026-10-16"}
    assert (report["encoding"], report["delimiter"], report["file"]) == ("gb18030", ",", path.name)
    assert version == office.extract.version
    assert read_on == date(2026, 10, 20)
    assert sha256 == sha256_of(path)
    assert stored(sha256).read_bytes() == path.read_bytes()


def test_the_raw_table_is_partitioned_by_batch(office: Any) -> None:
    office.put("a.csv", LIST)
    office.put("b.csv", LIST.replace("甲", "丙"))
    batches = office.night()
    tables = office.ask("select tableoid::regclass::text, batch_id, count(*) from raw.public_post group by 1, 2 order by 2")
    assert tables == [(f"raw.public_post__b{batch.batch_id}", batch.batch_id, 2) for batch in batches]


def test_a_file_that_stays_in_the_folder_is_one_batch_for_ever(office: Any) -> None:
    office.put("a.csv", LIST)
    (first,) = office.night()
    (again,) = office.night()
    (later,) = office.night(date(2026, 10, 21))
    assert first.is_new
    assert not again.is_new
    assert not later.is_new
    assert first.batch_id == again.batch_id == later.batch_id
    assert len(office.batches()) == 1


def test_the_same_bytes_under_another_name_or_time_change_nothing(office: Any) -> None:
    office.put("a.csv", LIST)
    office.night()
    office.put("副本.csv", LIST)
    office.put("a.csv", LIST, day=19)
    for _ in range(2):
        office.night(date(2026, 10, 21))
    assert office.batches() == [("a.csv", "landed"), ("副本.csv", "duplicate"), ("a.csv", "duplicate")]
    assert office.ask("select count(*) from raw.public_post") == [(2,)]
    ((reason,),) = office.ask("select distinct reason from ledger.batch where source_name = '副本.csv'")
    assert "内容完全相同" in reason
    assert "nothing changes" in reason


@pytest.mark.parametrize("status", ["accepted", "superseded", "withdrawn"])
def test_the_same_bytes_are_a_duplicate_whatever_became_of_the_first(office: Any, status: str) -> None:
    office.put("a.csv", LIST)
    office.night()
    office.ask("update ledger.batch set status = %s, rows_accepted = rows_landed returning 1", status)
    office.put("b.csv", LIST)
    office.night()
    assert office.batches() == [("a.csv", status), ("b.csv", "duplicate")]


def test_the_same_bytes_under_a_newer_date_are_a_list_in_which_nothing_changed(office: Any) -> None:
    office.put("名单20261001.csv", LIST)
    office.night()
    office.put("名单20261016.csv", LIST)
    office.put("名单20261016(1).csv", LIST)
    office.put("名单20260901.csv", LIST)
    for _ in range(2):
        office.night(date(2026, 10, 21))
    found = office.ask("select source_name, status, data_date::text from ledger.batch order by batch_id")
    assert found[:1] == [("名单20261001.csv", "landed", "2026-10-01")]
    assert sorted(found[1:]) == [
        ("名单20260901.csv", "duplicate", "2026-10-01"),
        ("名单20261016(1).csv", "duplicate", "2026-10-01"),
        ("名单20261016.csv", "landed", "2026-10-16"),
    ]


def test_a_list_that_was_withdrawn_does_not_come_back_by_a_newer_date(office: Any) -> None:
    office.put("名单20261001.csv", LIST)
    office.night()
    office.ask("update ledger.batch set status = 'withdrawn', rows_accepted = rows_landed returning 1")
    office.put("名单20261016.csv", LIST)
    office.night(date(2026, 10, 21))
    assert office.batches() == [("名单20261001.csv", "withdrawn"), ("名单20261016.csv", "duplicate")]


def test_files_land_in_the_order_of_their_data_dates(office: Any) -> None:
    office.put("名单2026年9月.csv", LIST, day=19)
    office.put("名单2026年8月.csv", LIST.replace("甲", "丙"), day=18)
    office.put("名单2026年7月.csv", LIST.replace("甲", "丁"), day=20)
    landed = office.night()
    assert [batch.data_date for batch in landed] == [date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 30)]
    assert len({batch.delivery_no for batch in landed}) == 3


def test_copies_of_one_moment_land_in_the_order_people_count_them(office: Any) -> None:
    for name in ("名单(10).csv", "名单.csv", "名单(2).csv"):
        office.put(name, LIST.replace("甲", name))
    assert [batch.source_name for batch in office.night()] == ["名单.csv", "名单(2).csv", "名单(10).csv"]


def test_files_that_come_together_for_one_date_are_one_delivery(office: Any) -> None:
    office.put("名单_20261016_1.csv", LIST)
    office.put("名单_20261016_2.csv", LIST.replace("甲", "丙"))
    first, second = office.night()
    assert first.delivery_no == second.delivery_no == first.batch_id
    # what comes another time is a delivery of its own
    office.ask("update ledger.batch set status = 'accepted', rows_accepted = rows_landed returning 1")
    office.put("名单_20261016_改.csv", LIST.replace("甲", "戊"))
    corrected = next(batch for batch in office.night() if batch.is_new)
    assert corrected.delivery_no == corrected.batch_id != first.delivery_no


def test_sheets_and_members_are_parts_of_one_delivery(office: Any) -> None:
    def zipped(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("甲乡.csv", LIST)
            archive.writestr("乙乡.csv", LIST.replace("甲", "丙"))

    def two_sheets(path: Path) -> None:
        book = xlsxwriter.Workbook(str(path))
        for name in ("一", "二"):
            one = book.add_worksheet(name)
            one.write_row(0, 0, ["证件号码", "姓名"])
            one.write_row(1, 0, ["990101199001011234", name])
        book.close()

    office.put("名单.zip", zipped, day=17)
    office.put("名单.xlsx", two_sheets, day=18)
    landed = office.night()
    assert [batch.source_name for batch in landed] == [
        "名单.zip/乙乡.csv", "名单.zip/甲乡.csv", "名单.xlsx#一", "名单.xlsx#二",
    ]  # fmt: skip
    assert [batch.delivery_no for batch in landed] == [landed[0].batch_id] * 2 + [landed[2].batch_id] * 2
    assert not any(batch.is_new for batch in office.night())


def test_a_workbook_and_a_csv_of_one_list_land_alike(office: Any) -> None:
    office.put("a.xlsx", sheet(["青石县公益性岗位2026年9月"], ["姓名", "身份证号", "月工资"], ["甲", "990101199001011234", 1800.5]), day=1)
    office.put("b.csv", "姓名,身份证号,月工资\n甲,990101199001011234,1800.5\n", day=2)
    from_sheet, from_text = office.night()
    rows = office.ask("select batch_id, row_no, person_name, id_no, post, wage from raw.public_post order by batch_id")
    assert rows == [
        (from_text.batch_id, 2, "甲", "990101199001011234", None, "1800.5"),
        (from_sheet.batch_id, 3, "甲", "990101199001011234", None, "1800.5"),
    ] or rows == [
        (from_sheet.batch_id, 3, "甲", "990101199001011234", None, "1800.5"),
        (from_text.batch_id, 2, "甲", "990101199001011234", None, "1800.5"),
    ]
    assert {batch.data_date for batch in (from_sheet, from_text)} == {date(2026, 9, 30), date(2026, 10, 2)}


def test_a_contract_that_gains_a_column(office: Any, contract_file: Path) -> None:
    office.put("a.csv", LIST)
    office.night()
    contract_file.write_text(
        contract_file.read_text(encoding="utf-8") + "      - {name: remark, header: 备注, type: text}\n", encoding="utf-8"
    )
    office.extract = load_sources(contract_file.parent).extract("public_post")
    office.put("b.csv", LIST.replace("甲", "丙"))
    office.night()
    assert office.ask("select person_name, remark from raw.public_post where row_no = 2 order by batch_id") == [
        ("甲", None),
        ("丙", "新"),
    ]


def test_a_file_held_for_its_header_is_read_again_when_the_contract_has_learnt_it(office: Any, contract_file: Path) -> None:
    office.put("a.csv", LIST.replace("证件号码", "居民证号"))
    (held,) = office.night()
    assert held.status == "held"
    assert len(office.night(date(2026, 10, 21))) == len(office.batches()) == 1
    contract_file.write_text(
        contract_file.read_text(encoding="utf-8").replace("[身份证号]", "[身份证号, 居民证号]"), encoding="utf-8"
    )
    office.extract = load_sources(contract_file.parent).extract("public_post")
    (landed,) = office.night(date(2026, 10, 22))
    assert (landed.status, landed.rows_landed) == ("landed", 2)


def test_a_future_date_is_held_until_it_has_come(office: Any) -> None:
    office.put("名单20261025.csv", LIST)
    (held,) = office.night()
    assert (held.status, held.data_date, held.problems[0].code) == ("held", date(2026, 10, 25), "date.future")
    assert "不晚于 2026-10-20" in (held.reason or "")
    office.night(date(2026, 10, 24))
    assert len(office.batches()) == 1
    assert office.night(date(2026, 10, 25))[0].status == "landed"


def test_a_held_file_delivered_anew_is_read_anew(office: Any) -> None:
    office.put("a.csv", "abc\n")
    office.night()
    office.put("b.csv", "abc\n")
    office.night()
    assert office.batches() == [("a.csv", "held"), ("b.csv", "held")]


def test_all_raw_tables_exist_before_the_first_file(connection: psycopg2.extensions.connection) -> None:
    sources = load_sources()
    with connection:
        ensure_raw_tables(connection, sources)
        ensure_raw_tables(connection, sources)
    with connection, connection.cursor() as cursor:
        for extract in sources.extracts.values():
            cursor.execute(
                "select string_agg(attname || ' ' || atttypid::regtype, ',' order by attnum) from pg_attribute"
                " where attrelid = to_regclass(%s) and attnum > 2",
                (f"raw.{extract.key}",),
            )
            assert cursor.fetchone() == (",".join(f"{column.name} text" for column in extract.columns),)
            cursor.execute("select obj_description(to_regclass(%s))", (f"raw.{extract.key}",))
            assert extract.title.zh in str(cursor.fetchone())


def test_a_column_named_like_sql_is_only_a_name(connection: psycopg2.extensions.connection, extract: Extract) -> None:
    odd = replace(extract, columns=(*extract.columns, replace(extract.columns[0], name='select"; drop', header="x")))
    with connection, connection.cursor() as cursor:
        ensure_table(cursor, odd)
        cursor.execute("select 1 from pg_attribute where attrelid = 'raw.public_post'::regclass and attname = %s", ('select"; drop',))
        assert cursor.fetchone() == (1,)


def test_a_long_list_lands_in_flat_memory_with_its_total(office: Any) -> None:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["证件号码", "姓名", "岗位", "月工资"])
    rows = 200_000
    writer.writerows((f"9901011990{i:08d}", "甲乙丙", "保洁员" * 5, f"{i % 3000}.5") for i in range(rows))
    office.put("长.csv", stream.getvalue().encode("gb18030"))
    del stream
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (batch,) = office.night()
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert (batch.rows_read, batch.rows_landed) == (rows + 1, rows)
    assert grown_mb < 20
    assert office.ask("select count(*), min(row_no), max(row_no), sum(wage::numeric) from raw.public_post") == [
        (rows, 2, rows + 1, sum(Decimal(f"{i % 3000}.5") for i in range(rows)))
    ]
    ((total,),) = office.ask("select control_totals -> 'wage' ->> 'sum' from ledger.batch")
    assert Decimal(total) == sum(Decimal(f"{i % 3000}.5") for i in range(rows))


def test_rows_bear_the_numbers_of_the_file_whatever_way_they_land(office: Any) -> None:
    """Most blocks pass as they are and are numbered by the server, others bring their numbers."""
    lines = [f"9901011990{i:08d},甲{i},保洁员,{i}" for i in range(40_000)]
    lines[10_000] = '990101199099999999,"甲,乙",保洁员,7'
    lines[25_000] = ",,,"
    office.put("混.csv", "\n".join(["证件号码,姓名,岗位,月工资", *lines]).encode("gb18030"))
    (batch,) = office.night()
    assert (batch.rows_landed, batch.rows_skipped) == (39_999, 2)
    assert office.ask(
        "select count(*), count(distinct row_no), min(row_no), max(row_no),"
        " count(*) filter (where right(id_no, 8)::bigint + 2 <> row_no) from raw.public_post"
    ) == [(39_999, 39_999, 2, 40_001, 1)]
    assert office.ask("select row_no, person_name from raw.public_post where wage = '7' and row_no > 9") == [(10_002, "甲,乙")]
