"""What was paid in earlier years and terms; the counts are the reported ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from bidui.sample import draw
from bidui.sample.draw import Array
from bidui.sample.periods import term_first_day
from bidui.sample.population import Population


@dataclass(frozen=True)
class History:
    """Past years and terms, as person or household indices; no comparison of the night reads them."""

    premiums: dict[int, Array]
    edu_aid: dict[str, Array]
    yulu: dict[str, Array]


def history(population: Population) -> History:
    """Return who was paid for in earlier years and terms; the counts are the reported ones."""
    p = population
    reg_households = p.household_cohort >= 0
    premiums = {}
    for year, (households, persons) in p.plan.premiums.items():
        chosen = draw.first(p.household_key, f"premium {year}", reg_households, households)
        size = p.household_size[chosen]
        paid = draw.spread(p.household_key[chosen], f"premium persons {year}", persons, np.ones_like(size), size)
        premiums[year] = np.concatenate(
            [np.arange(start, start + count) for start, count in zip(p.household_start[chosen], paid, strict=True)]
            or [np.zeros(0, dtype=np.int64)]
        )
    edu_aid, yulu = {}, {}
    for term, count in p.plan.edu_aid.items():
        age = p.age_on(_september(term))
        edu_aid[term] = draw.first(p.key, f"aid {term}", p.registered & (age >= 6) & (age < 15), count)
    for term, count in p.plan.yulu.items():
        age = p.age_on(_september(term))
        yulu[term] = draw.first(p.key, f"yulu {term}", p.registered & (age >= 15) & (age < 22), count)
    return History(premiums, edu_aid, yulu)


def _september(term: str) -> date:
    start = term_first_day(term)
    return start if start.month == 9 else date(start.year - 1, 9, 1)
