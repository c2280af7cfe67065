{{ config(materialized='ephemeral') }}
{#-
    Who is on the education comparison list of the term. The row that speaks for a person is one with aid; amounts add up,
    and what only some rows of a person say counts.
-#}
with ranked as (

    select
        *,
        count(*) over (partition by person_key) as rows_of_person,
        sum(aid_amount) over (partition by person_key) as aid_of_person,
        sum(meal_amount) over (partition by person_key) as meals_of_person,
        row_number() over (
            partition by person_key
            order by coalesce(aid_amount, 0) > 0 desc, batch_id, row_no
        ) as turn
    from {{ ref('int_fact__edu_compare_row') }}
    where is_current_term and person_key is not null

),

together as (

    select
        person_key,
        string_agg(distinct aid_item, '|' order by aid_item) as aid_items,
        max(not_in_school_reason) as not_in_school_reason,
        bool_or(is_out_of_county) as is_out_of_county,
        max(study_stage) as study_stage,
        max(grade) as grade,
        bool_or(school_name is not null or study_stage is not null) as has_school
    from ranked
    group by 1

)

select
    r.person_key,
    r.batch_id,
    r.row_no,
    r.link_tier,
    r.rows_of_person,
    r.person_name,
    r.link_name_grade,
    r.aid_of_person,
    r.meals_of_person,
    t.aid_items,
    t.not_in_school_reason,
    t.is_out_of_county,
    t.study_stage,
    t.grade,
    t.has_school
from ranked as r
inner join together as t on t.person_key = r.person_key
where r.turn = 1
