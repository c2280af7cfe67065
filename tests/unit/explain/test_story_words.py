"""Whoever defends a finding reads what each fact is called, in Chinese; a key alone is no name."""

from __future__ import annotations

import re

import pytest
import yaml

from bidui.contract import load_sources
from bidui.explain import words
from bidui.home import dbt_dir, sources_dir, sql_dir
from bidui.rule import Rule, load

CATALOGUE = load(dbt_dir() / "rules")
SHOWN_BY_VIEWS = frozenset(yaml.safe_load((sql_dir() / "outward.yml").read_text(encoding="utf-8"))["words"])


@pytest.mark.parametrize("rule", CATALOGUE.rules, ids=lambda rule: rule.id)
def test_every_fact_of_a_rule_s_evidence_has_a_name(rule: Rule) -> None:
    """As an audit view calls it, as the house does, or by its header in the delivered row, which the story shows beside it."""
    sources = load_sources(sources_dir())
    delivered = {column.name for extract in sources.extracts.values() for column in extract.columns}
    story = {"labels": {}, "rows": [{"columns": [{"name": name, "header": "表头"} for name in delivered]}]}
    for column in rule.evidence:
        side, _, name = column.rpartition("__")
        if not {column, name} & SHOWN_BY_VIEWS:
            assert re.search("[\u4e00-\u9fff]", words.label(story, side, name)), column
        if side:
            assert re.search("[\u4e00-\u9fff]", words.side_title(side)), side


def test_a_label_says_what_it_is_called_here_and_what_the_fact_is_called() -> None:
    story = {"labels": {"registry.sex": "性别 · sex"}, "rows": None}
    assert words.label(story, "registry", "sex") == "性别 · sex（registry.sex）"
    assert words.label(story, "payment", "months_after_death") == "死亡后月数 · months after death（payment.months_after_death）"
    assert words.label(story, "x", "unheard_of") == "x.unheard_of"
    assert words.department("housing") == "住房和城乡建设局 housing"
    assert (words.department(None), words.department("elsewhere")) == ("", "elsewhere")
