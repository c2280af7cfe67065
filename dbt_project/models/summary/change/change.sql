{{ config(materialized='night_rows', key=['division_code', 'figure', 'reason']) }}
{#-
    Why a number is another than in the night before. The deltas of a figure add up to its difference exactly, in every
    division. Figures: finding:<rule> (open findings), comparison:<department>:<field>:<verdict>,
    coverage:<indicator>:numerator and :denominator.
-#}
with cell as (
    select * from {{ ref('int_change__cell') }}
    where division_code not like '%-'
),

part as (
    -- Each category of a block once per indicator; coverage_subject carries its own numerators and denominators.
    select distinct
        block,
        category,
        indicator,
        part
    from {{ ref('int_summary__coverage_cell') }}
),

figure as (
    select
        block,
        division_code,
        division_level,
        county_code,
        replace(substring(block from '^comparison[|][^|]+[|][^|]+'), '|', ':') || ':'
        || case when category = '-out_of_scope' then 'not_comparable' else split_part(category, ':', 1) end as figure,
        reason,
        delta::numeric as delta
    from cell
    where block like 'comparison|%'
    union all
    select
        block,
        division_code,
        division_level,
        county_code,
        'finding:' || split_part(block, '|', 2) as figure,
        reason,
        delta::numeric as delta
    from cell
    where block like 'finding|%'
    union all
    select
        c.block,
        c.division_code,
        c.division_level,
        c.county_code,
        'coverage:' || p.indicator || ':' || s.side as figure,
        c.reason,
        coalesce(s.delta, c.delta) as delta
    from cell as c
    inner join part as p on c.block = p.block and c.category = p.category
    cross join
        lateral (values ('numerator', c.numerator_delta), ('denominator', c.denominator_delta)) as s (side, delta)
    where s.delta is not null or p.part = 'met' or (p.part = 'unmet' and s.side = 'denominator')
),

added as (
    select
        block,
        division_code,
        division_level,
        county_code,
        figure,
        reason,
        sum(delta) as delta
    from figure
    group by 1, 2, 3, 4, 5, 6
),

-- Sums of money are published in whole yuan: the running sum is rounded, so that the roundings add up too.
amount_before as (
    select
        d.division_code,
        'coverage:' || i.indicator || ':' || v.side as figure,
        sum(v.value) as value
    from {{ ref('coverage_subject') }} as c
    inner join (select distinct block, indicator from part where part = 'cost') as i on c.block = i.block
    cross join lateral (values ('numerator', c.numerator), ('denominator', c.denominator)) as v (side, value)
    cross join lateral (values (c.county_code), (c.town_code), (c.village_code)) as d (division_code)
    where
        c.from_night <= {{ published_before() }}
        and {{ published_before() }} < c.to_night
        and d.division_code is not null
    group by 1, 2
),

running as (
    select
        a.*,
        coalesce(b.value, 0)
        + sum(a.delta) over (partition by a.division_code, a.figure order by a.reason) as value_after
    from added as a
    left join amount_before as b on a.division_code = b.division_code and a.figure = b.figure
),

final as (
    select
        r.division_code,
        r.division_level,
        r.figure,
        r.reason,
        (round(r.value_after) - round(r.value_after - r.delta))::bigint as delta,
        r.division_level = 'village' or w.block is not null as is_withheld
    from running as r
    left join {{ ref('int_change__withheld') }} as w
        on r.block = w.block and r.county_code = w.county_code and r.division_level = w.division_level
)

select * from final
where delta <> 0
