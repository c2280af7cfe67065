{{ config(materialized='ephemeral') }}
{#-
    Series: who was paid for in a year or a term. Everybody else of the place is a category too, so that a series is a table of
    the whole population like any other block, and suppression can reason about it.
-#}
with premium_household as (
    select distinct
        household_key,
        premium_year
    from {{ ref('int_summary__premium_year') }}
),

paid as (
    select
        'person|premium_paid|' || premium_year as block,
        'person' as population,
        county_code,
        town_code,
        village_code,
        'paid' as category
    from {{ ref('int_summary__premium_year') }}
    union all
    select
        'household|premium_paid|' || y.premium_year as block,
        'household' as population,
        h.county_code,
        h.town_code,
        h.village_code,
        'paid' as category
    from premium_household as y
    inner join {{ ref('int_fact__household') }} as h on y.household_key = h.household_key
    union all
    select
        'person|edu_aid|' || term as block,
        'person' as population,
        county_code,
        town_code,
        village_code,
        -- Other stages are outside: how many have aid in those that the county aids is a figure of its own.
        case when {{ is_aided("coalesce(edu_compare__study_stage, stage)") }} then '' else '-stage:' end
        || coalesce(edu_compare__study_stage, stage, '未填写') as category
    from {{ ref('int_fact__student_term') }}
    where is_registry_person and edu_compare__aid_amount > 0
    union all
    select
        'person|yulu|' || term as block,
        'person' as population,
        county_code,
        town_code,
        village_code,
        coalesce(yulu__study_stage, stage, '未填写') as category
    from {{ ref('int_fact__student_term') }}
    where is_registry_person and yulu__is_paid
),

counted as (
    {{ counted_block('block', 'paid', 'category') }}
),

total as (
    select
        block,
        county_code,
        town_code,
        village_code,
        sum(value) as value
    from counted
    group by block, county_code, town_code, village_code
),

series as (
    select distinct
        block,
        population
    from paid
),

others as (
    select
        s.block,
        p.county_code,
        p.town_code,
        p.village_code,
        '-others' as category,
        p.value - coalesce(t.value, 0) as value
    from series as s
    inner join {{ ref('int_summary__population_leaf') }} as p on p.block = 'population|' || s.population
    left join total as t
        on
            s.block = t.block
            and t.county_code is not distinct from p.county_code
            and t.town_code is not distinct from p.town_code
            and t.village_code is not distinct from p.village_code
)

select * from counted
union all
select * from others
