"""Each rule, changed in one place, must fail one of its examples: thresholds, comparisons and conditions are all shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import psycopg2
import pytest

from bidui.home import dbt_dir
from bidui.rule import Rule, RuleException, load
from bidui.rule.binding import BindError
from bidui.rule.example import ExampleBench, shipped_parameters
from bidui.rule.expression import parameter_names
from bidui.rule.parameter import Parameters

CATALOGUE = load(dbt_dir() / "rules")

_TOKEN = re.compile(r"'[^']*'|<=|>=|<>|&&|\|\||::|\w+|\s+|.", re.DOTALL)
_BETWEEN = re.compile(r"\bbetween\s+\S+\s+$")
_CHANGED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "=": "<>", "<>": "=", "and": "or", "or": "and", "not": " "}

# Changes that no row of facts can show, by rule: the token and which of its kind, or the parameter and its key.
EQUIVALENT = {
    "EDU-14": {"> 1"},  # 0 months: within holiday work
    "HOU-01": {"not 2"},  # false or not comparable: no hit either way
    "HOU-02": {"not 3"},
    "REG-03": {"not 1"},
    "ID-10": {"> 1"},  # without a similar row there is no difference to compare
    "MED-07": {"not 3"},  # false or not comparable: no hit either way
    "MED-12": {"> 1", "'total' 1"},  # no settlement, no sum; the shipped denominator is the in-scope cost
    "MED-13": {"> 1", "'total' 1"},
    "MED-15": {"'all' 1"},  # the shipped obligation is the chronic only
    "REG-10": {"> 4", "labour_share[] 0.26"},  # no hit either way; no household is of a size between the two
}
RANKS = {"priority"}  # only their order counts


def _mutants(expression: str) -> Iterator[tuple[str, str]]:
    """(which token, the expression without it being what it was), one change at a time."""
    tokens = _TOKEN.findall(expression)
    seen: dict[str, int] = {}
    for place, token in enumerate(tokens):
        changed = "'×'" if token.startswith("'") and token != "''" else _CHANGED.get(token)
        if changed is None or (token == "and" and _BETWEEN.search("".join(tokens[:place]))):
            continue
        seen[token] = seen.get(token, 0) + 1
        yield f"{token} {seen[token]}", "".join([*tokens[:place], changed, *tokens[place + 1 :]])


def _mutated_rules(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """Each change of the predicate or of an exception, and each exception left out: a near miss must then hit."""
    for change, predicate in _mutants(rule.predicate):
        yield change, _reading(rule, predicate, rule.exceptions)
    for exception in rule.exceptions:
        left = tuple(one for one in rule.exceptions if one is not exception)
        yield f"{exception.name} left out", _reading(rule, rule.predicate, left)
        for change, when in _mutants(exception.when):
            others = tuple(replace(one, when=when) if one is exception else one for one in rule.exceptions)
            yield f"{exception.name}: {change}", _reading(rule, rule.predicate, others)


def _reading(rule: Rule, predicate: str, exceptions: tuple[RuleException, ...]) -> Rule:
    names = set().union(*(parameter_names(text) for text in (predicate, *(one.when for one in exceptions))))
    known = {name: parameter for name, parameter in rule.parameters.items() if name in names}
    return replace(rule, predicate=predicate, exceptions=exceptions, parameters=known)


def _moved_thresholds(rule: Rule) -> Iterator[tuple[str, Parameters]]:
    """Every number among the parameters one step up and one step down."""
    shipped = shipped_parameters(rule)
    for parameter in rule.parameters.values():
        step = {"integer": Decimal(1), "number": Decimal("0.01")}.get(parameter.type)
        if step is None or parameter.parameter in RANKS:
            continue
        others = [row for other in rule.parameters.values() if other is not parameter for row in shipped.rows(other)]
        rows = shipped.rows(parameter)
        for row in rows:
            for moved in (Decimal(row.value) + step, Decimal(row.value) - step):
                changed = [replace(one, value=str(moved)) if one is row else one for one in rows]
                yield f"{parameter.name}[{row.key}] {moved}", Parameters([*changed, *others], rule.examples_as_of)


def _survives(bench: ExampleBench, rule: Rule, parameters: Parameters | None = None) -> bool:
    with bench.connection.cursor() as cursor:
        cursor.execute("savepoint before_the_change")
        try:
            bound = bench.compile(rule, CATALOGUE.grains[rule.grain], parameters)
            return all(verdict.passed for verdict in bench.verdicts(bound))
        except (BindError, psycopg2.Error):
            return False  # no rule any more: refused at load, or by its first example
        finally:
            cursor.execute("rollback to savepoint before_the_change")


@pytest.mark.parametrize("rule", CATALOGUE.rules, ids=[rule.id for rule in CATALOGUE.rules])
def test_no_change_of_a_rule_passes_its_examples(bench: ExampleBench, rule: Rule) -> None:
    survivors = {change for change, changed in _mutated_rules(rule) if _survives(bench, changed)}
    survivors |= {change for change, parameters in _moved_thresholds(rule) if _survives(bench, rule, parameters)}
    assert survivors == EQUIVALENT.get(rule.id, set())
