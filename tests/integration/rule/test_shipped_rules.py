"""The examples of the shipped catalogue, run through the compiled predicates on the facts' row types."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bidui.home import dbt_dir
from bidui.rule import Rule, load
from bidui.rule.example import ExampleBench
from bidui.warehouse.connection import connect

CATALOGUE = load(dbt_dir() / "rules")
IDS = [rule.id for rule in CATALOGUE.rules]


@pytest.fixture(scope="module")
def bench(warehouse: str) -> Iterator[ExampleBench]:
    connection = connect(warehouse)
    yield ExampleBench(connection)
    connection.rollback()
    connection.close()


@pytest.mark.parametrize("rule", CATALOGUE.rules, ids=IDS)
def test_hits_hit_and_near_misses_do_not(bench: ExampleBench, rule: Rule) -> None:
    verdicts = bench.verdicts(bench.compile(rule, CATALOGUE.grains[rule.grain]))
    assert [verdict.case for verdict in verdicts if not verdict.passed] == []
    assert len([verdict for verdict in verdicts if verdict.expected_hit]) >= 2


@pytest.mark.parametrize("rule", CATALOGUE.rules, ids=IDS)
def test_without_the_departments_evidence_a_rule_neither_opens_nor_closes(bench: ExampleBench, rule: Rule) -> None:
    """A file that is missing leaves every fact of every extract null, and the predicate must then be null.

    Not asked of what the registry (or the payment, or the claim) alone decides: rules that read no extract's fact.
    """
    bound = bench.compile(rule, CATALOGUE.grains[rule.grain])
    columns = bench.facts[bound.grain.facts.rpartition(".")[2]]
    blank = {column: None for column in columns if "__" in column}
    states = {column: "no_batch" for column in blank if column.endswith("_state")}
    emptied = [{**example.row, **blank, **states} for example in rule.hits]
    results = bench.judge(bound, emptied)
    if any("__" in word for word in words_of(rule)):
        assert results == [None] * len(results)
    else:
        assert results == [True] * len(results)


@pytest.mark.parametrize("rule", CATALOGUE.rules, ids=IDS)
def test_a_row_of_which_nothing_is_known_is_no_hit(bench: ExampleBench, rule: Rule) -> None:
    bound = bench.compile(rule, CATALOGUE.grains[rule.grain])
    assert bench.judge(bound, [{}])[0] is not True


def words_of(rule: Rule) -> set[str]:
    from bidui.rule.expression import words

    return words(rule.predicate)
