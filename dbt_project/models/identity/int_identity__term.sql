{{ config(materialized='view') }}
{#-
    How many people of tonight's lists bear a name, were born on a day, live in a village, and how many they are: what a
    model version freezes when it first meets the county (reference.freeze_link_terms). People are told apart by number
    and name; who has no valid number is not counted; whoever is said to live in two villages counts in one. Well over a
    million people say how common a name is: of more, those of every second, third … number by its hash are counted, and
    stand for as many. One row per term and value.
-#}
{%- set is_counted = 'hashint8(id_key) % (select people_each from share) = 0' %}
with share as (

    select 1 + count(*) / {{ var('rows_counted_whole', 4000000) }} as people_each
    from {{ ref('int_identity__mention') }}

),

named as (

    select
        id_key,
        name_norm,
        village_code
    from {{ ref('int_identity__mention') }}
    where name_norm is not null and {{ is_counted }}
    union all
    select
        id_key,
        name_norm,
        village_code
    from {{ ref('int_identity__registry_person') }}
    where name_norm is not null and {{ is_counted }}

),

person as (

    select
        name_norm,
        {{ id_birth_day('id_key') }} as birth_day,
        min(village_code) as village_code
    from named
    group by id_key, name_norm

),

-- One pass: the people are as many as the lists name, several times over.
counted as (

    select
        grouping(name_norm, birth_day, village_code) as of_all_but,
        name_norm,
        birth_day,
        village_code,
        count(*) as persons
    from person
    group by grouping sets ((name_norm), (birth_day), (village_code), ())

),

told as (

    select
        case of_all_but when 3 then 'name' when 5 then 'birth_date' when 6 then 'village' else 'population' end as term,
        case of_all_but
            when 3 then name_norm
            when 5 then parse.calendar_date(birth_day / 10000, birth_day / 100 % 100, birth_day % 100)::text
            when 6 then village_code
            else ''
        end as value,
        persons
    from counted

),

final as (

    select
        term,
        value,
        greatest(persons, 1) * share.people_each as persons
    from told
    cross join share
    where value is not null

)

select * from final
