{{ config(materialized='ephemeral') }}
{#- Who is on the tekun list. The row that speaks for a person is that of the largest amount. -#}
with ranked as (

    select
        *,
        count(*) over (partition by person_key) as rows_of_person,
        row_number() over (partition by person_key order by monthly_amount desc nulls last, batch_id, row_no) as turn
    from {{ linked_rows('stg_civil_affairs__tekun') }} as t

)

select * from ranked
where turn = 1
