{{ planned_for_volume() }}
{{ config(
    unlogged=true,
    meta={'dist_key': 'person_key'},
    indexes=[{'columns': ['person_key']}],
) }}
{#-
    Persons of the registry lists in force under the keys they have for life; `person_no` and `household_no` are the
    numbers they bear tonight. An ID number can be corrected and is no key.
-#}
with numbered as (

    select
        r.*,
        p.life_key as person_key,
        h.life_key as household_key
    from {{ ref('int_identity__registry_row') }} as r
    inner join {{ ref('int_identity__person_life') }} as p on p.number_key = r.number_key
    inner join {{ ref('int_identity__household_life') }} as h on h.number_key = r.household_number_key

),

-- A spreadsheet eats leading zeros: people see the longest form that was ever delivered for the key.
delivered_number as (

    select person_no as number, 'person' as kind
    from {{ in_force_history('stg_registry__registry_person') }} as earlier
    where left(person_no, 1) = '0'
    union
    select household_no as number, 'household' as kind
    from {{ in_force_history('stg_registry__registry_person') }} as earlier
    where left(household_no, 1) = '0'
    union
    select household_no as number, 'household' as kind
    from {{ in_force_history('stg_registry__registry_household') }} as earlier
    where left(household_no, 1) = '0'

),

longest_number as (

    select
        kind,
        parse.number_key(number) as number_key,
        (array_agg(number order by length(number) desc, number))[1] as number
    from delivered_number
    group by 1, 2

),

described as (

    select
        n.person_key,
        coalesce(longest_person.number, n.person_no, n.number_key) as display_person_no,
        n.household_key,
        coalesce(longest_household.number, n.household_no, n.household_number_key) as display_household_no,
        n.batch_id as registry_batch_id,
        n.row_no as registry_row_no,
        n.county_code,
        n.town_code,
        n.village_code,
        n.id_no,
        n.id_state,
        n.id_key,
        {{ id_key_of_15('n.id_no', 'n.id_state') }} as id_key_15,
        {{ id_sex('n.id_key') }} as id_sex,
        {{ id_birth_date('n.id_key') }} as id_birth_date,
        n.name_norm,
        {{ sex_word('n.sex') }} as sex,
        n.birth_date,
        n.id_disability_category,
        n.id_disability_grade
    from numbered as n
    left join longest_number as longest_person
        on longest_person.kind = 'person' and longest_person.number_key = n.delivered_number_key
    left join longest_number as longest_household
        on longest_household.kind = 'household' and longest_household.number_key = n.household_number_key

),

-- Rows that share a usable number: the same person registered twice (the names agree), or two people (ID-09).
shared_number as (

    select
        ours.person_key,
        min(theirs.person_key)
            filter (where {{ name_grade('ours.name_norm', 'theirs.name_norm') }} in ('same', 'variant'))
            as same_person_key,
        count(*)::int as id_rows,
        count(distinct theirs.name_norm)
            filter (where {{ name_grade('ours.name_norm', 'theirs.name_norm') }} not in ('same', 'variant'))::int
            as other_names,
        count(distinct theirs.household_key)
            filter (where {{ name_grade('ours.name_norm', 'theirs.name_norm') }} in ('same', 'variant'))::int
            as same_person_households
    from described as ours
    inner join described as theirs on theirs.id_key = ours.id_key
    where ours.id_key in (select id_key from described group by id_key having count(*) > 1)
    group by 1

),

final as (

    select
        d.person_key,
        d.display_person_no as person_no,
        d.household_key,
        d.display_household_no as household_no,
        d.registry_batch_id,
        d.registry_row_no,
        d.county_code,
        d.town_code,
        d.village_code,
        d.id_no,
        d.id_state,
        d.id_key,
        d.id_key_15,
        d.id_sex,
        d.id_birth_date,
        d.name_norm,
        d.sex,
        d.birth_date,
        d.id_disability_category,
        d.id_disability_grade,
        coalesce(s.same_person_key, d.person_key) as same_person_key,
        case when d.id_key is not null then coalesce(s.id_rows, 1) end as id_rows,
        case when d.id_key is not null then 1 + coalesce(s.other_names, 0) end as id_names,
        case when d.id_key is not null then coalesce(s.same_person_households, 1) end as id_households
    from described as d
    left join shared_number as s on s.person_key = d.person_key

)

select * from final
