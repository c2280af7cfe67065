"""Which lists a rule reads: what accuracy per extract and the reasons of changes are counted by."""

from __future__ import annotations

import pytest

from bidui.contract import load_sources
from bidui.home import dbt_dir, sources_dir
from bidui.rule import Rule, load
from bidui.rule.facts import contract_columns
from bidui.rule.reads import read_extracts

CATALOGUE = load(dbt_dir() / "rules")
DEPARTMENT = {key: extract.department for key, extract in load_sources(sources_dir()).extracts.items()}

# Which of a department's lists gives the other name is not told.
OF_NO_LIST = {"ID-13"}


@pytest.mark.parametrize("rule", CATALOGUE.rules, ids=lambda rule: rule.id)
def test_a_rule_reads_a_list_of_every_department_it_names(rule: Rule) -> None:
    read = read_extracts(rule, CATALOGUE.grains[rule.grain])
    assert read <= set(DEPARTMENT)
    if rule.id not in OF_NO_LIST:
        assert set(rule.departments) <= {DEPARTMENT[extract] for extract in read}


@pytest.mark.parametrize(
    ("rule_id", "lists"),
    [
        ("MED-04", {"registry_person", "hi_roll", "hi_enrol_check"}),
        ("CIV-03", {"registry_person", "dibao"}),
        ("CIV-05", {"registry_person", "dibao", "tekun"}),
        ("HOU-01", {"registry_person", "registry_household", "appraisal", "renovation"}),
        ("REG-07", {"registry_person", "registry_household"}),
    ],
)
def test_derived_facts_lead_to_the_lists_that_give_them(rule_id: str, lists: set[str]) -> None:
    [rule] = [rule for rule in CATALOGUE.rules if rule.id == rule_id]
    assert read_extracts(rule, CATALOGUE.grains[rule.grain]) == lists


def test_every_fact_with_a_side_is_of_a_list_or_says_of_which() -> None:
    known = {*DEPARTMENT, *(fact for grain in CATALOGUE.grains.values() for fact in grain.lists)}
    sides = {column.partition("__")[0] for columns in contract_columns().values() for column in columns if "__" in column}
    assert sides <= known
