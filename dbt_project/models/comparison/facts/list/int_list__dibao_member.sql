{{ config(materialized='ephemeral') }}
{#-
    Who is on the member list of dibao. The row that speaks says that the person is covered, where one does. A payment in
    quarantine, or one number for several heads, leaves open whether its members are covered (payment_state).
-#}
with quarantined_payment as (

    select distinct dibao_no
    from {{ quarantined('stg_civil_affairs__dibao') }} as s
    where dibao_no is not null

),

ranked as (

    select
        m.*,
        case
            when q.dibao_no is not null then 'quarantined'
            when n.dibao_no is not null then 'in_review'
        end as payment_state,
        count(*) over (partition by m.person_key) as rows_of_person,
        row_number() over (
            partition by m.person_key
            order by coalesce(m.is_covered, true) desc, m.dibao_no, m.batch_id, m.row_no
        ) as turn
    from {{ linked_rows('stg_civil_affairs__dibao_member') }} as m
    left join quarantined_payment as q on q.dibao_no = m.dibao_no
    left join {{ ref('int_list__shared_dibao_no') }} as n on n.dibao_no = m.dibao_no

)

select * from ranked
where turn = 1
