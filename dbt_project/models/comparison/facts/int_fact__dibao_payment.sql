{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}) }}
{#-
    Who is covered by which dibao payment, month by month over the lists in force for their months. The head of a
    payment row is covered unless that month's member list says otherwise; other members are covered by the member list,
    through the 低保证号; where several heads are paid under one number, only by the payment to a head of their own
    household. Where two lists carry a month, the list of that month speaks, else the newest.
    One row per registry person, month and payment row.
-#}
with period as (

    select month from {{ ref('int_fact__period') }} where extract = 'dibao'

),

delivered as (

    select
        s.batch_id,
        s.row_no,
        s.dibao_no,
        s.list_month,
        batch.data_date,
        batch.is_current as is_current_list,
        coalesce(s.pay_month, case when batch.is_current then p.month else s.list_month end) as month,
        p.month as current_month
    from {{ in_force_history('stg_civil_affairs__dibao') }} as s
    inner join {{ source('ledger', 'batch_tonight') }} as batch on batch.batch_id = s.batch_id
    cross join period as p
    where coalesce(s.monthly_amount, 1) > 0

),

list_of_month as (

    select
        month,
        data_date,
        max(list_month) as list_month,
        bool_or(is_current_list and month = current_month) as is_current,
        count(*) as paid,
        max(count(*)) over (partition by month) as paid_most
    from delivered
    group by 1, 2

),

-- Of each month the list that speaks for it; a few late payments in another list are not a list of that month.
speaking as (

    select distinct on (month)
        month,
        data_date,
        is_current
    from list_of_month
    where is_current or {{ speaks_for_month('paid', 'paid_most') }}
    order by month, is_current desc, (list_month = month) desc, list_month desc, data_date desc

),

payment as (

    select
        d.batch_id,
        d.row_no,
        d.dibao_no,
        d.month,
        d.list_month,
        s.is_current
    from delivered as d
    inner join speaking as s on s.month = d.month and s.data_date = d.data_date

),

member as (

    select
        m.person_key,
        r.household_key,
        m.link_tier,
        m.batch_id as member_batch_id,
        m.row_no as member_row_no,
        m.dibao_no,
        m.list_month,
        m.is_current,
        coalesce(m.is_covered, true) as is_covered
    from {{ linked_rows('stg_civil_affairs__dibao_member', history=true) }} as m
    inner join {{ ref('int_identity__registry_person') }} as r on r.person_key = m.person_key

),

head as (

    select
        l.person_key,
        l.link_tier,
        r.household_key,
        p.*
    from payment as p
    inner join {{ ref('int_identity__linked_row') }} as l on l.batch_id = p.batch_id and l.row_no = p.row_no
    inner join {{ ref('int_identity__registry_person') }} as r on r.person_key = l.person_key
    where l.extract = 'dibao' and l.subject_role = 'head'

),

covered as (

    select
        h.person_key,
        h.link_tier,
        h.batch_id,
        h.row_no,
        h.dibao_no,
        h.month,
        h.is_current,
        true as is_payee
    from head as h
    where
        not exists (
            select from member as m
            where
                m.person_key = h.person_key
                and not m.is_covered
                and (m.list_month = h.list_month or (m.is_current and h.is_current))
        )
    union
    select
        m.person_key,
        m.link_tier,
        p.batch_id,
        p.row_no,
        p.dibao_no,
        p.month,
        p.is_current,
        false as is_payee
    from payment as p
    inner join member as m
        on m.dibao_no = p.dibao_no and (m.list_month = p.list_month or (m.is_current and p.is_current))
    inner join {{ ref('int_fact__dibao_certificate') }} as c
        on c.dibao_no = p.dibao_no and c.list_month = p.list_month
    left join head as h
        on h.batch_id = p.batch_id and h.row_no = p.row_no and h.household_key = m.household_key
    where m.is_covered and (not c.is_shared or h.person_key is not null)

),

final as (

    select
        person_key,
        month,
        batch_id,
        row_no,
        dibao_no,
        is_current,
        bool_or(is_payee) as is_payee,
        min(link_tier) as link_tier
    from covered
    group by 1, 2, 3, 4, 5, 6

)

select * from final
