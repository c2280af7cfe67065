{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}) }}
{#-
    What registry lists of earlier months, as far as they are kept, said of tonight's persons and of the households they
    were in then. A row is of the person with its ID number and name, whatever numbers either bore, else of the person
    with its 人编号, unless ID number and name both say that somebody else bore it. The household is told by the number it
    had then and by the key that serves tonight.
-#}
with list as (

    select person.list_month
    from {{ source('ledger', 'batch_tonight') }} as person
    inner join {{ source('ledger', 'batch_tonight') }} as household on household.list_month = person.list_month
    where person.extract = 'registry_person' and household.extract = 'registry_household'
    group by 1
    having not bool_or(person.is_current)

),

person_row as (

    select s.*
    from {{ in_force_history('stg_registry__registry_person') }} as s
    where s.list_month in (select list_month from list)

),

household_row as (

    select distinct on (s.list_month, s.household_key) s.*
    from {{ in_force_history('stg_registry__registry_household') }} as s
    where s.list_month in (select list_month from list) and s.household_key is not null
    order by s.list_month, s.household_key, s.batch_id desc, s.row_no

),

tonight as (

    select * from {{ ref('int_identity__registry_person') }}

),

borne_number as (

    select person_key, number_key
    from (
        select life_key as person_key, number_key from {{ ref('int_identity__person_life') }}
        union
        select life_key as person_key, life_key as number_key from {{ ref('int_identity__person_life') }}
    ) as numbers

),

candidate as (

    select
        t.person_key,
        s.list_month,
        s.batch_id,
        s.row_no,
        1 as place
    from person_row as s
    inner join tonight as t on t.id_key = s.id_key and t.name_norm = s.name_norm
    union all
    select
        t.person_key,
        s.list_month,
        s.batch_id,
        s.row_no,
        2 as place
    from person_row as s
    inner join borne_number as n on n.number_key = s.person_key
    inner join tonight as t on t.person_key = n.person_key
    where not coalesce(t.id_key <> s.id_key and t.name_norm <> s.name_norm, false)

),

matched as (

    select distinct on (person_key, list_month) *
    from candidate
    order by person_key, list_month, place, batch_id desc, row_no

),

life as (

    select * from {{ ref('int_identity__household_life') }}

),

merged as (

    select life_key, survivor_key
    from {{ this_night(ref('registry_key')) }}
    where kind = 'household' and survivor_key is not null

),

final as (

    select
        m.person_key,
        m.list_month,
        m.batch_id,
        m.row_no,
        p.household_key as household_number_key,
        coalesce(own.life_key, merged.survivor_key, borne.life_key) as household_key,
        h.household_type,
        h.exit_attribute,
        h.exit_year,
        {{ is_poor_registered('h.household_type', 'h.exit_attribute') }} as is_poor_registered,
        h.monitor_category,
        h.monitored_from,
        h.risk_cleared_on
    from matched as m
    inner join person_row as p on p.batch_id = m.batch_id and p.row_no = m.row_no and p.list_month = m.list_month
    left join household_row as h on h.list_month = m.list_month and h.household_key = p.household_key
    left join life as own on own.life_key = p.household_key
    left join merged on merged.life_key = p.household_key
    -- A number taken over since was another household's then.
    left join life as borne on borne.number_key = p.household_key and borne.since < m.list_month + interval '1 month'

)

select * from final
