{{ config(materialized='ephemeral') }}
{#-
    Which payment covers a person this month. The row that speaks is a payment made to the person, else the largest that
    reaches him or her through the member list.
-#}
with payment_row as (

    select * from {{ in_force('stg_civil_affairs__dibao') }} as s

),

members_of_number as (

    select
        dibao_no,
        (count(*) filter (where coalesce(is_covered, true)))::int as listed_members
    from {{ in_force('stg_civil_affairs__dibao_member') }} as s
    where dibao_no is not null and dibao_no not in (select dibao_no from {{ ref('int_list__shared_dibao_no') }})
    group by 1

),

ranked as (

    select
        c.person_key,
        c.is_payee,
        c.link_tier,
        s.*,
        count(*) over (partition by c.person_key) as rows_of_person,
        row_number() over (
            partition by c.person_key
            order by c.is_payee desc, s.monthly_amount desc nulls last, s.batch_id, s.row_no
        ) as turn
    from {{ ref('int_fact__dibao_payment') }} as c
    inner join payment_row as s on s.batch_id = c.batch_id and s.row_no = c.row_no
    where c.is_current

)

select
    r.*,
    m.listed_members
from ranked as r
left join members_of_number as m on m.dibao_no = r.dibao_no
where r.turn = 1
