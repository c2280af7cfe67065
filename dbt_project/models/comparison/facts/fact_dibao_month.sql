{{ config(materialized='view') }}
{#- int_fact__dibao_month with the periods of the night. -#}
select
    said.*,
    {{ period_columns() }},
    {{ completed_years('said.known_birth_date', as_of()) }}::int as age
from {{ ref('int_fact__dibao_month') }} as said
