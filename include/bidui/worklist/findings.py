"""Findings that wait for an answer, read from the warehouse village by village, each household's causes first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import psycopg2.extensions
from psycopg2.extras import NamedTupleCursor

from bidui.contract import Sources, Title
from bidui.rule.words import REGISTRY, FactWords, grain_sides, period

WAITING = "select * from ledger.worklist(%s, %s)"

RULES = """
select rule_id, rule_version, grain, title_zh, title_en, definition -> 'remedy' ->> 'zh', definition -> 'remedy' ->> 'en'
from reference.rule
"""

BATCHES = "select batch_id, extract, source_name from ledger.batch"

DIVISIONS = """
select distinct on (division_code) division_code, name
from reference.division
where valid_from <= %(night)s
order by division_code, valid_from desc
"""

ROWS_AT_A_TIME = 2_000
UNPLACED = "未定位"


@dataclass(frozen=True)
class Place:
    """A village, or what is left where only the town, the county or nothing is known."""

    county: str | None
    town: str | None
    village: str | None


@dataclass(frozen=True)
class Finding:
    """One line of a worklist, in words. `depth` is how many causes stand above it."""

    depth: int
    household_no: str | None
    head_name: str | None
    person_name: str | None
    id_no: str | None
    title: Title
    severity: str
    registry_says: str
    departments_say: str
    stands_at: str
    remedy: Title
    first_seen: dt.date
    finding_id: str
    value_hash: str


@dataclass(frozen=True)
class _Rule:
    side: str
    title: Title
    remedy: Title


class Findings:
    """The findings of one night; words and file names are fetched once, findings as they are asked for."""

    def __init__(self, connection: psycopg2.extensions.connection, sources: Sources, night: dt.date) -> None:
        self._connection, self._night = connection, night
        self._words = FactWords(sources)
        sides = grain_sides()
        with connection.cursor() as cursor:
            cursor.execute(RULES)
            self._rules = {
                (rule_id, version): _Rule(sides.get(grain, REGISTRY), Title(zh, en), Title(remedy_zh or "", remedy_en or ""))
                for rule_id, version, grain, zh, en, remedy_zh, remedy_en in cursor.fetchall()
            }
            cursor.execute(BATCHES)
            self._batches = {batch_id: (extract, source_name) for batch_id, extract, source_name in cursor.fetchall()}
            cursor.execute(DIVISIONS, {"night": night})
            self._divisions: dict[str, str] = dict(cursor.fetchall())

    def name(self, division_code: str | None) -> str:
        """The name of a division, its code where the reference does not know it; empty for None."""
        return self._divisions.get(division_code, division_code) if division_code else ""

    def where(self, place: Place) -> str:
        """A place as county, town and village by name, as far as they are known."""
        return " ".join(filter(None, map(self.name, (place.county, place.town, place.village)))) or UNPLACED

    def by_place(self, *, with_baseline: bool) -> Iterator[tuple[Place, Iterator[Finding]]]:
        """Places in order, each with its findings; a place must be used up before the next is asked for."""
        with self._connection.cursor(name="worklist", cursor_factory=NamedTupleCursor) as cursor:
            cursor.itersize = ROWS_AT_A_TIME
            cursor.execute(WAITING, (self._night, with_baseline))
            for place, rows in groupby(cursor, key=_place):
                yield place, self.told(rows)

    def told(self, rows: Iterable[Any]) -> Iterator[Finding]:
        """Rows as of `ledger.worklist`, a household's together, as findings in words, each under its cause."""
        for _, household in groupby(rows, key=lambda row: row.household):
            for depth, row in causes_first(list(household)):
                yield self._finding(depth, row)

    def _finding(self, depth: int, row: Any) -> Finding:
        rule = self._rules.get((row.rule_id, row.rule_version), _Rule(REGISTRY, Title(row.rule_id, row.rule_id), Title("", "")))
        said = self._words.statements(row.evidence, rule.side)
        about = f"（{period(row.object_key)}）" if row.object_key else ""
        return Finding(
            depth=depth,
            household_no=row.household_no,
            head_name=row.head_name,
            person_name=row.person_name,
            id_no=row.id_no,
            title=Title(f"{rule.title.zh}{about}", f"{rule.title.en} {row.object_key}".strip()),
            severity=row.severity,
            registry_says="\n".join(f"{one.fact}：{one.value}" for one in said if one.side == REGISTRY),
            departments_say="\n".join(f"{one.fact}：{one.value}" for one in said if one.side != REGISTRY),
            stands_at="\n".join(self._stands_at(row.evidence)),
            remedy=rule.remedy,
            first_seen=row.first_seen,
            finding_id=row.finding_id,
            value_hash=row.value_hash,
        )

    def _stands_at(self, evidence: dict[str, Any]) -> Iterator[str]:
        """List, file and row of each side, the registry first, each row once."""
        rows = evidence.get("rows") or {}
        told = set()
        for side in sorted(rows, key=lambda side: side != REGISTRY):
            batch_id, row_no = rows[side].get("batch_id"), rows[side].get("row_no")
            if batch_id in self._batches and row_no is not None and (batch_id, row_no) not in told:
                told.add((batch_id, row_no))
                extract, file = self._batches[batch_id]
                yield f"{self._words.side(extract) or extract}《{file}》第 {row_no} 行"


def _place(row: Any) -> Place:
    return Place(row.county_code, row.town_code, row.village_code)


def causes_first(rows: list[Any]) -> Iterator[tuple[int, Any]]:
    """The findings of a household, each under its cause where that is among them, as (depth, row); none is lost.

    The order of causes, and of findings under one cause, is the order given. Causes in a circle start anywhere.
    """
    here = {row.finding_id for row in rows}
    effects: dict[str | None, list[Any]] = {}
    for row in rows:
        cause = row.cause_finding_id if row.cause_finding_id in here else None
        effects.setdefault(cause, []).append(row)
    told: set[str] = set()

    def below(start: list[Any], depth: int) -> Iterator[tuple[int, Any]]:
        for row in start:
            if row.finding_id not in told:
                told.add(row.finding_id)
                yield depth, row
                yield from below(effects.get(row.finding_id, []), depth + 1)

    yield from below(effects.get(None, []), 0)
    yield from below(rows, 0)
