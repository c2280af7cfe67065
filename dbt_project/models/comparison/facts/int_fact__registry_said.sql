{{ config(materialized='ephemeral') }}
{#- What the registry's row says of each person, with the household's row beside it, in the words that rules read. -#}
with said as (

    select
        k.person_key,
        k.person_no,
        k.household_key,
        k.household_no,
        k.same_person_key,
        k.county_code,
        k.town_code,
        k.village_code,
        k.registry_batch_id,
        k.registry_row_no,
        s.county_name,
        s.town_name,
        s.village_name,
        s.hamlet_name,
        s.person_name,
        k.name_norm,
        k.id_no,
        k.id_state,
        k.id_key,
        s.id_type,
        s.household_size,
        s.relation_to_head,
        k.sex,
        k.birth_date,
        s.ethnicity,
        s.political_status,
        s.education_level,
        s.student_status,
        s.out_of_school_reason,
        s.is_dropout,
        s.health_status,
        s.labour_skill,
        s.work_area,
        s.work_months,
        s.has_resident_insurance,
        s.has_employee_insurance,
        s.has_serious_illness_insurance,
        s.has_medical_assistance,
        s.has_resident_pension,
        s.dibao_status,
        s.tekun_status,
        s.public_post,
        s.public_post_months,
        s.person_phone,
        s.person_identified_on,
        k.id_sex,
        k.id_birth_date,
        -- a usable number is checked by its last character; what was typed beside it is not
        coalesce(k.id_sex, k.sex) as known_sex,
        coalesce(k.id_birth_date, k.birth_date) as known_birth_date,
        coalesce(s.relation_to_head = '户主', false) as is_head,
        s.health_status = '健康' as is_healthy,
        {{ health_includes('s.health_status', '长期慢性病') }} as is_chronic,
        {{ health_includes('s.health_status', '大病') }} as is_seriously_ill,
        {{ health_includes('s.health_status', '残疾') }} or k.id_disability_grade is not null as is_disabled,
        {{ disability_category_word('k.id_disability_category') }} as disability_no_category,
        {{ grade_word('k.id_disability_grade') }} as disability_no_grade,
        {{ stage_of_student_status('s.student_status') }} as registry_stage,
        {{ grade_year_of_student_status('s.student_status') }} as registry_grade_year,
        s.labour_skill in ('普通劳动力', '技能劳动力') as is_labour,
        s.labour_skill = '弱劳动力或半劳动力' as is_weak_labour,
        s.labour_skill in ('无劳动力', '丧失劳动力') as is_without_labour,
        coalesce(
            s.has_resident_insurance or s.has_employee_insurance,
            s.has_resident_insurance,
            s.has_employee_insurance
        ) as says_insured,
        s.dibao_status is not null as says_dibao,
        s.tekun_status is not null as says_tekun,
        h.household_type,
        h.exit_attribute,
        h.exit_year,
        h.monitor_category,
        h.monitored_from,
        h.risk_cleared,
        h.risk_cleared_on,
        coalesce(h.is_monitored, false) as is_monitored,
        coalesce(h.is_poor_registered, false) as is_poor_registered,
        h.income_per_capita,
        k.id_rows,
        k.id_names,
        k.id_households
    from {{ ref('int_identity__registry_person') }} as k
    inner join {{ in_force('stg_registry__registry_person') }} as s
        on s.batch_id = k.registry_batch_id and s.row_no = k.registry_row_no
    left join {{ ref('int_fact__registry_household') }} as h on h.household_key = k.household_key

)

select
    *,
    registry_stage is not null as is_student,
    case
        when known_birth_date <= {{ school_year_start() }}
            then extract(year from age({{ school_year_start() }}, known_birth_date))::int
        when known_birth_date > {{ school_year_start() }} then -1
    end as age_1_september
from said
