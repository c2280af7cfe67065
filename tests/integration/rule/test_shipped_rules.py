"""The examples of the shipped catalogue, run through the compiled predicates on the facts' row types."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bidui.home import dbt_dir
from bidui.rule import Rule, load
from bidui.rule.example import ExampleBench
from bidui.rule.expression import words

CATALOGUE = load(dbt_dir() / "rules")
IDS = [rule.id for rule in CATALOGUE.rules]


@pytest.mark.parametrize("rule", CATALOGUE.rules, ids=IDS)
def test_hits_hit_and_near_misses_do_not(bench: ExampleBench, rule: Rule) -> None:
    verdicts = bench.verdicts(bench.compile(rule, CATALOGUE.grains[rule.grain]))
    assert [verdict.case for verdict in verdicts if not verdict.passed] == []
    assert len([verdict for verdict in verdicts if verdict.expected_hit]) >= 2


@pytest.mark.parametrize("rule", CATALOGUE.rules, ids=IDS)
def test_the_examples_notice_a_rule_that_is_wrong(bench: ExampleBench, rule: Rule) -> None:
    """The opposite predicate, one that always hits and one that never does must each fail an example."""
    bound = bench.compile(rule, CATALOGUE.grains[rule.grain])
    for wrong in (f"(not {bound.predicate_sql})", "true", "false"):
        verdicts = bench.verdicts(replace(bound, predicate_sql=wrong))
        assert [verdict for verdict in verdicts if not verdict.passed], wrong


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
    if any("__" in word for word in words(rule.predicate)):
        assert results == [None] * len(results)
    else:
        assert results == [True] * len(results)


@pytest.mark.parametrize("rule", CATALOGUE.rules, ids=IDS)
def test_a_list_that_falls_silent_takes_no_hit_back(bench: ExampleBench, rule: Rule) -> None:
    """One list after the other is late: the hit stands, or it cannot be told; a no would close the finding as corrected."""
    bound = bench.compile(rule, CATALOGUE.grains[rule.grain])
    columns = bench.facts[bound.grain.facts.rpartition(".")[2]]
    for silent in {word.partition("__")[0] for word in words(rule.predicate) if "__" in word}:
        of_list = {column: None for column in columns if column.startswith(f"{silent}__")}
        of_list |= {column: "stale_batch" for column in of_list if column.endswith("_state")}
        emptied = [{**example.row, **of_list} for example in rule.hits]
        assert False not in bench.judge(bound, emptied), silent


@pytest.mark.parametrize("rule", CATALOGUE.rules, ids=IDS)
def test_a_row_of_which_nothing_is_known_is_no_hit(bench: ExampleBench, rule: Rule) -> None:
    bound = bench.compile(rule, CATALOGUE.grains[rule.grain])
    assert bench.judge(bound, [{}])[0] is not True

