{{ config(materialized='ephemeral') }}
{#- 低保证号 under which several heads are paid by the dibao list in force: no household's, so its members cannot be told. -#}
select distinct c.dibao_no
from {{ ref('int_fact__dibao_certificate') }} as c
where
    c.is_shared
    and c.list_month in (
        select list_month from {{ source('ledger', 'batch_tonight') }} where extract = 'dibao' and is_current
    )
