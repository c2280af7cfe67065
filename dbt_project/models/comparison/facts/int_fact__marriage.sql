{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}) }}
{#-
    The latest registration of each registry person, with whoever of the registry is on its other side. A certificate
    issued again (补领) changes nobody's state: it speaks only where nothing else does.
-#}
with event as (

    select person_key, link_tier, 'male' as side, batch_id, row_no, registered_on, kind, female_id_key as other_id_key
    from {{ linked_rows('stg_civil_affairs__marriage', 'male') }} as m
    union all
    select person_key, link_tier, 'female' as side, batch_id, row_no, registered_on, kind, male_id_key as other_id_key
    from {{ linked_rows('stg_civil_affairs__marriage', 'female') }} as m

),

ranked as (

    select
        *,
        count(*) over (partition by person_key) as rows_of_person,
        row_number() over (
            partition by person_key
            order by coalesce(kind = '补领', false), registered_on desc nulls last, batch_id desc, row_no desc
        ) as turn
    from event
    where coalesce(registered_on, {{ as_of() }}) <= {{ as_of() }}

),

spouse as (

    select
        ours.person_key,
        min(theirs.person_key) as spouse_person_key,
        -- a number that cannot be read may be anybody's
        case
            when count(theirs.person_key) > 0 then bool_or(their_household.household_key = our_household.household_key)
            when bool_or(ours.other_id_key is not null) then false
        end as is_spouse_in_household
    from ranked as ours
    inner join {{ ref('int_identity__registry_person') }} as our_household on our_household.person_key = ours.person_key
    left join event as theirs
        on theirs.batch_id = ours.batch_id and theirs.row_no = ours.row_no and theirs.side <> ours.side
    left join {{ ref('int_identity__registry_person') }} as their_household
        on their_household.person_key = theirs.person_key
    where ours.turn = 1
    group by 1

)

select
    e.person_key,
    {{ lineage('marriage', 'e', 'r') }},
    {{ said('marriage', 'e', 'r.kind', 'last_kind') }},
    {{ said('marriage', 'e', 'r.registered_on', 'last_on') }},
    {{ said('marriage', 'e', 's.spouse_person_key', 'spouse_person_key') }},
    {{ said('marriage', 'e', 's.is_spouse_in_household', 'spouse_in_household') }}
from {{ ref('int_fact__evidence') }} as e
left join ranked as r on r.person_key = e.person_key and r.turn = 1
left join spouse as s on s.person_key = e.person_key
