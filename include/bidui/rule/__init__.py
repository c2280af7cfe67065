"""Rules are data: `load` reads and checks the catalogue, `bind` makes it run on one night."""

from bidui.rule.binding import Binding, bind
from bidui.rule.catalogue import Catalogue, NotCarried, load
from bidui.rule.compiled import BoundRule
from bidui.rule.definition import Example, Grain, Parameter, Rule, RuleException
from bidui.rule.problem import RuleProblem

__all__ = [
    "Binding",
    "BoundRule",
    "Catalogue",
    "Example",
    "Grain",
    "NotCarried",
    "Parameter",
    "Rule",
    "RuleException",
    "RuleProblem",
    "bind",
    "load",
]
