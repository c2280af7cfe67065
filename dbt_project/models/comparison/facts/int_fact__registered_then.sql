{{ config(materialized='ephemeral') }}
{#-
    Whom the registry named when a term began, whether or not it still does: by the last list kept from before, else the
    first. One row per term that a list of aid names, ID number and name.
-#}
with term as (

    select
        t.term_key,
        coalesce(
            max(l.list_month) filter (where l.list_month <= {{ term_start('t.term_key') }}),
            min(l.list_month)
        ) as list_month
    from (
        select term_key from {{ ref('int_fact__edu_compare_row') }}
        union
        select term_key from {{ ref('int_fact__yulu_row') }}
    ) as t
    cross join {{ source('ledger', 'batch_tonight') }} as l
    where l.extract = 'registry_person' and t.term_key is not null
    group by 1

)

select distinct
    t.term_key,
    s.id_key,
    s.name_norm
from term as t
inner join {{ in_force_history('stg_registry__registry_person') }} as s on s.list_month = t.list_month
where s.id_key is not null and coalesce(s.person_identified_on <= {{ term_start('t.term_key') }}, true)
