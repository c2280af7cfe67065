"""A small extract to read files with."""

from __future__ import annotations

from pathlib import Path

import pytest

from bidui.contract import Extract, load_sources

CONTRACT = """\
version: 1
department: civil
title: {zh: 民政局, en: Civil affairs}
extracts:
  dibao_list:
    title: {zh: 低保名单, en: Dibao list}
    contract_version: "1.0"
    grain: 一行一户。One row per household.
    basis: inferred
    origin: {kind: drop_folder}
    file: {formats: [csv, xlsx, xls, zip], encodings: [UTF-8, GB18030], title_rows: 1, header_rows: 2}
    delivery: {content: full, cadence: monthly, arrives_within_days: 5, max_age_days: 62, data_date: [title, file_name, modified]}
    persons: [{role: head, id: id_no, name: head_name}]
    keys: [id_no]
    control_totals: [amount]
    gates: {max_row_drop: 0.2, max_blank_share: 0.005, max_mangled_share: 0.05}
    drift: {new_column: ignore, missing_optional: accept}
    unregistered: {keep: [id_no], why: 只为判定是否在册}
    columns:
      - {name: village_name, header: 行政村, type: text, required: true, aliases: [村, 村(居)]}
      - {name: head_name, header: 户主姓名, type: text, personal: true}
      - {name: id_no, header: 户主身份证号, type: text, required: true, aliases: [身份证号, 证件号码], personal: true}
      - {name: persons, header: 保障人口, type: int, aliases: [保障人数]}
      - {name: amount, header: "月保障金额(元)", type: "decimal(10,2)"}
      - {name: employee_year, header: "参保年度(职工)", type: year}
      - {name: resident_year, header: "参保年度(居民)", type: year}
"""


@pytest.fixture
def contract_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "civil.yml").write_text(CONTRACT, encoding="utf-8")
    return folder


@pytest.fixture
def extract(contract_dir: Path) -> Extract:
    return load_sources(contract_dir).extract("dibao_list")
