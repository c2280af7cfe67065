{{ config(materialized='ephemeral') }}
{#-
    The household that a person was in when dibao or tekun of a past month was paid, under the key that serves tonight: by the
    registry list of that month, else the last before it, else the first after. A payee who has moved since takes
    nothing that was paid along. One row per person and month before tonight's registry list that such a list knows.
-#}
with paid as (

    select person_key, month from {{ ref('int_fact__dibao_payment') }}
    union
    select person_key, month from {{ ref('int_fact__tekun_month') }}

),

tonight as (

    select max(list_month) as list_month
    from {{ source('ledger', 'batch_tonight') }}
    where extract = 'registry_person' and is_current

)

select distinct on (p.person_key, p.month)
    p.person_key,
    p.month,
    b.household_key
from paid as p
inner join {{ ref('int_fact__registry_before') }} as b on b.person_key = p.person_key
cross join tonight
where p.month < tonight.list_month
order by p.person_key, p.month, b.list_month <= p.month desc, abs(b.list_month - p.month)
