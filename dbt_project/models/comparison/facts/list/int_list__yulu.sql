{{ config(materialized='ephemeral') }}
{#- Who is paid by 雨露计划 this term: a row of nothing is no payment. The row that speaks for a person is the largest. -#}
with ranked as (

    select
        *,
        count(*) over (partition by person_key) as rows_of_person,
        sum(aid_amount) over (partition by person_key) as aid_of_person,
        row_number() over (partition by person_key order by aid_amount desc nulls last, batch_id, row_no) as turn
    from {{ ref('int_fact__yulu_row') }}
    where is_current_term and person_key is not null and coalesce(aid_amount, 1) > 0

)

select * from ranked
where turn = 1
