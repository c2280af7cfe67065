"""The expectations of a suite that can be judged on one cell as delivered, for `inspect`, which has no warehouse.

What a suite says of ID numbers, of values that must be there and of numbers that a spreadsheet turned into scientific
notation, with the severity and the gate that the suite gives it: a night and `inspect` hold by one file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bidui.contract import Extract
from bidui.landing.id_number import TROUBLES, id_state
from bidui.problem import ProblemError
from bidui.validation.suite import Check, load_suite

BLANK = ("必填值空白", "a required value is blank")
SCIENTIFIC = ("号码被电子表格改成了科学计数", "a spreadsheet turned the number into scientific notation")


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a cell: a state, and in words; `check` is the suite's own, None where there is no suite yet."""

    state: str
    zh: str
    en: str
    check: Check | None


class CellChecks:
    """Judges the cells of one extract."""

    def __init__(self, extract: Extract, as_of: date) -> None:
        """Read the suite; an extract that has none yet is judged by its contract alone, and nothing is held for it."""
        self._as_of = as_of
        self._nulls = frozenset(extract.common.null_tokens)
        self._ids = {person.id for person in extract.persons if person.id}
        self._required = {column.name for column in extract.required} - self._ids
        self._states: dict[tuple[str, str], Check] = {}
        self._damaged: dict[str, tuple[re.Pattern[str], Check]] = {}
        for check in _checks(extract):
            self._take(check)

    def columns(self, present: Mapping[str, object] | tuple[str, ...] | list[str]) -> list[str]:
        """Which of these columns have anything to be judged by."""
        wanted = self._ids | self._required | self._damaged.keys() | {name for name, _ in self._states}
        return [name for name in present if name in wanted]

    def trouble(self, column: str, cell: str) -> Trouble | None:
        """What is wrong with a cell, the first of it."""
        if column in self._ids:
            state = id_state(cell, self._as_of, self._nulls)
            words = TROUBLES.get(state)
            return Trouble(state, *words, self._states.get((column, state))) if words else None
        text = unicodedata.normalize("NFKC", cell).strip()
        blank = self._states.get((column, "blank"))
        if text in self._nulls and (blank or column in self._required):
            return Trouble("blank", *BLANK, blank)
        pattern, check = self._damaged.get(column, (None, None))
        if pattern and pattern.search(text):
            return Trouble("mangled", *SCIENTIFIC, check)
        return None

    def _take(self, check: Check) -> None:
        kwargs = check.configuration["kwargs"]
        if check.type == "expect_column_values_to_not_be_in_set" and kwargs["column"].endswith("id_state"):
            for column in check.columns:
                for state in kwargs["value_set"]:
                    self._states[column, state] = check
        elif check.gate == "blank_share" or (check.quarantines and check.type == "expect_column_values_to_not_be_null"):
            for column in check.columns:
                self._states[column, "blank"] = check
        elif check.type == "expect_column_values_to_not_match_regex" and (check.gate or check.quarantines):
            for column in check.columns:
                self._damaged[column] = re.compile(kwargs["regex"]), check


def _checks(extract: Extract) -> tuple[Check, ...]:
    try:
        return load_suite(extract.key).checks
    except ProblemError as error:
        if {problem.code for problem in error.problems} != {"suite.missing"}:
            raise
        return ()
