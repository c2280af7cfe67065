{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}, indexes=[{'columns': ['person_key'], 'unique': true}]) }}
{#- Dibao, tekun and disability lists of the month in force, per registry person. -#}
with evidence as (

    select * from {{ ref('int_fact__evidence') }}

),

month as (

    select
        max(month) filter (where extract = 'dibao' and state is null) as dibao,
        max(month) filter (where extract = 'tekun' and state is null) as tekun,
        max(month) filter (where extract = 'disability' and state is null) as disability
    from {{ ref('int_fact__period') }}

),

payment_row as (

    select * from {{ in_force('stg_civil_affairs__dibao') }} as s

),

covered as (

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

),

-- The head of a payment row, covered or not: for the name on it.
payee as (

    select
        person_key,
        person_name,
        link_name_grade,
        row_number() over (partition by person_key order by batch_id, row_no) as turn
    from (
        select h.*, h.head_name as person_name
        from {{ linked_rows('stg_civil_affairs__dibao', 'head') }} as h
    ) as heads

),

-- Payments whose row is in quarantine: their members are neither covered nor uncovered.
quarantined_payment as (

    select distinct dibao_no
    from {{ quarantined('stg_civil_affairs__dibao') }} as s
    where dibao_no is not null

),

shared_number as (

    select distinct c.dibao_no
    from {{ ref('int_fact__dibao_certificate') }} as c
    where
        c.is_shared
        and c.list_month in (
            select list_month from {{ source('ledger', 'batch_tonight') }} where extract = 'dibao' and is_current
        )

),

listed_members as (

    select
        dibao_no,
        (count(*) filter (where coalesce(is_covered, true)))::int as listed_members
    from {{ in_force('stg_civil_affairs__dibao_member') }} as s
    where dibao_no is not null and dibao_no not in (select dibao_no from shared_number)
    group by 1

),

member as (

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
    left join shared_number as n on n.dibao_no = m.dibao_no

),

tekun as (

    select
        *,
        count(*) over (partition by person_key) as rows_of_person,
        row_number() over (partition by person_key order by monthly_amount desc nulls last, batch_id, row_no) as turn
    from {{ linked_rows('stg_civil_affairs__tekun') }} as t

),

disability_row as (

    select
        d.*,
        {{ grade_word("parse.id_disability_grade(d.disability_no)") }} as number_grade,
        {{ disability_category_word("parse.id_disability_category(d.disability_no)") }} as number_category,
        count(*) over (partition by d.person_key) as rows_of_person,
        sum(d.living_subsidy) over (partition by d.person_key) as living_of_person,
        sum(d.nursing_subsidy) over (partition by d.person_key) as nursing_of_person,
        row_number() over (
            partition by d.person_key
            order by d.disability_grade nulls last, d.batch_id, d.row_no
        ) as turn
    from {{ linked_rows('stg_civil_affairs__disability') }} as d
    cross join month as m
    where coalesce(d.pay_month, m.disability) = m.disability

),

coverage as (

    select
        e.person_key,
        c.person_key is not null as is_covered_row,
        case
            when e.dibao in ('no_batch', 'stale_batch') then e.dibao
            when c.person_key is not null then null
            when m.person_key is not null and not coalesce(m.is_covered, true) then null
            when m.person_key is not null then m.payment_state
            else coalesce(e.dibao_member, e.dibao)
        end as dibao
    from evidence as e
    left join covered as c on c.person_key = e.person_key and c.turn = 1
    left join member as m on m.person_key = e.person_key and m.turn = 1

),

-- The month whose dibao and tekun lists the list of subsidy targets in force had to reflect.
due_month as (

    select
        p.person_key,
        (
            targets.month - make_interval(months => {{ parameter('CIV-12', 'lag_months', 'int', rows='p') }})
        )::date as month
    from {{ ref('int_identity__registry_person') }} as p
    cross join (
        select month from {{ ref('int_fact__period') }} where extract = 'hi_subsidy_target' and state is null
    ) as targets

),

kept_list as (

    select distinct extract, list_month from {{ source('ledger', 'batch_tonight') }}

),

held_when_due as (

    select
        d.person_key,
        d.month,
        case
            when p.person_key is not null then true
            when
                d.month in (select month from {{ ref('int_fact__dibao_payment') }})
                and d.month in (select list_month from kept_list where extract = 'dibao_member')
                then false
        end as dibao,
        case
            when t.person_key is not null then true
            when d.month in (select list_month from kept_list where extract = 'tekun') then false
        end as tekun
    from due_month as d
    left join (select distinct person_key, month from {{ ref('int_fact__dibao_payment') }}) as p
        on p.person_key = d.person_key and p.month = d.month
    left join {{ ref('int_fact__tekun_month') }} as t on t.person_key = d.person_key and t.month = d.month

),

both_lists as (

    select
        d.person_key,
        d.month,
        bool_or(t.person_key is not null) as is_both
    from {{ ref('int_fact__dibao_payment') }} as d
    inner join {{ ref('int_fact__tekun_month') }} as t on t.person_key = d.person_key and t.month = d.month
    group by 1, 2

),

common_month as (

    select max(d.month) as month
    from (select distinct month from {{ ref('int_fact__dibao_payment') }}) as d
    inner join (select distinct month from {{ ref('int_fact__tekun_month') }}) as t on t.month = d.month

),

final as (

    select
        e.person_key,

        {{ lineage('dibao', 'v', 'c') }},
        {{ said('dibao', 'v', 'p.person_name', 'person_name') }},
        {{ said('dibao', 'v', 'p.link_name_grade', 'name_grade') }},
        month.dibao as dibao__month,
        {{ fact('v.dibao', 'v.is_covered_row', 'false') }} as dibao__is_covered,
        {{ fact('v.dibao', 'p.person_key is not null', 'false') }} as dibao__is_payee,
        {{ said('dibao', 'v', 'c.dibao_no', 'dibao_no') }},
        {{ said('dibao', 'v', 'c.dibao_kind', 'dibao_kind') }},
        {{ said('dibao', 'v', 'c.dibao_tier', 'dibao_tier') }},
        {{ said('dibao', 'v', 'c.dibao_persons', 'dibao_persons') }},
        {{ said('dibao', 'v', 'lm.listed_members', 'listed_members') }},
        {{ said('dibao', 'v', 'c.household_size', 'household_size') }},
        {{ said('dibao', 'v', 'c.monthly_amount', 'monthly_amount') }},
        {{ said('dibao', 'v', 'c.valid_from', 'valid_from') }},
        {{ said('dibao', 'v', 'c.valid_to', 'valid_to') }},
        w.month as hi_subsidy_target__due_month,
        -- an approval speaks for months whose list is not kept
        case when c.valid_from <= w.month then true else w.dibao end as dibao__was_covered,

        {{ lineage('dibao_member', 'e', 'm') }},
        {{ name_on_row('dibao_member', 'e', 'm') }},
        {{ fact('e.dibao_member', 'm.person_key is not null', 'false') }} as dibao_member__is_listed,
        case when e.dibao_member is null and m.person_key is not null then coalesce(m.is_covered, true) end
            as dibao_member__is_covered,

        {{ lineage('tekun', 'e', 't') }},
        {{ name_on_row('tekun', 'e', 't') }},
        month.tekun as tekun__month,
        {{ fact('e.tekun', 't.person_key is not null', 'false') }} as tekun__is_listed,
        {{ said('tekun', 'e', 't.support_mode', 'support_mode') }},
        {{ said('tekun', 'e', 't.care_ability', 'care_ability') }},
        {{ said('tekun', 'e', 't.monthly_amount', 'monthly_amount') }},
        {{ said('tekun', 'e', 't.institution', 'institution') }},
        w.tekun as tekun__was_listed,

        common_month.month as dibao_and_tekun__month,
        case
            when v.dibao in ('no_batch', 'stale_batch') or e.tekun in ('no_batch', 'stale_batch') then null
            when b.is_both then true
            when v.dibao is null and not v.is_covered_row and month.dibao = common_month.month then false
            when e.tekun is null and t.person_key is null and month.tekun = common_month.month then false
            when
                v.dibao is null and e.tekun is null
                and month.dibao = common_month.month and month.tekun = common_month.month
                then false
        end as dibao_and_tekun__is_both,

        {{ lineage('disability', 'e', 'd') }},
        {{ name_on_row('disability', 'e', 'd') }},
        month.disability as disability__month,
        {{ fact('e.disability', 'd.person_key is not null', 'false') }} as disability__is_listed,
        {{ said('disability', 'e', 'd.disability_no', 'disability_no') }},
        {{ said('disability', 'e', 'd.disability_category', 'disability_category') }},
        {{ said('disability', 'e', 'd.disability_grade', 'disability_grade') }},
        {{ said('disability', 'e', 'd.number_grade', 'number_grade') }},
        {{ said('disability', 'e', 'd.number_category', 'number_category') }},
        {{ fact_of_all_rows('e.disability', 'd.living_of_person', '0') }} as disability__living_subsidy,
        {{ fact_of_all_rows('e.disability', 'd.nursing_of_person', '0') }} as disability__nursing_subsidy
    from evidence as e
    inner join coverage as v on v.person_key = e.person_key
    cross join month
    cross join common_month
    left join covered as c on c.person_key = e.person_key and c.turn = 1
    left join listed_members as lm on lm.dibao_no = c.dibao_no
    left join payee as p on p.person_key = e.person_key and p.turn = 1
    left join member as m on m.person_key = e.person_key and m.turn = 1
    left join tekun as t on t.person_key = e.person_key and t.turn = 1
    left join disability_row as d on d.person_key = e.person_key and d.turn = 1
    left join held_when_due as w on w.person_key = e.person_key
    left join both_lists as b on b.person_key = e.person_key and b.month = common_month.month

)

select * from final
