"""The figures whose change is told, counted from the rows themselves: what published.change must add up to."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import psycopg2.extensions

Figures = Counter[tuple[str, str]]

STANDING = """
with counted as (
    select 'comparison:health_insurance:' || field || ':' || verdict as figure, county_code, town_code, village_code, 1::numeric
        as value
    from mart_comparison.comparison_health_insurance where from_night <= %(night)s and %(night)s < to_night
    union all
    select 'comparison:civil_affairs:' || field || ':' || verdict, county_code, town_code, village_code, 1
    from mart_comparison.comparison_civil_affairs where from_night <= %(night)s and %(night)s < to_night
    union all
    select 'comparison:education:' || field || ':' || verdict, county_code, town_code, village_code, 1
    from mart_comparison.comparison_education where from_night <= %(night)s and %(night)s < to_night
    union all
    select 'comparison:housing:' || field || ':' || verdict, county_code, town_code, village_code, 1
    from mart_comparison.comparison_housing where from_night <= %(night)s and %(night)s < to_night
    union all
    select 'finding:' || rule_id, county_code, town_code, village_code, 1
    from mart_finding.finding where state = 'open' and from_night <= %(night)s and %(night)s < to_night
    union all
    select 'coverage:' || split_part(block, '|', 2) || case split_part(block, '|', 2) when 'one_stop' then '_settlement' else ''
        end || ':' || side, county_code, town_code, village_code, value
    from mart_summary.coverage_subject
    cross join lateral (values ('numerator', numerator), ('denominator', denominator)) as v (side, value)
    where from_night <= %(night)s and %(night)s < to_night
)
select division_code, figure, round(sum(value))::bigint
from counted cross join lateral (values (county_code), (town_code), (village_code)) as d (division_code)
where division_code is not null
group by 1, 2
"""

TOLD = """
select division_code, figure, sum(delta)::bigint
from mart_summary.change
where from_night <= %(night)s and %(night)s < to_night
    and figure not similar to
    'coverage:(basic_insurance|serious_illness_insurance|premium_subsidy|family_doctor|chronic_certificate|education_aid|yulu|safe_housing):%%'
group by 1, 2
"""


def difference(connection: psycopg2.extensions.connection, before: dt.date, night: dt.date) -> Figures:
    """What each figure of each division grew by between two nights; figures that did not change are left out."""
    grown = _read(connection, STANDING, night)
    grown.subtract(_read(connection, STANDING, before))
    return _changed(grown)


def told(connection: psycopg2.extensions.connection, night: dt.date) -> Figures:
    """What the reasons of each figure add up to; coverage that is made of comparisons is left out, they are there."""
    return _changed(_read(connection, TOLD, night))


def _read(connection: psycopg2.extensions.connection, statement: str, night: dt.date) -> Figures:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"night": night})
        return Counter({(division, figure): value for division, figure, value in cursor.fetchall()})


def _changed(figures: Figures) -> Figures:
    return Counter({key: value for key, value in figures.items() if value})
