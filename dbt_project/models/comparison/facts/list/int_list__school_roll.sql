{{ config(materialized='ephemeral') }}
{#- Who is on the school roll. The row that speaks for a person names a stage and is the latest enrolment. -#}
with ranked as (

    select
        *,
        count(*) over (partition by person_key) as rows_of_person,
        row_number() over (
            partition by person_key
            order by study_stage is null, enrolled_month desc nulls last, batch_id, row_no
        ) as turn
    from {{ linked_rows('stg_education__school_roll') }} as r

),

school as (

    select
        person_key,
        count(distinct coalesce(school_code, school_name, roll_no))::int as schools
    from ranked
    group by 1

)

select
    r.*,
    s.schools
from ranked as r
inner join school as s on s.person_key = r.person_key
where r.turn = 1
