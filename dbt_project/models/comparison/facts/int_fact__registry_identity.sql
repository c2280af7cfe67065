{{ config(materialized='ephemeral') }}
{#- The identities under which the registry has a person, in the words of medical assistance, the first by MED-07.priority. -#}
with held as (

    select
        p.person_key,
        i.identity,
        k.priority
    from {{ ref('int_fact__registry_said') }} as p
    cross join lateral (
        values
        (case when p.says_tekun then '特困人员' end),
        (case when p.says_dibao then '低保对象' end),
        (case when p.exit_attribute in ('返贫', '未脱贫') then '返贫致贫人口' end),
        (case when p.is_monitored and p.monitor_category = '脱贫不稳定户' then '脱贫不稳定人口' end),
        (case when p.is_monitored and p.monitor_category = '边缘易致贫户' then '边缘易致贫人口' end),
        (case when p.is_monitored and p.monitor_category = '突发严重困难户' then '突发严重困难人口' end),
        (case
            when p.is_poor_registered and coalesce(p.exit_attribute, '脱贫') not in ('返贫', '未脱贫') then '脱贫人口'
        end),
        (case when p.disability_no_grade in ('一级', '二级') then '重度残疾人' end)
    ) as i (identity)
    left join {{ ref('int_fact__identity_rank') }} as k on k.identity = i.identity
    where i.identity is not null

)

select
    person_key,
    string_agg(identity, '|' order by priority nulls last, identity) as registry_identities,
    (array_agg(identity order by priority nulls last, identity))[1] as registry_identity
from held
group by 1
