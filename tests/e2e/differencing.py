"""Somebody reads all that is published of a night and subtracts: is a small count among the differences?

The true counts are asked of the warehouse's owner only to know what would be a hit; the attack itself uses cells that are
shown. A difference of two figures is a third one where that holds in every division, which whoever knows what the
figures mean knows too (people with any kind of dibao, less those with the rural kind, are those with the urban kind).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

import psycopg2.extensions

# The shipped AGG-05: counts below it are small.
MIN_CELL = 5

# A figure that is nought nearly everywhere equals some difference by chance.
LEAST_DIVISIONS = 8

FIGURES = """
with standing as (select %(night)s::date as night),
comparison as (
    select
        c.division_code,
        'comparison:' || split_part(c.block, '|', 2) || ':' || split_part(c.block, '|', 3) || ':' || v.verdict as figure,
        sum(c.value) as value
    from mart_summary.int_summary__guarded_row as c
    cross join lateral (
        select case when c.category = '-out_of_scope' then 'not_comparable' else split_part(c.category, ':', 1) end as verdict
    ) as v
    where c.block like 'comparison|%%'
    group by 1, 2
),
coverage as (
    select c.division_code, 'coverage:' || i.indicator || ':' || i.part as figure, sum(c.value) as value
    from mart_summary.int_summary__coverage_cell as i
    inner join mart_summary.int_summary__guarded_row as c on i.block = c.block and i.category = c.category
    where i.part <> 'cost'
    group by 1, 2
)
select t.figure, t.division_code, t.value, s.subjects
from comparison as t
left join published.comparison_summary as s
    on t.division_code = s.division_code and t.figure = concat_ws(':', 'comparison', s.department, s.field, s.verdict)
union all
select
    t.figure, t.division_code, t.value,
    case split_part(t.figure, ':', 3)
        when 'met' then s.numerator when 'unmet' then s.denominator - s.numerator else s.not_comparable
    end
from coverage as t
left join published.coverage as s on t.division_code = s.division_code and split_part(t.figure, ':', 2) = s.indicator
union all
select concat_ws(':', 'profile', p.indicator, p.period, p.category), p.division_code, p.value, s.value
from mart_summary.profile as p
cross join standing
left join published.profile as s
    on
        p.division_code = s.division_code and p.indicator = s.indicator
        and p.period = s.period and p.category = s.category
where p.from_night <= standing.night and standing.night < p.to_night and p.unit <> '元'
union all
select
    concat_ws(':', 'finding', split_part(c.block, '|', 2), split_part(c.block, '|', 3)), c.division_code, c.value, s.findings
from mart_summary.int_summary__guarded_row as c
left join published.finding_summary as s
    on
        c.division_code = s.division_code and split_part(c.block, '|', 2) = s.rule_id
        and split_part(c.block, '|', 3) = s.state
where c.block like 'finding|%%'
"""


@dataclass(frozen=True)
class GivenBack:
    """A small count that nothing shows and two shown ones give."""

    division: str
    whole: str
    part: str
    small: str
    value: int


def small_counts_given_back(connection: psycopg2.extensions.connection, night: dt.date, k: int) -> list[GivenBack]:
    """Every count of 1 to k - 1 that is withheld and is the difference of two figures shown, or is shown as another."""
    true: dict[str, dict[str, int]] = defaultdict(dict)
    shown: dict[str, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, {"night": night})
        for figure, division, value, told in cursor.fetchall():
            true[figure][division] = int(value)
            if told is not None:
                shown[figure][division] = int(told)
    divisions = sorted({division for counts in true.values() for division in counts})
    vectors = {figure: tuple(counts.get(division, 0) for division in divisions) for figure, counts in true.items()}
    known = {figure: vector for figure, vector in vectors.items() if sum(map(bool, vector)) >= LEAST_DIVISIONS}
    named = defaultdict(list)
    for figure, vector in known.items():
        named[vector].append(figure)
    nothing = tuple(0 for _ in divisions)
    found = []
    for whole, of_whole in known.items():
        for part, of_part in {**known, "": nothing}.items():
            difference = tuple(one - other for one, other in zip(of_whole, of_part, strict=True))
            if whole == part or min(difference) < 0:
                continue
            for small in named.get(difference, []):
                found += [
                    GivenBack(division, whole, part, small, value)
                    for division, value in zip(divisions, difference, strict=True)
                    if 1 <= value < k and division not in shown[small] and division in shown[whole]
                    and (not part or division in shown[part])
                ]
    return found


def shown_again(connection: psycopg2.extensions.connection, eve: dt.date) -> list[tuple[str, str, str]]:
    """Cells that were empty on the eve and are shown tonight with the count that they had: together two nights tell it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select e.block, e.division_code, e.category from mart_summary.withheld_cell as e"
            " inner join mart_summary.int_summary__guarded_row as c"
            " on e.block = c.block and e.division_code = c.division_code and e.category = c.category"
            " where e.from_night <= %(eve)s and %(eve)s < e.to_night and c.value = e.value and not c.is_withheld",
            {"eve": eve},
        )
        return cursor.fetchall()


def shown(connection: psycopg2.extensions.connection) -> int:
    """How many cells of the night are shown: an empty table would pass every attack."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from published.comparison_summary where subjects >= 5")
        row = cursor.fetchone()
    return row[0] if row else 0
