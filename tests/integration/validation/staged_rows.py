"""Staged batches made by hand: tables with the columns that staging gives, filled row by row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import psycopg2.extensions
import yaml
from psycopg2 import sql
from psycopg2.extras import execute_values

from bidui.contract import Extract
from bidui.home import dbt_dir


@cache
def models_of(department: str) -> dict[str, dict[str, str]]:
    """Columns and types that each staging model of the department declares."""
    path = dbt_dir() / "models" / "staging" / department / f"_{department}.yml"
    models = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    return {model["name"]: {column["name"]: column["data_type"] for column in model["columns"]} for model in models}


def staged_columns(extract: Extract) -> dict[str, str]:
    """Columns of a staged partition and their types, as the staging model declares them."""
    return models_of(extract.department)[f"stg_{extract.department}__{extract.key}"]


def stage(
    cursor: psycopg2.extensions.cursor,
    extract: Extract,
    rows: Iterable[Mapping[str, Any]],
    *,
    as_of: dt.date,
    data_date: dt.date | None,
    delivery_no: int | None = None,
    status: str = "landed",
    first_row: int = 2,
) -> int:
    """A batch in the ledger and its staged partition; rows are numbered from `first_row`. Returns the batch's number."""
    listed = list(rows)
    cursor.execute(
        "insert into ledger.batch (department, extract, as_of, delivery_no, data_date, received_at, source_name,"
        " sha256, contract_version, rows_read, rows_landed, status)"
        " values (%s, %s, %s, %s, %s, %s, %s, md5(random()::text), %s, %s, %s, %s) returning batch_id",
        (
            extract.department, extract.key, as_of, delivery_no, data_date, as_of, f"{extract.key}.csv",
            extract.version, len(listed), len(listed), status,
        ),
    )
    (batch_id,) = cursor.fetchone()
    columns = staged_columns(extract)
    table = sql.Identifier("staging", f"{extract.key}__b{batch_id}")
    cursor.execute(
        sql.SQL("create table {} ({})").format(
            table,
            sql.SQL(", ").join(sql.SQL("{} " + kind).format(sql.Identifier(name)) for name, kind in columns.items()),
        )
    )
    usual: dict[str, Any] = {"is_repeat": False, "parse_errors": [], "unknown_codes": []}
    usual |= {name: "ok" for name in columns if name.endswith("id_state")}
    execute_values(
        cursor,
        sql.SQL("insert into {} ({}) values %s").format(
            table, sql.SQL(", ").join(map(sql.Identifier, columns))
        ).as_string(cursor),
        [
            [{**usual, **row, "batch_id": batch_id, "row_no": number}.get(name) for name in columns]
            for number, row in enumerate(listed, start=first_row)
        ],
    )
    return int(batch_id)


def insured(number: int, **changes: Any) -> dict[str, Any]:
    """A row of the insurance roll that passes every expectation; `number` tells people apart."""
    id_no = f"990101{1950 + number % 50}0101{number % 1000:03d}X"
    return {
        "psn_no": f"P{number:06d}",
        "id_no": id_no,
        "id_key": 99010100000000000 + number,
        "person_name": "王" + chr(0x4E00 + number % 2000),
        "sex": "男" if id_no[16] in "13579" else "女",
        "insurance_kind": "城乡居民基本医疗保险",
        "insurance_year": 2026,
        "status": "正常参保",
        "paid_on": dt.date(2025, 11, 3),
        "personal_amount": 400,
        "subsidy_amount": 0,
        "has_serious_illness_insurance": True,
        "town_name": "石桥镇",
        "village_name": "柳树村",
        "town_code": "990101001000",
        "village_code": "990101001001",
    } | changes


def member(number: int, **changes: Any) -> dict[str, Any]:
    """A registry person that passes every expectation."""
    row = insured(number)
    born = dt.date(int(row["id_no"][6:10]), 1, 1)
    return {
        "county_name": "云岭县",
        "town_name": row["town_name"],
        "village_name": row["village_name"],
        "town_code": row["town_code"],
        "village_code": row["village_code"],
        "household_no": f"H{number // 4:08d}",
        "person_no": f"M{number:08d}",
        "person_name": row["person_name"],
        "id_no": row["id_no"],
        "id_key": row["id_key"],
        "relation_to_head": "户主",
        "sex": row["sex"],
        "birth_date": born,
        "household_size": 4,
        "person_identified_on": dt.date(2014, 5, 1),
    } | changes


def household(number: int, **changes: Any) -> dict[str, Any]:
    """A registry household that passes every expectation."""
    return {
        "county_name": "云岭县",
        "town_name": "石桥镇",
        "village_name": "柳树村",
        "town_code": "990101001000",
        "village_code": "990101001001",
        "household_no": f"H{number:08d}",
        "household_type": "脱贫户",
        "exit_attribute": "脱贫",
        "exit_year": 2018,
        "income_per_capita": 12000,
    } | changes
