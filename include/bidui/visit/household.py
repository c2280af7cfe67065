"""Households with their members, benefits and open findings, read as a login may see them, village by village."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from types import SimpleNamespace
from typing import Any

import psycopg2.extensions

from bidui.warehouse.query import query
from bidui.worklist.findings import Finding, Findings, Place

ROWS_AT_A_TIME = 2_000
HOUSEHOLD, MEMBER, BENEFIT, FINDING = 1, 2, 3, 4


@dataclass
class Household:
    """One household. `facts` is its row of audit.household; a benefit is a row of audit.household_visit."""

    facts: dict[str, Any]
    members: list[dict[str, Any]] = field(default_factory=list)
    benefits: list[dict[str, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def benefits_of(self, member: dict[str, Any] | None) -> list[dict[str, Any]]:
        """The benefits of a member, or (None) of the household."""
        if member is None:
            return [one for one in self.benefits if one["subject_kind"] == "household"]
        return [
            one
            for one in self.benefits
            if one["subject_kind"] == "person" and one["subject_key"] == member["person_key"]
        ]


def households_by_place(
    reading: psycopg2.extensions.connection, words: Findings, night: dt.date, *, town: str | None, village: str | None
) -> Iterator[tuple[Place, Iterator[Household]]]:
    """Places in order, each with its households; a place must be used up before the next is asked for."""
    with reading.cursor(name="visits") as cursor:
        cursor.itersize = ROWS_AT_A_TIME
        cursor.execute(query("visit_sheet"), {"night": night, "town": town, "village": village})
        for place, rows in groupby(cursor, key=lambda row: Place(*row[:3])):
            yield place, (_household(list(lines), words) for _, lines in groupby(rows, key=lambda row: row[3]))


def _household(lines: list[tuple[Any, ...]], words: Findings) -> Household:
    def of(part: int) -> list[dict[str, Any]]:
        return [content for *_, this, content in lines if this == part]

    (facts,) = of(HOUSEHOLD)
    open_findings = [SimpleNamespace(**content, household=None, head_name=facts["head_name"]) for content in of(FINDING)]
    return Household(facts, of(MEMBER), of(BENEFIT), list(words.told(open_findings)))
