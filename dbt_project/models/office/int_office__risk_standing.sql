{{ config(materialized='night_rows', key=['household_key'], meta={'dist_key': 'household_key'}) }}
{#-
    Monitored households and whether they are known to be free of every risk; from_night tells since when nothing has
    changed. A list that does not say ends the count.
-#}
with open_finding as (

    select distinct standing.household_key
    from {{ this_night(ref('finding')) }}
    inner join {{ ref('monitoring_trigger') }} as t on standing.rule_id = t.rule_id
    where t.direction = 'in' and standing.state in ('open', 'confirmed')

)

select
    r.household_key,
    coalesce(
        not (r.income or r.unsafe_house or r.severe_disability or r.dibao_lost or r.worker_died)
        and o.household_key is null,
        false
    ) as is_risk_free
from {{ ref('int_office__risk') }} as r
left join open_finding as o on r.household_key = o.household_key
where r.is_monitored
