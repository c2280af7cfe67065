{{ config(materialized='ephemeral') }}
{#-
    Registered rights of a household's living members. One dwelling is what a household lives in: the row to show is the
    second (turn 2), which makes the finding.
-#}
with held_right as (

    -- A right that several members hold together is one right of the household.
    select distinct on (p.household_key, {{ right_key('r') }})
        p.household_key,
        r.batch_id,
        r.row_no,
        r.usage,
        r.registered_on,
        {{ is_dwelling_usage('r.usage') }} as is_dwelling,
        {{ is_city_flat('r.usage', 'r.location') }} as is_city_flat
    from {{ linked_rows('stg_housing__property') }} as r
    inner join {{ ref('int_fact__person') }} as p on p.person_key = r.person_key
    where p.is_living
    order by p.household_key, {{ right_key('r') }}, r.registered_on desc nulls last, r.batch_id, r.row_no

),

counted as (

    select
        household_key,
        count(*)::int as rights,
        (count(*) filter (where is_dwelling))::int as dwelling_rights,
        (count(*) filter (where is_city_flat))::int as city_flats
    from held_right
    group by 1

),

dwelling_right as (

    select
        household_key,
        batch_id,
        row_no,
        row_number() over (
            partition by household_key
            order by registered_on desc nulls last, batch_id, row_no
        ) as turn
    from held_right
    where is_dwelling

),

city_flat as (

    select distinct on (household_key)
        household_key,
        batch_id,
        row_no,
        usage
    from held_right
    where is_city_flat
    order by household_key, registered_on desc nulls last, batch_id, row_no

)

select
    h.household_key,
    h.rights,
    h.dwelling_rights,
    h.city_flats,
    d.batch_id,
    d.row_no,
    c.usage as city_flat_usage,
    c.batch_id as city_flat_batch_id,
    c.row_no as city_flat_row_no
from counted as h
left join dwelling_right as d on d.household_key = h.household_key and d.turn = 2
left join city_flat as c on c.household_key = h.household_key
