{{ config(severity='warn') }}
{#-
    The reasons of a figure add up to its difference from the night before, wherever both nights publish it (what is
    withheld is not kept). A failure is mended in models/summary/change; it warns: an explanation that is wrong must not keep
    back a night that is right.
-#}
with nights as (
    select
        {{ published_before() }} as night,
        -1 as sign
    union all
    select
        {{ as_of() }} as night,
        1 as sign
),

figure as (
    select
        s.division_code,
        'comparison:' || s.department || ':' || s.field || ':' || s.verdict as figure,
        n.sign * s.subjects as value,
        s.suppressed
    from {{ ref('comparison_summary') }} as s
    inner join nights as n on s.from_night <= n.night and n.night < s.to_night
    union all
    select
        s.division_code,
        'finding:' || s.rule_id as figure,
        n.sign * s.findings as value,
        s.suppressed
    from {{ ref('finding_summary') }} as s
    inner join nights as n on s.from_night <= n.night and n.night < s.to_night
    where s.state = 'open'
    union all
    select
        s.division_code,
        'coverage:' || s.indicator || ':' || v.side as figure,
        n.sign * v.value as value,
        s.suppressed
    from {{ ref('coverage') }} as s
    inner join nights as n on s.from_night <= n.night and n.night < s.to_night
    cross join lateral (values ('numerator', s.numerator), ('denominator', s.denominator)) as v (side, value)
),

difference as (
    select
        division_code,
        figure,
        sum(value) as difference
    from figure
    group by division_code, figure
    having not bool_or(suppressed)
),

told as (
    select
        division_code,
        figure,
        sum(delta) as delta
    from {{ this_night(ref('change')) }}
    group by division_code, figure
)

select
    d.division_code,
    d.figure,
    d.difference,
    t.delta
from difference as d
left join told as t on d.division_code = t.division_code and d.figure = t.figure
where {{ published_before() }} is not null and d.difference <> coalesce(t.delta, 0)
