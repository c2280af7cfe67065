"""Officers read Chinese: every fact that a shipped rule shows has a word, and values are said in words."""

from __future__ import annotations

import pytest

from bidui.contract import load_sources
from bidui.home import dbt_dir
from bidui.rule import catalogue
from bidui.rule.words import FactWords, Statement, period

WORDS = FactWords(load_sources())


def test_every_fact_that_a_rule_shows_has_a_chinese_word() -> None:
    found = catalogue.load(dbt_dir() / "rules")
    nameless = set()
    for rule in found.rules:
        side = found.grains[rule.grain].side
        for column in (*rule.evidence, *rule.personal_evidence):
            before, separator, name = column.partition("__")
            if not WORDS.fact(*((before, name) if separator else (side, column)), side):
                nameless.add(column)
    assert found.rules and nameless == set(), "add them to include/bidui/rule/fact_words.yml"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (True, "是"), (False, "否"), (None, "无"), ("", "无"), (400.5, "400.5"), (11196.0, "11196"),
        ("2026-autumn", "2026年秋季学期"), ("2026-09", "2026年9月"),
        ("2026-09-01", "2026年9月"), ("2026-09-02", "2026-09-02"), ("stale_batch", "数据过期"), ("hi_roll", "基本医疗保险参保人员名册（居民与职工）"),
        (["A", True], "A、是"), ("正常参保", "正常参保"),
    ],
)  # fmt: skip
def test_values_are_said_in_words(value: object, said: str) -> None:
    assert WORDS.value(value) == said


def test_the_registry_speaks_first_and_names_are_among_the_statements() -> None:
    evidence = {
        "values": {"hi_roll": {"status": "暂停参保"}, "registry": {"age": 45}},
        "personal": {"hi_roll__person_name": "甲", "person_name": "乙"},
    }
    assert WORDS.statements(evidence, "registry") == [
        Statement("registry", "年龄（周岁）", "45"), Statement("registry", "姓名", "乙"), Statement("hi_roll", "参保状态", "暂停参保"),
        Statement("hi_roll", "姓名", "甲"),
    ]  # fmt: skip


def test_a_period_is_a_month_a_term_or_itself() -> None:
    assert [period(text) for text in ("2025-spring", "2026-12", "2024")] == ["2025年春季学期", "2026年12月", "2024"]
