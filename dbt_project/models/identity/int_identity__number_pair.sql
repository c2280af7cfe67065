{{ config(materialized='ephemeral') }}
{#-
    The registry rows that a row's number leads to, and what both sides say of the person. A 15-digit number, on whichever
    side it stands, leads to the key it would have today: nothing checks it, so it is told apart (reached_by).
-#}
with mention as (

    select * from {{ ref('int_identity__mention') }}

),

registry as (

    select * from {{ ref('int_identity__registry_person') }}

),

reached as (

    select m.*, r.person_key, 'id' as reached_by
    from mention as m
    inner join registry as r on r.id_key = m.id_key
    union all
    select m.*, r.person_key, 'id15' as reached_by
    from mention as m
    inner join registry as r on r.id_key = m.id_key_15
    where m.id_key_15 is not null
    union all
    -- No 15-digit number was issued to those born since 2000, but clerks and programs shorten their numbers all the same.
    select m.*, r.person_key, 'id15' as reached_by
    from mention as m
    inner join registry as r on r.id_key = {{ a_century_later('m.id_key_15') }}
    where m.id_key_15 is not null
    union all
    select m.*, r.person_key, 'id15' as reached_by
    from mention as m
    inner join registry as r on r.id_key_15 = m.id_key
    where r.id_key_15 is not null
    union all
    select m.*, r.person_key, 'id15' as reached_by
    from mention as m
    inner join registry as r on r.id_key_15 = m.id_key_15
    where r.id_key_15 is not null

)

select
    p.extract,
    p.batch_id,
    p.row_no,
    p.subject_role,
    p.is_current,
    p.reached_by,
    p.person_key,
    r.same_person_key,
    r.household_key,
    r.village_code,
    p.village_code as row_village_code,
    r.id_key as person_id_key,
    r.id_names > 1 as is_shared_number,
    r.id_names >= 3 as is_stopgap,
    p.person_name,
    p.name_norm,
    {{ name_grade('p.name_norm', 'r.name_norm') }} as name_grade,
    strpos(r.name_norm, '?') > 0 as is_registry_name_damaged,
    p.has_name_column,
    case
        -- of a marriage the column says which of the two a number belongs to
        when p.subject_role in ('male', 'female') and not p.has_name_column
            then coalesce(p.sex, case p.subject_role when 'male' then '男' else '女' end)
        else p.sex
    end as row_sex,
    coalesce(r.id_sex, r.sex) as person_sex,
    p.birth_date as row_birth_date,
    coalesce(r.id_birth_date, {{ id_birth_date('r.id_key_15') }}) as person_birth_date,
    r.birth_date as registry_birth_date,
    r.id_sex,
    r.sex as registry_sex,
    p.is_student_row,
    p.study_stage,
    p.household_key = r.household_key as is_same_household,
    p.village_code = r.village_code as is_same_village,
    p.town_code = r.town_code as is_same_town
from reached as p
inner join registry as r on r.person_key = p.person_key
