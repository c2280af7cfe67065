{{ config(materialized='view') }}
{#-
    How many people of tonight's lists bear a name, were born on a day, live in a village, and how many they are: what a
    model version freezes when it first meets the county. People are told apart by number and name; who has no valid
    number is not counted. One row per term and value.
-#}
with person as (

    select distinct
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

placed as (

    select distinct
        id_key,
        village_code
    from {{ ref('int_identity__mention') }}
    where id_key is not null and village_code is not null

),

final as (

    select
        'name' as term,
        name_norm as value,
        count(*) as persons
    from person
    group by name_norm
    union all
    select
        'birth_date' as term,
        {{ id_birth_date('id_key') }}::text as value,
        count(*) as persons
    from person
    group by 2
    union all
    select
        'village' as term,
        village_code as value,
        count(*) as persons
    from placed
    group by village_code
    union all
    select
        'population' as term,
        '' as value,
        greatest(count(*), 1) as persons
    from person

)

select * from final
where value is not null
