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

listed as (

    select distinct on (p.person_key, p.month)
        p.person_key,
        p.month,
        b.list_month,
        b.household_number_key
    from paid as p
    inner join {{ ref('int_fact__registry_before') }} as b on b.person_key = p.person_key
    cross join (
        select max(list_month) as list_month
        from {{ source('ledger', 'batch_tonight') }}
        where extract = 'registry_person' and is_current
    ) as tonight
    where p.month < tonight.list_month
    order by p.person_key, p.month, b.list_month <= p.month desc, abs(b.list_month - p.month)

),

life as (

    select * from {{ ref('int_identity__household_life') }}

),

merged as (

    select life_key, survivor_key
    from {{ this_night(ref('registry_key')) }}
    where kind = 'household' and survivor_key is not null

)

select
    l.person_key,
    l.month,
    coalesce(own.life_key, m.survivor_key, borne.life_key) as household_key
from listed as l
left join life as own on own.life_key = l.household_number_key
left join merged as m on m.life_key = l.household_number_key
-- A number taken over since was another household's then.
left join life as borne
    on borne.number_key = l.household_number_key and borne.since < l.list_month + interval '1 month'
