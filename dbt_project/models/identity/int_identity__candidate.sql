{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'person_key'}) }}
{#-
    Everybody a row's number could mean, how far the names agree, and what speaks against the pair. Deciding comes after, in
    int_identity__number_decision.
-#}
with mention as (

    select * from {{ ref('int_identity__mention') }}

),

registry as (

    select * from {{ ref('int_identity__registry_person') }}

),

compared as materialized (

    select * from {{ ref('int_identity__number_pair') }}

),

-- Only doubtful names need the questions below; most names agree.
doubtful as materialized (

    select * from compared where name_grade in ('one_character', 'different')

),

other_member as (

    select
        d.batch_id,
        d.row_no,
        d.subject_role,
        d.person_key,
        min(o.person_key) as other_member_key
    from doubtful as d
    inner join registry as o on o.household_key = d.household_key and o.name_norm = d.name_norm
    where o.same_person_key <> d.same_person_key
    group by 1, 2, 3, 4

),

other_villager as (

    select distinct
        d.batch_id,
        d.row_no,
        d.subject_role,
        d.person_key
    from doubtful as d
    inner join registry as o on o.village_code = d.village_code and o.name_norm = d.name_norm
    where o.same_person_key <> d.same_person_key and o.household_key <> d.household_key

),

-- Somebody of exactly the row's name whom a list knows under another number, in the village or born on the same day: a
-- sister, a cousin, a twin, registered or not.
other_bearer as (

    select distinct
        d.batch_id,
        d.row_no,
        d.subject_role,
        d.person_key
    from compared as d
    inner join mention as o on o.name_norm = d.name_norm and o.id_key <> d.person_id_key
    where
        (d.name_grade = 'one_character' or d.name_grade = 'variant' and d.is_registry_name_damaged)
        and d.reached_by = 'id'
        and (
            o.village_code in (d.village_code, d.row_village_code)
            or {{ id_birth_date('o.id_key') }} = d.person_birth_date
        )

),

-- The registry states another birth date than its number, and a list knows somebody of that name, village and birth date
-- by another number: the registry's is a namesake's, looked up by name, or another member's.
known_by_other_number as (

    select distinct r.person_key
    from registry as r
    inner join mention as o
        on o.name_norm = r.name_norm and o.village_code = r.village_code and o.id_key <> r.id_key
    where r.birth_date <> r.id_birth_date and {{ id_birth_date('o.id_key') }} = r.birth_date

),

-- The number also stands for two strangers or more: one that clerks write when they have none.
number_of_strangers as (

    select d.person_key
    from doubtful as d
    left join other_member as m
        on m.batch_id = d.batch_id and m.row_no = d.row_no and m.subject_role = d.subject_role
        and m.person_key = d.person_key
    where d.name_grade = 'different' and m.person_key is null
    group by d.person_key
    having count(distinct d.name_norm) >= 2

),

-- The extract also gives this number with the person's own name: two people use one number there.
own_name_in_extract as (

    select distinct extract, same_person_key
    from compared
    where reached_by = 'id' and name_grade in ('same', 'variant')

),

final as (

    select
        c.extract,
        c.batch_id,
        c.row_no,
        c.subject_role,
        c.is_current,
        c.reached_by,
        c.person_key,
        c.same_person_key,
        c.person_name,
        c.name_grade,
        c.has_name_column,
        c.is_shared_number,
        c.is_stopgap,
        s.person_key is not null as is_number_of_strangers,
        k.person_key is not null as is_known_by_other_number,
        c.is_same_household,
        c.is_same_village,
        c.is_same_town,
        {{ contradiction('c.row_sex', 'c.person_sex') }} as sex_grade,
        {{ contradiction('c.row_birth_date', 'c.person_birth_date') }} as birth_grade,
        {{ contradiction('c.registry_birth_date', 'c.person_birth_date') }} as registry_birth_grade,
        {{ contradiction('c.registry_sex', 'c.id_sex') }} as registry_sex_grade,
        c.is_student_row and c.person_birth_date is not null
        and date_part('year', age({{ school_year_start() }}, c.person_birth_date))
        >= {{ oldest_student_age('c.study_stage') }}
            as is_adult_number_on_student_row,
        m.other_member_key,
        v.person_key is not null as is_other_villager_name,
        b.person_key is not null as is_name_of_other_number,
        c.name_grade in ('one_character', 'different') and o.same_person_key is not null as has_own_name_in_extract
    from compared as c
    left join other_member as m
        on m.batch_id = c.batch_id and m.row_no = c.row_no and m.subject_role = c.subject_role
        and m.person_key = c.person_key
    left join other_villager as v
        on v.batch_id = c.batch_id and v.row_no = c.row_no and v.subject_role = c.subject_role
        and v.person_key = c.person_key
    left join other_bearer as b
        on b.batch_id = c.batch_id and b.row_no = c.row_no and b.subject_role = c.subject_role
        and b.person_key = c.person_key
    left join number_of_strangers as s on s.person_key = c.person_key
    left join known_by_other_number as k on k.person_key = c.person_key
    left join own_name_in_extract as o
        on o.extract = c.extract and o.same_person_key = c.same_person_key

)

select * from final
