"""Which lists a rule reads: whose row is right or wrong when its finding is answered, and whose delivery may change it."""

from __future__ import annotations

from bidui.rule.definition import Grain, Rule
from bidui.rule.expression import words


def read_extracts(rule: Rule, grain: Grain) -> set[str]:
    """The extracts behind the facts that a rule's predicate and evidence name, and those it cannot do without.

    Exceptions do not count: what suppresses a finding is not what the finding is about.
    """
    read = {*grain.extracts, *rule.extracts, *grain.lists.get(grain.side, ())}
    for column in words(rule.predicate) | set(rule.evidence):
        side, separator, _ = column.partition("__")
        read.update(grain.lists.get(side, (side,) if separator else ()))
    return read
