{{ config(materialized='ephemeral', meta={'reference': true}) }}
{#- Priority of medical-assistance identities on the night (1 is first): parameter MED-07.priority, county-wide values. -#}
select
    key as identity,
    min(parse.to_int(value)) as priority
from {{ source('reference', 'parameter_tonight') }}
where
    rule_id = 'MED-07'
    and parameter = 'priority'
    and coalesce(division_code, '') = ''
group by 1
