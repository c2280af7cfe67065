"""The shipped code lists, the contracts that name them and the staging models that use them fit together."""

from __future__ import annotations

import csv
import re
from collections import Counter

import pytest

from bidui.contract import load_sources
from bidui.home import dbt_dir

STAGING = dbt_dir() / "models" / "staging"


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (dbt_dir() / "seeds" / "code_list.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_one_meaning_per_list_and_value(rows: list[dict[str, str]]) -> None:
    counted = Counter((row["list"], row["value"]) for row in rows)
    assert [key for key, times in counted.items() if times > 1] == []


def test_canonical_values_mean_themselves(rows: list[dict[str, str]]) -> None:
    canonical = {(row["list"], row["value"]): row["canonical"] for row in rows}
    wrong = [
        row
        for row in rows
        # an empty canonical value says "nothing"; some lists fold values that no system writes by themselves
        if row["canonical"] and canonical.get((row["list"], row["canonical"])) != row["canonical"]
    ]
    assert wrong == []


def test_every_list_of_the_contracts_is_shipped(rows: list[dict[str, str]]) -> None:
    named = {column.codes for extract in load_sources().extracts.values() for column in extract.columns if column.codes}
    assert named - {row["list"] for row in rows} == set()


@pytest.mark.parametrize(
    ("name", "value", "canonical"),
    [
        ("dibao_tier", "一类", "A"),
        ("dibao_tier", "B类", "B"),
        ("house_grade", "三级", "C"),
        ("house_grade", "C级", "C"),
        ("student_status", "高中一年级", "普通高中一年级"),
        ("cause", "缺劳力", "缺劳动力"),
        ("risk", "务工就业不稳", "因务工就业不稳"),
        ("insurance_kind", "310", "职工基本医疗保险"),
        ("insurance_kind", "390", "城乡居民基本医疗保险"),
        ("insurance_kind", "342", "城乡居民基本医疗保险"),
        ("insurance_kind", "大学生", "城乡居民基本医疗保险"),
        ("visit_type", "14", "门诊慢特病"),
        ("visit_type", "21", "住院"),
        ("sex", "2", "女"),
        ("ethnic", "汉", "汉族"),
        ("disability_category", "1", "视力"),
        ("exit_attribute", "已脱贫", "脱贫"),
        ("house_identity", "农村低保户", "低保户"),
    ],
)
def test_generations_meet(rows: list[dict[str, str]], name: str, value: str, canonical: str) -> None:
    assert {row["canonical"] for row in rows if (row["list"], row["value"]) == (name, value)} == {canonical}


def test_ethnic_numbers_are_nobody_s(rows: list[dict[str, str]]) -> None:
    # registry systems number peoples in their own order: a number says nothing
    assert [row for row in rows if row["list"] == "ethnic" and re.search("[0-9]", row["value"])] == []


@pytest.mark.parametrize("extract", sorted(load_sources().extracts))
def test_each_staging_model_reads_its_whole_contract(extract: str) -> None:
    contract = load_sources().extracts[extract]
    text = (STAGING / contract.department / f"stg_{contract.department}__{extract}.sql").read_text(encoding="utf-8")
    match = re.search(r"set delivered = \[(.*?)\]", text, re.DOTALL)
    assert match is not None
    delivered = re.findall(r"'(\w+)'", match.group(1))
    # a running number is left out: without it two rows may be the same
    assert delivered == [column.name for column in contract.columns if column.name != "serial_no"]
    lists = dict(re.findall(r"'(\w+)': '(\w+)'", text))
    for column in contract.columns:
        if column.codes and column.type == "text" and f"'{column.name}', '{column.codes}')" not in text:
            assert lists.get(column.name) == column.codes, column.name
