{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}) }}
{#-
    Who is dead on the night, by the death list; the earliest date where a death is listed twice. A list that went stale
    says nothing more of the others, and the dead that it names stay dead: nobody is to be enrolled or found at school
    because a list of deaths is late.
-#}
with death as (

    select
        *,
        coalesce(died_on, cremated_on) as known_on,
        count(*) over (partition by person_key) as listed,
        row_number() over (
            partition by person_key
            order by coalesce(died_on, cremated_on) nulls last, batch_id, row_no
        ) as turn
    from {{ linked_rows('stg_civil_affairs__death') }} as d
    where coalesce(died_on, cremated_on, {{ as_of() }}) <= {{ as_of() }}

)

select
    e.person_key,
    e.death as death__state,
    d.batch_id as death__batch_id,
    d.row_no as death__row_no,
    d.link_tier as death__link_tier,
    case when e.death is null then coalesce(d.listed, 0)::int end as death__rows,
    d.person_name as death__person_name,
    d.link_name_grade as death__name_grade,
    case when e.death is null then d.person_key is not null end as death__is_dead,
    d.known_on as death__died_on,
    d.person_key is null as is_living,
    -- a death without a date gives no claim to what the living are entitled to
    d.person_key is null
    or coalesce(date_trunc('month', d.known_on) >= date_trunc('month', {{ as_of() }}), false) as in_entitlement_scope
from {{ ref('int_fact__evidence') }} as e
left join death as d on d.person_key = e.person_key and d.turn = 1
