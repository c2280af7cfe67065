{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}) }}
{#- Public-benefit post and skills training per registry person, as the human resources bureau has them on the night. -#}
with post as (

    select
        *,
        count(*) over (partition by person_key) as rows_of_person,
        row_number() over (
            partition by person_key order by is_in_post desc, started_on desc nulls last, batch_id, row_no
        ) as turn
    from (
        select
            *,
            coalesce(started_on <= {{ as_of() }}, true) and coalesce(left_on > {{ as_of() }}, true) as is_in_post
        from {{ linked_rows('stg_human_resources__post_holder') }} as p
    ) as held

),

trained as (

    select
        *,
        count(*) over (partition by person_key) as rows_of_person,
        row_number() over (
            partition by person_key
            order by coalesce(has_certificate, false) desc, ended_on desc nulls last, batch_id, row_no
        ) as turn
    from {{ linked_rows('stg_human_resources__skills_training') }} as t

)

select
    e.person_key,
    -- The registry writes the post in words of its own; where the list of kinds knows them, its word counts.
    coalesce(c.canonical, r.public_post) as registry_post_kind,
    {{ lineage('post_holder', 'e', 'p') }},
    {{ name_on_row('post_holder', 'e', 'p') }},
    {{ fact('e.post_holder', 'p.is_in_post', 'false') }} as post_holder__is_in_post,
    {{ said('post_holder', 'e', 'p.post_kind', 'post_kind') }},
    {{ said('post_holder', 'e', 'p.started_on', 'started_on') }},
    {{ said('post_holder', 'e', 'p.monthly_subsidy', 'monthly_subsidy') }},
    {{ lineage('skills_training', 'e', 't') }},
    {{ name_on_row('skills_training', 'e', 't') }},
    {{ fact('e.skills_training', 't.has_certificate', 'false') }} as skills_training__has_certificate,
    {{ said('skills_training', 'e', 't.course', 'course') }}
from {{ ref('int_fact__evidence') }} as e
inner join {{ ref('int_fact__registry') }} as r on r.person_key = e.person_key
left join post as p on p.person_key = e.person_key and p.turn = 1
left join trained as t on t.person_key = e.person_key and t.turn = 1
left join {{ ref('code_list') }} as c on c.list = 'post_kind' and c.value = parse.code_key(r.public_post)
