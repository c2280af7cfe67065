{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}) }}
{#-
    Which assistance identities held in the month in which the year's premium was paid. The registry's last: once exited,
    a household keeps its identity; monitoring begins with its month and ends when the risk is cleared. Dibao and tekun
    are asked of the lists of that month; where none is kept and the registry alone shows nothing that is subsidised,
    it is not known: dibao or tekun may have been held.
-#}
with paid as (

    select
        r.*,
        date_trunc('month', coalesce(h.hi_roll__paid_on, h.hi_subsidy_target__paid_on))::date as month,
        h.hi_subsidy_target__included_month,
        h.hi_subsidy_target__identities
    from {{ ref('int_fact__registry') }} as r
    inner join {{ ref('int_fact__health_lists') }} as h on h.person_key = r.person_key

),

known_month as (

    select dibao.month
    from (select distinct month from {{ ref('int_fact__dibao_payment') }}) as dibao
    inner join (select distinct month from {{ ref('int_fact__tekun_month') }}) as tekun on tekun.month = dibao.month

),

dibao as (

    select distinct person_key, month from {{ ref('int_fact__dibao_payment') }}

),

identity as (

    select
        p.person_key,
        i.identity
    from paid as p
    left join dibao as d on d.person_key = p.person_key and d.month = p.month
    left join {{ ref('int_fact__tekun_month') }} as t on t.person_key = p.person_key and t.month = p.month
    cross join lateral (
        select '低保对象' as identity where d.person_key is not null
        union
        select '特困人员' where t.person_key is not null
        union
        select '返贫致贫人口' where p.exit_attribute in ('返贫', '未脱贫')
        union
        select '脱贫人口'
        where p.is_poor_registered and coalesce(p.exit_attribute, '脱贫') not in ('返贫', '未脱贫')
        union
        select
            case p.monitor_category
                when '脱贫不稳定户' then '脱贫不稳定人口'
                when '边缘易致贫户' then '边缘易致贫人口'
                when '突发严重困难户' then '突发严重困难人口'
            end
        where
            p.monitor_category is not null
            and p.monitored_from <= p.month
            and coalesce(p.risk_cleared_on, 'infinity') > p.month
        union
        select '重度残疾人' where p.disability_no_grade in ('一级', '二级')
        union
        select unnest(string_to_array(p.hi_subsidy_target__identities, '|'))
        where p.hi_subsidy_target__included_month <= p.month
    ) as i
    where p.month is not null and i.identity is not null

),

identities as (

    select
        i.person_key,
        string_agg(distinct i.identity, '|' order by i.identity) as identities,
        (array_agg(i.identity order by k.priority nulls last, i.identity))[1] as identity
    from identity as i
    left join {{ ref('int_fact__identity_rank') }} as k on k.identity = i.identity
    group by 1

)

select
    p.person_key,
    p.month as premium__payment_month,
    i.identities as premium__identities,
    i.identity as premium__identity,
    case
        when p.month is null then 'no_batch'
        when
            p.month not in (select month from known_month)
            and not coalesce(string_to_array(i.identities, '|') && {{ subsidised_identities() }}, false)
            then 'no_batch'
    end as premium__identity_state
from paid as p
left join identities as i on i.person_key = p.person_key
