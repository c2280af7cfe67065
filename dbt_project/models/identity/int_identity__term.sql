{{ config(materialized='view') }}
{#-
    How many people of tonight's lists bear a name, were born on a day, live in a village, and how many they are: what a
    model version freezes when it first meets the county. People are told apart by number and name; who has no valid
    number is not counted. One row per term and value.
-#}
with person as (

    select
        id_key,
        name_norm
    from {{ ref('int_identity__mention') }}
    where id_key is not null and name_norm is not null
    union
    select
        id_key,
        name_norm
    from {{ ref('int_identity__registry_person') }}
    where id_key is not null and name_norm is not null

),

dated as (

    select
        name_norm,
        {{ id_birth_date('id_key') }}::text as birth_date
    from person

),

placed as (

    select distinct
        id_key,
        village_code
    from {{ ref('int_identity__mention') }}
    where id_key is not null and village_code is not null

),

-- One pass: the people are as many as the lists name, three times over.
counted as (

    select
        case
            when grouping(name_norm) = 0 then 'name'
            when grouping(birth_date) = 0 then 'birth_date'
            else 'population'
        end as term,
        case
            when grouping(name_norm) = 0 then name_norm
            when grouping(birth_date) = 0 then birth_date
            else ''
        end as value,
        count(*) as persons
    from dated
    group by grouping sets ((name_norm), (birth_date), ())
    union all
    select
        'village' as term,
        village_code as value,
        count(*) as persons
    from placed
    group by village_code

),

final as (

    select
        term,
        value,
        greatest(persons, 1) as persons
    from counted
    where value is not null

)

select * from final
