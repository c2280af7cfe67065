{{ config(materialized='ephemeral') }}
{#-
    Civil affairs pushes this month what health insurance shows the next: the subsidy list in force has to reflect the dibao
    and tekun lists of `month`. NULL where no list of that month is kept: then nothing is judged by it.
-#}
with due_month as (

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

)

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
