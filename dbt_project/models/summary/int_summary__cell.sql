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

counted as (
    select block, category, county_code as division_code, sum(value)::bigint as value from placed group by 1, 2, 3
    union all
    select block, category, town_code, sum(value)::bigint from placed group by 1, 2, 3
    union all
    select block, category, village_code, sum(value)::bigint from placed where village_code is not null group by 1, 2, 3
),

division as (
    select distinct county_code as division_code, 'county' as division_level, null as parent_code from placed
    union
    select distinct town_code, 'town', county_code from placed
    union
    select distinct village_code, 'village', town_code from placed where village_code is not null
),

shape as (
    select b.block, b.category, d.*
    from (select distinct block, category from placed) as b
    cross join division as d
),

final as (
    select
        s.block,
        s.division_code,
        s.division_level,
        s.parent_code,
        s.category,
        s.category like '-%' as is_outside,
        coalesce(c.value, 0) as value
    from shape as s
    left join counted as c
        on c.block = s.block and c.division_code = s.division_code and c.category = s.category
)

select * from final
