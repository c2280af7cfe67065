{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'person_key'}) }}
{#-
    Tier 1. One decision for each row whose number leads to somebody. A valid number is no proof: children's rows carry a
    parent's number, and it passes every checksum. So the name must agree; one character may differ when nothing else
    speaks against it; a different name never links. Of a number that serves several people not even one character may
    differ, nor, of one that serves three or more, the village. A number that the registry may have from somebody else links
    nobody: where lists know the person by another one, or where a row gives no name and the registry's sex contradicts it.
-#}
with candidate as (

    select * from {{ ref('int_identity__candidate') }}

),

weighed as (

    select
        *,
        sex_grade = 'contradict' as is_sex_against,
        birth_grade = 'contradict' as is_birth_against,
        other_member_key is not null
        or is_other_villager_name
        or is_name_of_other_number
        or has_own_name_in_extract
        or sex_grade = 'contradict'
        or birth_grade = 'contradict'
        or is_adult_number_on_student_row as is_spoken_against
    from candidate

),

classed as (

    select
        *,
        case
            when reached_by = 'id15' then
                case
                    when
                        name_grade in ('same', 'variant')
                        and birth_grade <> 'contradict'
                        and registry_birth_grade <> 'contradict'
                        and sex_grade <> 'contradict'
                        then 6
                end
            when is_known_by_other_number then 4
            when not has_name_column
                then case
                    when sex_grade = 'agree' and registry_sex_grade <> 'contradict' and not is_shared_number then 2
                    else 4
                end
            when is_stopgap and is_same_village is false then 4
            when name_grade = 'same' then 1
            when
                name_grade = 'variant'
                and not (
                    is_sex_against or is_birth_against or is_adult_number_on_student_row or is_name_of_other_number
                )
                then 2
            when
                name_grade = 'one_character'
                and not (is_spoken_against or is_shared_number or is_number_of_strangers)
                then 3
            else 4
        end as class
    from weighed

),

ranked as (

    select
        *,
        row_number() over best_first as turn,
        first_value(class) over best_first as best_class,
        count(*) over (partition by batch_id, row_no, subject_role) as candidates
    from classed
    where class is not null
    window best_first as (
        partition by batch_id, row_no, subject_role
        order by
            class,
            other_member_key nulls last,
            name_grade = 'different',
            is_same_household desc nulls last,
            is_same_village desc nulls last,
            is_same_town desc nulls last,
            person_key
    )

),

-- Two different people match equally well: the name cannot decide.
undecided as (

    select
        batch_id,
        row_no,
        subject_role
    from ranked
    where candidates > 1 and class = best_class
    group by 1, 2, 3
    having count(distinct same_person_key) > 1

),

best as (

    select
        r.*,
        r.class <= 3 and u.batch_id is not null as is_undecided
    from ranked as r
    left join undecided as u
        on u.batch_id = r.batch_id and u.row_no = r.row_no and u.subject_role = r.subject_role
    where r.turn = 1

),

-- A review shows the household's member of the row's name: compared is what the reviewer sees of that member, of whom the
-- number, and what it says of sex and birth date, are not.
chosen as (

    select
        *,
        class <= 3 and not is_undecided as is_linked,
        (class > 3 or is_undecided) and other_member_key is not null as is_other_member_meant
    from best

),

final as (

    select
        extract,
        batch_id,
        row_no,
        subject_role,
        is_current,
        case when is_other_member_meant then other_member_key else person_key end as person_key,
        case when is_linked then 'linked' else 'review' end as decision,
        '1' as tier,
        case
            when reached_by = 'id15' then 'id15_name'
            when not has_name_column then 'id_sex_role'
            when name_grade = 'missing' then 'id_without_name'
            when name_grade = 'same' then 'id_name'
            when name_grade = 'variant' then 'id_name_variant'
            when name_grade = 'one_character' then 'id_name_one_character'
            else 'id_name_conflict'
        end as rule,
        person_name,
        name_grade,
        reached_by,
        person_key as number_holder_key,
        is_spoken_against or is_shared_number or is_known_by_other_number as is_explained,
        jsonb_build_object(
            'id', case
                when is_other_member_meant then 'household_member'
                when reached_by = 'id' then 'same'
                else 'old_15'
            end,
            'name', case when is_other_member_meant then 'same' else name_grade end,
            'sex', case when is_other_member_meant then 'unknown' else sex_grade end,
            'birth_date', case when is_other_member_meant then 'unknown' else birth_grade end,
            'household', case is_same_household when true then 'same' when false then 'different' else 'unknown' end,
            'village', case is_same_village when true then 'same' when false then 'different' else 'unknown' end
        ) as comparison,
        jsonb_strip_nulls(
            jsonb_build_object(
                'old_15_digit_number', nullif(reached_by = 'id15', false),
                'name_missing', nullif(has_name_column and name_grade = 'missing', false),
                'name_different', nullif(name_grade = 'different', false),
                'name_is_other_member', nullif(other_member_key is not null, false),
                'name_is_other_villager', nullif(is_other_villager_name, false),
                'name_has_own_number', nullif(is_name_of_other_number, false),
                'person_known_by_other_number', nullif(is_known_by_other_number, false),
                'number_has_own_name_in_extract', nullif(has_own_name_in_extract, false),
                'sex_contradicts_id', nullif(is_sex_against, false),
                'registry_sex_contradicts_id',
                nullif(not has_name_column and registry_sex_grade = 'contradict', false),
                'birth_contradicts_id', nullif(is_birth_against, false),
                'adult_number_on_student_row', nullif(is_adult_number_on_student_row, false),
                'number_shared_by_registry_names', nullif(is_shared_number, false),
                'number_of_strangers', nullif(is_number_of_strangers, false),
                'several_match', nullif(is_undecided, false),
                'same_person_in_several_rows', nullif(candidates > 1 and not is_undecided and best_class <= 3, false)
            )
        ) as gates
    from chosen

)

select * from final
