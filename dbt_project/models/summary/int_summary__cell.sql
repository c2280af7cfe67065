{#-
    Every block as a full table: each division of the tree, each category, noughts included. The subjects of a town (or
    county) whose village (or town) is not known are a row of their own, `<code>-`, which is never published but is known
    to whoever subtracts.
-#}
with leaf as (
    select * from {{ ref('int_summary__leaf') }}
    union all
    select * from {{ ref('int_summary__finding_leaf') }}
),

placed as (
    select
        block,
        category,
        county_code,
        coalesce(town_code, county_code || '-') as town_code,
        case when town_code is not null then coalesce(village_code, town_code || '-') end as village_code,
        value
    from leaf
),

-- Each count once per division that it is in.
counted as (
    select
        p.block,
        p.category,
        d.division_code,
        sum(p.value)::bigint as value
    from placed as p
    cross join lateral (values (p.county_code), (p.town_code), (p.village_code)) as d (division_code)
    where d.division_code is not null
    group by p.block, p.category, d.division_code
),

division as (
    select distinct
        d.division_code,
        d.division_level,
        d.parent_code
    from placed as p
    cross join
        lateral (
            values
            (p.county_code, 'county', null),
            (p.town_code, 'town', p.county_code),
            (p.village_code, 'village', p.town_code)
        ) as d (division_code, division_level, parent_code)
    where d.division_code is not null
),

category as (
    select distinct
        block,
        category
    from placed
),

final as (
    select
        category.block,
        division.division_code,
        division.division_level,
        division.parent_code,
        category.category,
        category.category like '-%' as is_outside,
        coalesce(counted.value, 0) as value
    from category
    cross join division
    left join counted
        on
            category.block = counted.block
            and category.category = counted.category
            and division.division_code = counted.division_code
)

select * from final
