{{ config(materialized='ephemeral') }}
{#- The night's rules. One that is silent cannot be heard: refused, or without a list it rests on that can be trusted. -#}
with trusted_extract as (
    select extract
    from {{ source('ledger', 'night_batch') }}
    where as_of = {{ as_of() }} and is_current
    group by extract
    having not bool_and(is_stale)
)

select
    *,
    status = 'refused' or not base_extracts <@ array(select extract from trusted_extract) as is_silent
from {{ source('ledger', 'night_rule') }}
where as_of = {{ as_of() }} and status <> 'inactive'
