{{ planned_for_volume() }}
{{ config(
    materialized='night_rows',
    key=['kind', 'life_key'],
    meta={'dist_key': 'life_key'},
) }}
{#-
    The numbers that registry persons and households have borne, and since when: what the next night recognises them by.
    Who has left the registry stays, for the day they come back. `survivor_key` is where findings of a key that serves no
    more go on: the household that took all its members in, or the key that somebody decided a number belongs to.
-#}
with person_before as (

    {{ registry_keys_before('person') }}

),

household_before as (

    {{ registry_keys_before('household') }}

),

row_of as (

    select * from {{ ref('int_identity__registry_row') }}

),

person_life as (

    select * from {{ ref('int_identity__person_life') }}

),

household_life as (

    select * from {{ ref('int_identity__household_life') }}

),

person_tonight as (

    select
        l.life_key,
        l.number_key,
        r.has_number,
        coalesce(r.id_key, b.id_key) as id_key,
        coalesce(r.name_norm, b.name_norm) as name_norm,
        r.household_number_key,
        h.life_key as household_life_key,
        l.basis,
        l.evidence,
        l.since
    from person_life as l
    inner join row_of as r on r.number_key = l.number_key
    inner join household_life as h on h.number_key = r.household_number_key
    left join person_before as b on b.life_key = l.life_key

),

person_gone as (

    select
        b.*,
        decided.life_key as taken_by
    from person_before as b
    left join person_life as decided on decided.number_key = b.number_key and decided.basis = 'decided'
    where not exists (select from person_life as l where l.life_key = b.life_key)

),

household_gone as (

    select
        b.*,
        decided.life_key as taken_by
    from household_before as b
    left join household_life as decided on decided.number_key = b.number_key and decided.basis = 'decided'
    where not exists (select from household_life as l where l.life_key = b.life_key)

),

-- A household that is gone, with everybody who is still listed in one other household that was known before.
merged as (

    select
        b.household_life_key as life_key,
        min(t.household_life_key) as survivor_key
    from person_before as b
    inner join person_tonight as t on t.life_key = b.life_key
    where
        b.is_listed
        and b.household_life_key in (select life_key from household_gone where is_listed)
    group by 1
    having
        count(distinct t.household_life_key) = 1
        and min(t.household_life_key) in (select life_key from household_before)

),

final as (

    select
        'person' as kind,
        life_key,
        number_key,
        has_number,
        id_key,
        name_norm,
        household_number_key,
        household_life_key,
        true as is_listed,
        basis,
        evidence,
        since,
        null::text as survivor_key
    from person_tonight
    union all
    select
        'person' as kind,
        life_key,
        number_key,
        has_number,
        id_key,
        name_norm,
        household_number_key,
        household_life_key,
        false as is_listed,
        basis,
        evidence,
        since,
        coalesce(taken_by, survivor_key) as survivor_key
    from person_gone
    union all
    select
        'household' as kind,
        life_key,
        number_key,
        null::boolean as has_number,
        null::bigint as id_key,
        null::text as name_norm,
        null::text as household_number_key,
        null::text as household_life_key,
        true as is_listed,
        basis,
        evidence,
        since,
        null::text as survivor_key
    from household_life
    union all
    select
        'household' as kind,
        g.life_key,
        g.number_key,
        null::boolean as has_number,
        null::bigint as id_key,
        null::text as name_norm,
        null::text as household_number_key,
        null::text as household_life_key,
        false as is_listed,
        g.basis,
        g.evidence,
        g.since,
        coalesce(g.taken_by, m.survivor_key, g.survivor_key) as survivor_key
    from household_gone as g
    left join merged as m on m.life_key = g.life_key

)

select * from final
