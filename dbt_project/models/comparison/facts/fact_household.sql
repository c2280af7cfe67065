{{ config(materialized='view') }}
{#- int_fact__household with the periods of the night. -#}
select
    said.*,
    {{ period_columns() }}
from {{ ref('int_fact__household') }} as said
