"""A health-insurance database as vendors build them: codes, padding, joins, views, zones, deleted rows that stay.

Nothing but the contract's `origin` and the connection fits it to this house.
"""

from __future__ import annotations

import datetime as dt

import pytest
from tests.integration.connector.conftest import NIGHT, Office, connect
from tests.integration.connector.servers import DatabaseServer

# 个人基本信息, 参保登记, 缴费, 代码表. Sex and status as numbers, several years, logical deletes, 0000-00-00, '' and null.
MARIADB = """
use yibao;
drop table if exists AC01, AC02, KC60; drop view if exists 参保视图;
create table AC01 (
    AAC001 bigint unsigned primary key, AAC002 char(20) character set gbk, AAC003 varchar(50) character set gbk,
    AAC004 char(1) character set latin1, AAE100 tinyint(1) not null default 1
) engine=InnoDB;
create table AC02 (
    AAC001 bigint unsigned, AAE140 char(3), AAC031 char(2), AAE001 smallint unsigned, AAC030 date, AAE019 decimal(16, 4),
    AAE036 datetime(3), 有效 bit(1) default b'1'
) engine=InnoDB;
set session sql_mode = '';
insert into AC01 values
    (1, '990101199001011234', '王芳', '2', 1), (2, '99010119900101124x', '买买提·艾力', '1', 1),
    (3, '', '赵六', '9', 1), (4, '990101199001011300', '已注销', '1', 0);
insert into AC02 values
    (1, '390', '1', 2026, '2026-01-05', 380.0000, '2026-01-05 08:00:00.123', b'1'),
    (1, '390', '1', 2025, '2025-01-05', 350.0000, '2025-01-05 08:00:00', b'1'),
    (2, '310', '2', 2026, '0000-00-00', null, '2026-02-01 10:30:00', b'1'),
    (3, '390', '4', 2026, null, 0.1000, '2026-03-01 23:59:59', b'1'),
    (1, '390', '1', 2026, '2026-01-06', 999.0000, '2026-01-06 08:00:00', b'0'),
    (4, '390', '1', 2026, '2026-01-07', 1.0000, '2026-01-06 08:00:00', b'1');
create sql security invoker view 参保视图 as
    select a.AAC002 as 证件号码, a.AAC003 as `姓名(全)`, b.AAE140 as 险种, b.AAE019 as `金额,元`, b.AAE001 as 年度
    from AC01 a join AC02 b using (AAC001)
    where a.AAE100 = 1 and b.有效 = 1;
"""
POSTGRES = """
drop schema if exists "YB" cascade; create schema "YB";
create table "YB"."AC01" (
    "AAC001" bigint primary key, "AAC002" char(20), "AAC003" varchar(50), "AAC004" char(1), "AAE100" boolean not null default true
);
create table "YB"."AC02" (
    "AAC001" bigint, "AAE140" char(5), "AAC031" char(2), "AAE001" smallint, "AAC030" timestamptz, "AAE019" numeric(16, 4),
    "AAE036" timestamptz
);
insert into "YB"."AC01" values
    (1, '990101199001011234', '王芳', '2', true), (2, '99010119900101124x', '买买提·艾力', '1', true),
    (3, '', '赵六', '9', true), (4, '990101199001011300', '已注销', '1', false);
insert into "YB"."AC02" values
    (1, '390', '1', 2026, '2026-01-05 00:00:00+08', 380.0000, '2026-01-05 08:00:00.123+08'),
    (1, '390', '1', 2025, '2025-01-05 00:00:00+08', 350.0000, '2025-01-05 08:00:00+08'),
    (2, '310', '2', 2026, null, null, '2026-02-01 10:30:00+08'),
    (3, '390', '4', 2026, null, 0.1000, '2026-03-01 23:59:59+08'),
    (4, '390', '1', 2026, '2026-01-07 00:00:00+08', 1.0000, '2026-01-06 08:00:00+08');
create view "YB"."参保视图" as
    select a."AAC002" as "证件号码", a."AAC003" as "姓名(全)", b."AAE140" as "险种", b."AAE019" as "金额,元", b."AAE001" as "年度"
    from "YB"."AC01" as a join "YB"."AC02" as b using ("AAC001") where a."AAE100";
"""

QUERIES = {
    "mysql": """
        select b.AAC001 as rybh, a.AAC002 as zjhm, a.AAC003 as xm, a.AAC004 as xb, b.AAE140 as xz, b.AAC031 as cbzt,
            b.AAE019 as jfje, b.AAC030 as cbrq, b.有效 as yx, date_format(b.AAE036, '%Y-%m-%d %H:%i:%s') as gxsj
        from AC01 as a join AC02 as b using (AAC001)
        where a.AAE100 = 1 and b.有效 = 1 and b.AAE001 = year(:as_of)
        order by b.AAC001
    """,
    "postgres": """
        select b."AAC001" as rybh, a."AAC002" as zjhm, a."AAC003" as xm, a."AAC004" as xb, b."AAE140" as xz, b."AAC031" as cbzt,
            b."AAE019" as jfje, (b."AAC030" at time zone 'Asia/Shanghai')::date as cbrq, a."AAE100" as yx,
            to_char(b."AAE036" at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') as gxsj
        from "YB"."AC01" as a join "YB"."AC02" as b using ("AAC001")
        where a."AAE100" and b."AAE001" = extract(year from cast(:as_of as date))
        order by b."AAC001"
    """,
}
CONTRACT = """\
version: 1
department: medical_bureau
title: {zh: 医保局, en: Medical bureau}
extracts:
  insured:
    title: {zh: 参保人员, en: Insured persons}
    contract_version: "1.0"
    grain: 一行一人一险种。One row per person and scheme.
    basis: inferred
    origin:
      connection: bidui_medical
      ORIGIN
    file: {formats: [csv], encodings: [UTF-8, GB18030], title_rows: 0, header_rows: 1}
    delivery: {content: full, cadence: daily, arrives_within_days: 1, max_age_days: 7, data_date: [title, file_name, modified]}
    persons: [{role: self, id: id_no, name: person_name}]
    keys: [psn_no]
    control_totals: [premium]
    gates: {max_row_drop: 0.2, max_blank_share: 0.5, max_mangled_share: 0.5}
    drift: {new_column: ignore, missing_optional: accept}
    unregistered: {keep: [id_no], why: 只为判定是否在册}
    columns:
      - {name: psn_no, header: 人员编号, type: text}
      - {name: id_no, header: 证件号码, type: text, required: true, personal: true}
      - {name: person_name, header: 姓名, type: text, required: true, personal: true}
      - {name: sex, header: 性别, type: text, codes: sex}
      - {name: insurance_kind, header: 险种, type: text, codes: insurance_kind}
      - {name: status, header: 参保状态, type: text, codes: insurance_status}
      - {name: premium, header: 个人缴费, type: "decimal(10,2)"}
      - {name: insured_on, header: 参保日期, type: date}
      - {name: is_valid, header: 是否有效, type: bool}
      - {name: updated_at, header: 更新时间, type: timestamp}
"""
KINDS = 'insurance_kind: {"390": 城乡居民基本医疗保险, 310: 职工基本医疗保险}'
STATUSES = "status: {1: 正常参保, 2: 暂停参保, 4: 终止参保}"
COLUMNS = (
    "{psn_no: RYBH, id_no: zjhm, person_name: xm, sex: xb, insurance_kind: xz, status: cbzt, premium: jfje,"
    " insured_on: cbrq, is_valid: yx, updated_at: gxsj}"
)


@pytest.fixture(params=["mysql", "postgres"])
def vendor(
    request: pytest.FixtureRequest, office: Office, second_mariadb: DatabaseServer, second_postgres: DatabaseServer
) -> str:
    """The vendor's database on one kind of server, connected."""
    kind = str(request.param)
    server = second_mariadb if kind == "mysql" else second_postgres
    server.execute(MARIADB if kind == "mysql" else POSTGRES)
    connect(office, (kind, server))
    return kind


def contract(office: Office, origin: str, content: str = "full") -> None:
    text = CONTRACT.replace("ORIGIN", origin).replace("content: full", f"content: {content}")
    (office.work / "sources" / "medical_bureau.yml").write_text(text, encoding="utf-8")


def test_a_query_and_codes_fit_it_to_the_contract(office: Office, vendor: str) -> None:
    contract(office, f"kind: sql\n      query: >-\n{QUERIES[vendor]}\n      columns: {COLUMNS}\n      codes: {{{KINDS}, {STATUSES}}}")
    assert office.night() == {"landed": 1}
    rows = office.ask(
        "select psn_no, parse.id_no(id_no), parse.person_name(person_name), parse.clean(sex), insurance_kind, status,"
        " parse.to_amount(premium)::text, parse.to_date(parse.clean(insured_on))::text, parse.to_bool(is_valid),"
        " parse.to_timestamp(updated_at)::text from raw.insured order by row_no"
    )
    assert rows == [
        ("1", "990101199001011234", "王芳", "2", "城乡居民基本医疗保险", "正常参保", "380.00", "2026-01-05", True, "2026-01-05 08:00:00"),
        ("2", "99010119900101124X", "买买提·艾力", "1", "职工基本医疗保险", "暂停参保", None, None, True, "2026-02-01 10:30:00"),
        ("3", None, "赵六", "9", "城乡居民基本医疗保险", "终止参保", "0.10", None, True, "2026-03-01 23:59:59"),
    ]


def test_a_view_with_chinese_names_of_columns_is_a_table_like_any(office: Office, vendor: str) -> None:
    table = "参保视图" if vendor == "mysql" else "YB.参保视图"
    columns = '{id_no: 证件号码, person_name: "姓名(全)", insurance_kind: 险种, premium: "金额,元"}'
    contract(office, f"kind: sql\n      table: {table}\n      columns: {columns}\n      codes: {{{KINDS}}}")
    assert office.night() == {"landed": 1}
    assert office.ask("select count(*), count(distinct insurance_kind) from raw.insured") == [(4, 2)]
    ((total,),) = office.ask("select control_totals -> 'premium' ->> 'sum' from ledger.batch")
    assert total == "730.10"


def test_a_time_with_a_zone_is_a_watermark(office: Office, second_postgres: DatabaseServer) -> None:
    second_postgres.execute(POSTGRES)
    connect(office, ("postgres", second_postgres))
    origin = (
        'kind: sql\n      query: select b."AAC001" as rybh, "AAC002" as zjhm, "AAC003" as xm, b."AAE036" as t'
        ' from "YB"."AC01" as a join "YB"."AC02" as b using ("AAC001") where b."AAE036" >= :watermark\n'
        "      columns: {psn_no: rybh, id_no: zjhm, person_name: xm}\n"
        '      watermark: {column: t, type: timestamp, start: "2026-01-01 00:00:00", overlap: 86400}'
    )
    contract(office, origin, "delta")
    office.night()
    office.decide("accepted")
    assert office.ask("select count(*) from raw.insured") == [(4,)]
    # committed a night late, under a time within the overlap, beside a row that came
    second_postgres.execute(
        """insert into "YB"."AC02" values (2, '390', '1', 2026, null, 5, '2026-03-01 09:00:00+08')"""
    )
    office.night(NIGHT + dt.timedelta(days=1))
    assert office.ask("select psn_no from raw.insured where batch_id = (select max(batch_id) from ledger.batch)") == [("2",)]
