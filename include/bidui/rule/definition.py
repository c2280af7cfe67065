"""What a rule is: the frozen form of one entry of the catalogue, checked against the schema."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Title:
    """A text for people, in both languages."""

    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.zh} · {self.en}"


@dataclass(frozen=True)
class Parameter:
    """A value a rule reads from reference data.

    `name` is what the rule calls it; `rule_id` and `parameter` name whose value it is (usually the rule's own).
    `at` is a date column of the row: the value valid on that day counts, instead of the one valid on the night.
    """

    name: str
    type: str
    title: Title
    rule_id: str
    parameter: str
    one_of: tuple[str, ...] = ()
    at: str | None = None


@dataclass(frozen=True)
class RuleException:
    """A known reason why a hit is none: SQL over the same row; unknown (null) does not suppress."""

    name: str
    title: Title
    when: str


@dataclass(frozen=True)
class Example:
    """A partial row of the grain's fact table (columns left out are null) and what it shows."""

    case: str
    row: dict[str, Any]


@dataclass(frozen=True)
class Grain:
    """What one row of a fact table is about.

    `side` names whose values the columns without `__` are, `lineage` the prefix of their batch_id and row_no.
    `subject` and `object` are SQL over the row and give the key of its findings; without an object the subject's
    row is all there is, else the object is a period, and a period of which a night has no row at all is not
    looked at, so nothing about it closes. `extracts` are those without which
    no row of the table can be trusted. `absence` is SQL over the subject's row among the facts of its kind: true
    says that a missing object row proves nothing (its file is late, its row is quarantined).
    """

    name: str
    title: Title
    facts: str
    side: str
    lineage: str
    subject_kind: str
    subject: str
    object: str | None
    extracts: tuple[str, ...]
    exceptions: dict[str, RuleException] = field(default_factory=dict)
    absence: str | None = None
    # Lists that give a fact together, by what stands before `__` in its column's name, or by the column.
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """One rule of the catalogue."""

    id: str
    title: Title
    family: str
    grain: str
    severity: str
    departments: tuple[str, ...]
    owner: str
    predicate: str
    parameters: dict[str, Parameter]
    evidence: tuple[str, ...]
    personal_evidence: tuple[str, ...]
    exceptions: tuple[RuleException, ...]
    cause: tuple[str, ...]
    extracts: tuple[str, ...]
    remedy: Title
    source: str
    source_type: str
    active_from: dt.date | None
    active_to: dt.date | None
    examples_as_of: dt.date
    hits: tuple[Example, ...]
    near_misses: tuple[Example, ...]
    file: str
    version: str
    digest: str
    definition: dict[str, Any]
    # Line of each key in the file, and of the rule itself under "".
    lines: dict[str, int] = field(default_factory=dict, compare=False)

    def line_of(self, place: str) -> int | None:
        """The line of a place such as `predicate, character 5` or `exceptions.newborn`; the rule's own where it has none."""
        return line_of(self.lines, place)

    def is_active(self, as_of: dt.date) -> bool:
        """Whether the rule runs on the night `as_of`; `active_to` is the last night it runs."""
        return (self.active_from is None or self.active_from <= as_of) and (
            self.active_to is None or as_of <= self.active_to
        )


def line_of(lines: Mapping[str, int], place: str) -> int | None:
    """The line of a rule's place, by the lines of its keys; under "" stands the rule's own."""
    key = re.split(r"[^a-z_]", place, maxsplit=1)[0]
    return lines.get(key, lines.get(""))


def digest_of_definition(definition: dict[str, Any]) -> str:
    """SHA-256 of what a rule says; its examples are left out, since they change no result."""
    said = {key: value for key, value in definition.items() if key != "examples"}
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
