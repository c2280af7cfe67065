{{ config(materialized='view') }}
{#- int_fact__settlement with the periods of the night. -#}
select
    said.*,
    {{ period_columns() }}
from {{ ref('int_fact__settlement') }} as said
