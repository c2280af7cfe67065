{{ config(materialized='ephemeral') }}
{#- Heads to whom a payment is made, covered by it or not: for the name that civil affairs writes. -#}
with ranked as (

    select
        person_key,
        person_name,
        link_name_grade,
        row_number() over (partition by person_key order by batch_id, row_no) as turn
    from (
        select h.*, h.head_name as person_name
        from {{ linked_rows('stg_civil_affairs__dibao', 'head') }} as h
    ) as heads

)

select * from ranked
where turn = 1
