"""The grains of the rules and the models that pass over them are the same."""

from __future__ import annotations

import re

from bidui.home import dbt_dir
from bidui.rule import load

GRAINS = load(dbt_dir() / "rules").grains


def test_dbt_names_the_same_fact_table_for_every_grain() -> None:
    macro = (dbt_dir() / "macros" / "finding" / "finding_grains.sql").read_text(encoding="utf-8")
    named = dict(re.findall(r"'(\w+)': '(fact_\w+)'", macro))
    assert named == {grain.name: grain.facts.rpartition(".")[2] for grain in GRAINS.values()}


def test_every_grain_has_its_pass() -> None:
    for grain in GRAINS.values():
        model = dbt_dir() / "models" / "finding" / f"int_finding__result_{grain.name}.sql"
        table = grain.facts.rpartition(".")[2]
        assert f"rule_pass('{grain.name}', ref('{table}'))" in model.read_text(encoding="utf-8")


def test_the_facts_of_every_grain_carry_the_place_and_the_household() -> None:
    from bidui.rule.facts import contract_columns

    facts = contract_columns()
    for grain in GRAINS.values():
        columns = set(facts[grain.facts.rpartition(".")[2]])
        assert {"household_key", "household_no", "county_code", "town_code", "village_code"} <= columns
