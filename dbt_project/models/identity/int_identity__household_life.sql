{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'number_key'}) }}
{#-
    The key that each household of the night has for life. A new 户编号 is a household's reissued number when all its known
    members come from one household, whose number is in the registry no longer, and everybody of that household who is
    still listed is in it. A household that splits keeps its key where its number is; the part with the new number is
    a household of its own (`split_from` says of which). A number that another family bears now is taken over: nobody in
    it is, by key, ID number or name, anybody of the household before, and answers about those are not about these.
-#}
with member as (

    select
        r.household_number_key,
        l.life_key as person_life_key,
        r.id_key,
        r.name_norm
    from {{ ref('int_identity__registry_row') }} as r
    inner join {{ ref('int_identity__person_life') }} as l on l.number_key = r.number_key

),

tonight as (

    select household_number_key as number_key from member
    union
    select coalesce(s.household_key, 'row-' || s.row_hash) as number_key
    from {{ in_force('stg_registry__registry_household') }} as s

),

before as (

    {{ registry_keys_before('household') }}

),

person_before as (

    {{ registry_keys_before('person') }}

),

decided as (

    {{ decided_aliases('household') }}

),

taken_over as (

    select b.life_key
    from before as b
    inner join person_before as p on p.household_life_key = b.life_key and p.is_listed
    inner join member as m on m.household_number_key = b.number_key
    group by b.life_key
    having
        -- Without an ID number on each side nothing says that these are other people.
        count(p.id_key) > 0
        and count(m.id_key) > 0
        and not bool_or(
            m.person_life_key = p.life_key
            or coalesce(m.id_key = p.id_key, false)
            or coalesce(m.name_norm = p.name_norm, false)
        )

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
        and not exists (select from taken_over as o where o.life_key = b.life_key)
    order by t.number_key asc, b.is_listed desc, b.since desc, b.life_key asc

),

{{ settled_keys() }}

-- Where the members of last night's households are tonight.
moved as (

    select
        p.household_life_key as from_key,
        m.household_number_key as to_number,
        count(*) as members
    from member as m
    inner join person_before as p on p.life_key = m.person_life_key and p.is_listed
    group by 1, 2

),

arrival as (

    select
        moved.*,
        count(*) over (partition by moved.from_key) as destinations,
        count(*) over (partition by moved.to_number) as origins,
        exists(select from settled as s where s.life_key = moved.from_key) as is_still_listed
    from moved

),

reissued as (

    select
        u.number_key,
        a.from_key as life_key,
        'reissued' as basis,
        jsonb_build_object('earlier_number', b.number_key, 'members', a.members) as evidence
    from unsettled as u
    inner join arrival as a on a.to_number = u.number_key
    inner join before as b on b.life_key = a.from_key
    where a.origins = 1 and a.destinations = 1 and not a.is_still_listed and b.survivor_key is null and not u.is_decided

),

split as (

    select
        u.number_key,
        jsonb_build_object('split_from', min(a.from_key), 'members', sum(a.members)) as evidence
    from unsettled as u
    inner join arrival as a on a.to_number = u.number_key
    where not exists (select from reissued as r where r.number_key = u.number_key)
    group by 1
    having count(*) = 1

),

unknown as (

    select
        u.number_key,
        exists(select from before as b where b.life_key = u.number_key) as is_key_taken
    from unsettled as u
    where not exists (select from reissued as r where r.number_key = u.number_key)

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
    from reissued
    union all
    select
        u.number_key,
        case when u.is_key_taken then u.number_key || '~' || {{ as_of() }} else u.number_key end as life_key,
        case
            when s.number_key is not null then 'split'
            when u.is_key_taken then 'number_taken_over'
            else 'own_number'
        end as basis,
        coalesce(
            s.evidence,
            case when u.is_key_taken then jsonb_build_object('earlier_bearer', u.number_key) else '{}'::jsonb end
        ) as evidence,
        {{ as_of() }} as since
    from unknown as u
    left join split as s on s.number_key = u.number_key

)

select * from final
