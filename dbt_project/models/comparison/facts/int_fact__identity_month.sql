{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}) }}
{#-
    Which assistance identities a person held in a month that something is compared in. Dibao and tekun are asked of the
    lists of that month; where none is kept, whoever is on one of them today may have been then. Where the registry leaves
    open whether a household had returned to poverty, either identity may have held (`may_have_held`); once exited, a
    household keeps its identity.
-#}
with known_month as (

    select month from {{ ref('int_fact__dibao_payment') }}
    intersect
    select list_month from {{ source('ledger', 'batch_tonight') }} where extract = 'tekun'

),

dibao as (

    select distinct person_key, month from {{ ref('int_fact__dibao_payment') }}

),

person as (

    select
        s.*,
        r.disability_no_grade,
        k.month is not null as are_lists_known,
        d.person_key is not null as is_on_dibao,
        t.person_key is not null as is_on_tekun,
        k.month is null
        and (r.says_dibao or r.says_tekun or c.dibao__is_covered or c.tekun__is_listed) as may_be_on_list
    from {{ ref('int_fact__standing_month') }} as s
    inner join {{ ref('int_fact__registry') }} as r on r.person_key = s.person_key
    inner join {{ ref('int_fact__civil_affairs') }} as c on c.person_key = s.person_key
    left join known_month as k on k.month = s.month
    left join dibao as d on d.person_key = s.person_key and d.month = s.month
    left join {{ ref('int_fact__tekun_month') }} as t on t.person_key = s.person_key and t.month = s.month

),

identity as (

    select
        p.person_key,
        p.month,
        i.identity,
        i.has_held
    from person as p
    cross join lateral (
        values
        ('低保对象', p.is_on_dibao or case when p.may_be_on_list then null else false end),
        ('特困人员', p.is_on_tekun or case when p.may_be_on_list then null else false end),
        ('返贫致贫人口', p.is_returned),
        ('脱贫人口', p.is_poor_registered and not p.is_returned),
        (
            case p.monitor_category
                when '脱贫不稳定户' then '脱贫不稳定人口'
                when '边缘易致贫户' then '边缘易致贫人口'
                when '突发严重困难户' then '突发严重困难人口'
            end,
            coalesce(p.risk_cleared_on, 'infinity') > p.month
        ),
        ('重度残疾人', coalesce(p.disability_no_grade in ('一级', '二级'), false))
    ) as i (identity, has_held)
    where i.identity is not null and i.has_held is distinct from false

),

identities as (

    select
        i.person_key,
        i.month,
        string_agg(i.identity, '|' order by i.identity) filter (where i.has_held) as identities,
        string_agg(i.identity, '|' order by i.identity) filter (where i.has_held is null) as may_have_held
    from identity as i
    group by 1, 2

)

select
    p.person_key,
    p.month,
    i.identities,
    i.may_have_held,
    p.is_poor_registered or i.identities is not null or case when i.may_have_held is null then false end as has_any,
    p.are_lists_known,
    p.is_listed,
    p.is_poor_registered,
    p.is_returned
from person as p
left join identities as i on i.person_key = p.person_key and i.month = p.month
