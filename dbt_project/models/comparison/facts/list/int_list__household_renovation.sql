{{ config(materialized='ephemeral') }}
{#-
    Renovations of a household's dwelling: the list names a head, whichever member the row is linked to. The row that speaks
    is of the latest plan year. Whether the dwelling was mended after its appraisal is asked of every project.
-#}
with project as (

    select
        p.household_key,
        r.*,
        dated.is_accepted,
        dated.is_completed,
        row_number() over (
            partition by p.household_key
            order by r.plan_year desc nulls last, r.accepted_on desc nulls last, r.batch_id, r.row_no
        ) as turn
    from {{ linked_rows('stg_housing__renovation', 'head') }} as r
    inner join {{ ref('int_fact__person') }} as p on p.person_key = r.person_key
    inner join {{ ref('int_fact__project_row') }} as dated on dated.batch_id = r.batch_id and dated.row_no = r.row_no

),

together as (

    select
        p.household_key,
        count(*)::int as projects,
        (count(*) filter (where p.is_accepted))::int as accepted_projects,
        max(p.accepted_on) filter (where p.is_accepted) as accepted_on,
        max(p.completed_on) filter (where p.is_completed) as completed_on,
        bool_or(p.is_accepted and (a.graded_on is null or p.accepted_on >= a.graded_on)) as is_accepted_after,
        bool_or(
            (p.is_accepted and (a.graded_on is null or p.accepted_on >= a.graded_on))
            or (p.is_completed and (a.graded_on is null or p.completed_on >= a.graded_on))
        ) as is_renovated_after
    from project as p
    left join {{ ref('int_list__household_appraisal') }} as a on a.household_key = p.household_key
    group by 1

)

select
    p.household_key,
    p.plan_year,
    p.house_identity,
    p.batch_id,
    p.row_no,
    p.link_tier,
    t.projects,
    t.accepted_projects,
    t.accepted_on,
    t.completed_on,
    t.is_accepted_after,
    t.is_renovated_after
from project as p
inner join together as t on t.household_key = p.household_key
where p.turn = 1
