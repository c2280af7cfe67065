{#-
    Movements out of and into the categories of every block, per division and reason: `movements` is how many rows moved
    either way, `delta` what they leave. The rest of a county in no town is a row of its own, `<code>-`, as in
    int_summary__cell.
-#}
with changed as (
    select
        *,
        null::numeric as old_numerator,
        null::numeric as old_denominator,
        null::numeric as new_numerator,
        null::numeric as new_denominator
    from (
        select * from {{ ref('int_change__comparison') }}
        union all
        select * from {{ ref('int_change__finding') }}
    ) as counted
    union all
    select
        {{ change_columns() }},
        reason,
        old_numerator,
        old_denominator,
        new_numerator,
        new_denominator
    from {{ ref('int_change__coverage') }}
),

movement as (
    select
        c.block,
        c.reason,
        m.category,
        m.county_code,
        coalesce(m.town_code, m.county_code || '-') as town_code,
        m.village_code,
        m.sign,
        m.numerator,
        m.denominator
    from changed as c
    cross join lateral (
        values
        (
            -1, c.old_category, c.old_county_code, c.old_town_code, c.old_village_code, c.old_numerator,
            c.old_denominator
        ),
        (
            1, c.new_category, c.new_county_code, c.new_town_code, c.new_village_code, c.new_numerator,
            c.new_denominator
        )
    ) as m (sign, category, county_code, town_code, village_code, numerator, denominator)
    where m.category is not null and m.county_code is not null
),

final as (
    select
        m.block,
        m.category,
        m.reason,
        d.division_code,
        d.division_level,
        m.county_code,
        count(*) as movements,
        sum(m.sign) as delta,
        sum(m.sign * m.numerator) as numerator_delta,
        sum(m.sign * m.denominator) as denominator_delta
    from movement as m
    cross join lateral (
        values (m.county_code, 'county'), (m.town_code, 'town'), (m.village_code, 'village')
    ) as d (division_code, division_level)
    where d.division_code is not null
    group by 1, 2, 3, 4, 5, 6
)

select * from final
