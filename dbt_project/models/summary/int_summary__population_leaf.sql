{{ config(materialized='ephemeral') }}
{#- Registry households and persons of each place. -#}
with household as (
    select * from {{ ref('int_fact__household') }}
),

person as (
    select * from {{ ref('int_fact__person') }}
)

{{ counted_block("'population|household'", 'household', "'all'") }}
union all
{{ counted_block("'population|person'", 'person', "'all'") }}
