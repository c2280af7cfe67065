{{ config(materialized='night_rows', key=['village_code', 'condition'], meta={'reference': true}) }}
{#-
    The village exit test as far as lists carry it, over the registered households of a village. What is not comparable is
    counted beside and left out of the share; a condition is met or failed only when it would be, whatever those said.
-#}
with counted as (

    select
        f.village_code,
        t.condition,
        min(f.county_code) as county_code,
        min(f.town_code) as town_code,
        sum(t.numerator) as numerator,
        sum(t.denominator) as denominator,
        sum(t.unknown) as not_comparable
    from {{ ref('int_fact__household') }} as f
    cross join lateral (
        values
        (
            'poverty_rate', case when f.exit_attribute in ('未脱贫', '返贫') then f.members else 0 end, 0,
            case when f.exit_attribute is null and f.is_poor_registered then f.members else 0 end
        ),
        (
            'infrastructure', (f.has_safe_water)::int, (f.has_safe_water is not null)::int,
            (f.has_safe_water is null)::int
        ),
        (
            'safe_housing', (not f.unsafe_house__is_unsafe)::int, (f.unsafe_house__is_unsafe is not null)::int,
            (f.unsafe_house__is_unsafe is null)::int
        )
    ) as t (condition, numerator, denominator, unknown)
    where f.village_code is not null
    group by f.village_code, t.condition
    union all
    select
        f.village_code,
        t.condition,
        min(f.county_code) as county_code,
        min(f.town_code) as town_code,
        sum((t.has)::int) as numerator,
        count(t.has) as denominator,
        count(*) - count(t.has) as not_comparable
    from {{ ref('int_fact__person') }} as f
    cross join lateral (
        values
        ('basic_insurance', true, f.basic_insurance__is_insured),
        (
            'compulsory_education',
            f.age_1_september >= {{ parameter('EDU-01', 'age_from', 'int') }}
            and f.age_1_september < {{ parameter('EDU-01', 'age_to', 'int') }},
            f.enrolled__is_enrolled
        )
    ) as t (condition, in_scope, has)
    where f.village_code is not null and f.in_entitlement_scope and t.in_scope
    group by f.village_code, t.condition

),

village as (

    -- A row may give the village and leave out what it lies in.
    select
        village_code,
        min(county_code) as county_code,
        min(town_code) as town_code
    from counted
    group by village_code

),

measured as (

    select
        v.county_code,
        v.town_code,
        v.village_code,
        c.condition,
        c.target,
        n.numerator,
        case
            when c.condition = 'poverty_rate' then {{ parameter('MONITOR', 'rural_population', rows='v') }}
            else n.denominator
        end as denominator,
        n.not_comparable,
        c.is_carried
    from village as v
    cross join {{ ref('village_exit_condition') }} as c
    left join counted as n on v.village_code = n.village_code and c.condition = n.condition

),

judged as (

    select
        *,
        case
            when condition = 'poverty_rate' then case
                when denominator > 0 and numerator + not_comparable <= target * denominator then true
                when denominator > 0 and numerator > target * denominator then false
            end
            when denominator + not_comparable > 0 then case
                when numerator >= target * (denominator + not_comparable) then true
                when numerator + not_comparable < target * (denominator + not_comparable) then false
            end
        end as is_met
    from measured

)

select
    county_code,
    town_code,
    village_code,
    condition,
    numerator,
    denominator,
    not_comparable,
    round(numerator / nullif(denominator, 0), 4) as value,
    target,
    is_met,
    case
        when not is_carried then 'no_extract'
        when condition = 'poverty_rate' and denominator is null then 'no_population'
        when condition = 'poverty_rate' and denominator = 0 then 'nobody_in_scope'
        when coalesce(denominator + not_comparable, 0) = 0 then 'nobody_in_scope'
        when is_met is null then 'not_comparable'
    end as reason
from judged
