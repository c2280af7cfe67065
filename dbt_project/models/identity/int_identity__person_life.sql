{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'number_key'}) }}
{#-
    The key that each registry person of the night has for life. In this order:

    1. somebody has decided it (ledger.key_alias), also that a number is nobody's but its own;
    2. the number is the one the person bore last, unless ID number and name both say that somebody else bears it now;
    3. a number never seen before, borne by the one person with this valid ID number and this name whose own number is
       in the registry no longer: reissued;
    4. a row without a number: the one person of that name in that household who had none either: the ID was corrected;
    5. nobody known: a key of its own.

    What could mean two people means neither.
-#}
with tonight as (

    select * from {{ ref('int_identity__registry_row') }}

),

before as (

    {{ registry_keys_before('person') }}

),

decided as (

    {{ decided_aliases('person') }}

),

own as (

    select distinct on (t.number_key)
        t.number_key,
        b.life_key,
        b.basis,
        b.evidence,
        b.since
    from tonight as t
    inner join before as b on b.number_key = t.number_key
    left join decided as d on d.number_key = t.number_key
    where
        (d.life_key is null or d.life_key = b.life_key or d.life_key <> t.number_key)
        and not coalesce(t.id_key <> b.id_key and t.name_norm <> b.name_norm, false)
    order by
        t.number_key asc,
        (t.id_key = b.id_key) desc nulls last,
        (t.name_norm = b.name_norm) desc nulls last,
        b.is_listed desc,
        b.since desc,
        b.life_key asc

),

{{ settled_keys() }}

-- Known people whose number is in the registry no longer.
missing as (

    select b.*
    from before as b
    where
        b.survivor_key is null
        and not exists (select from settled as s where s.life_key = b.life_key)

),

same_id_and_name as (

    select
        u.number_key,
        m.life_key,
        m.number_key as earlier_number,
        count(*) over (partition by u.number_key) as people,
        count(*) over (partition by m.life_key) as rows_tonight
    from unsettled as u
    inner join missing as m on m.id_key = u.id_key and m.name_norm = u.name_norm
    where not u.is_decided

),

reissued as (

    select
        number_key,
        life_key,
        'reissued' as basis,
        jsonb_build_object('earlier_number', earlier_number, 'same', '["id_no", "person_name"]'::jsonb) as evidence
    from same_id_and_name
    where people = 1 and rows_tonight = 1

),

same_place_and_name as (

    select
        u.number_key,
        m.life_key,
        count(*) over (partition by u.number_key) as people,
        count(*) over (partition by m.life_key) as rows_tonight
    from unsettled as u
    inner join missing as m
        on m.household_number_key = u.household_number_key and m.name_norm = u.name_norm
    where
        not u.has_number
        and not m.has_number
        and not u.is_decided
        and not exists (select from reissued as r where r.number_key = u.number_key or r.life_key = m.life_key)

),

corrected as (

    select
        number_key,
        life_key,
        'id_corrected' as basis,
        '{"same": ["household_no", "person_name"]}'::jsonb as evidence
    from same_place_and_name
    where people = 1 and rows_tonight = 1

),

recognised as (

    select * from reissued
    union all
    select * from corrected

),

unknown as (

    select
        u.number_key,
        u.mark,
        exists(select from before as b where b.life_key = u.number_key) as is_key_taken,
        exists(select from before as b where b.life_key = u.number_key || '~' || u.mark) as is_mark_taken
    from unsettled as u
    where not exists (select from recognised as r where r.number_key = u.number_key)

),

final as (

    select
        number_key,
        life_key,
        basis,
        evidence,
        coalesce(since, {{ as_of() }}) as since
    from settled
    union all
    select
        number_key,
        life_key,
        basis,
        evidence,
        {{ as_of() }} as since
    from recognised
    union all
    select
        number_key,
        case
            when not is_key_taken then number_key
            when not is_mark_taken then number_key || '~' || mark
            else number_key || '~' || mark || '~' || {{ as_of() }}
        end as life_key,
        case when is_key_taken then 'number_taken_over' else 'own_number' end as basis,
        case when is_key_taken then jsonb_build_object('earlier_bearer', number_key) else '{}'::jsonb end as evidence,
        {{ as_of() }} as since
    from unknown

)

select * from final
