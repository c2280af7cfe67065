{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}, indexes=[{'columns': ['person_key'], 'unique': true}]) }}
{#- What the registry alone says of each person, with the household's row beside it. -#}
with person as (

    select
        k.*,
        s.county_name,
        s.town_name,
        s.village_name,
        s.hamlet_name,
        s.person_name,
        s.id_type,
        s.household_size,
        s.relation_to_head,
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
        s.person_identified_on
    from {{ ref('int_identity__registry_person') }} as k
    inner join {{ in_force('stg_registry__registry_person') }} as s
        on s.batch_id = k.registry_batch_id and s.row_no = k.registry_row_no

),

household as (

    select * from {{ ref('int_fact__registry_household') }}

),

said as (

    select
        p.*,
        coalesce(p.id_sex, p.sex) as known_sex,
        coalesce(p.id_birth_date, p.birth_date) as known_birth_date,
        coalesce(p.relation_to_head = '户主', false) as is_head,
        {{ health_includes('p.health_status', '长期慢性病') }} as is_chronic,
        {{ health_includes('p.health_status', '大病') }} as is_seriously_ill,
        {{ health_includes('p.health_status', '残疾') }} or p.id_disability_grade is not null as is_disabled,
        p.health_status = '健康' as is_healthy,
        {{ disability_category_word('p.id_disability_category') }} as disability_no_category,
        {{ grade_word('p.id_disability_grade') }} as disability_no_grade,
        {{ stage_of_student_status('p.student_status') }} as registry_stage,
        p.labour_skill in ('普通劳动力', '技能劳动力') as is_labour,
        p.labour_skill = '弱劳动力或半劳动力' as is_weak_labour,
        p.labour_skill in ('无劳动力', '丧失劳动力') as is_without_labour,
        coalesce(
            p.has_resident_insurance or p.has_employee_insurance,
            p.has_resident_insurance,
            p.has_employee_insurance
        ) as says_insured,
        p.dibao_status is not null as says_dibao,
        p.tekun_status is not null as says_tekun
    from person as p

),

placed as (

    select
        s.*,
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
        d.death__died_on,
        d.is_living,
        d.in_entitlement_scope
    from said as s
    left join household as h on h.household_key = s.household_key
    inner join {{ ref('int_fact__death') }} as d on d.person_key = s.person_key

),

household_count as (

    select
        household_key,
        count(*)::int as household_members,
        (count(*) filter (where is_living))::int as household_living_members,
        (count(*) filter (where is_living and is_labour))::int as household_labour_members
    from placed
    group by 1

),

-- Same name, birth date and village, and another number: perhaps one person registered twice.
similar_person as (

    select
        ours.person_key,
        count(*)::int as similar_id_rows,
        min(apart.characters)::int as similar_id_characters,
        bool_or(left(theirs.id_no, 14) = left(ours.id_no, 14)) as similar_id_in_last_four
    from placed as ours
    inner join placed as theirs
        on theirs.name_norm = ours.name_norm
        and theirs.village_code = ours.village_code
        and theirs.birth_date = ours.birth_date
        and theirs.person_key <> ours.person_key
    cross join lateral (
        select count(*) as characters
        from generate_series(1, 18) as position
        where substr(theirs.id_no, position, 1) <> substr(ours.id_no, position, 1)
    ) as apart
    where theirs.id_no <> ours.id_no and length(theirs.id_no) = 18 and length(ours.id_no) = 18
    group by 1

),

-- Counties of any edition of GB/T 2260, and those of the division table.
known_prefix as (

    select prefix from {{ ref('id_prefix') }}
    union
    select left(division_code, 6)
    from {{ source('reference', 'division') }}
    where division_level = 'county'

),

identity as (

    select
        p.person_key,
        i.identity,
        k.priority
    from placed as p
    cross join lateral (
        values
        (case when p.says_tekun then '特困人员' end),
        (case when p.says_dibao then '低保对象' end),
        (case when p.exit_attribute in ('返贫', '未脱贫') then '返贫致贫人口' end),
        (case when p.is_monitored and p.monitor_category = '脱贫不稳定户' then '脱贫不稳定人口' end),
        (case when p.is_monitored and p.monitor_category = '边缘易致贫户' then '边缘易致贫人口' end),
        (case when p.is_monitored and p.monitor_category = '突发严重困难户' then '突发严重困难人口' end),
        (case
            when p.is_poor_registered and coalesce(p.exit_attribute, '脱贫') not in ('返贫', '未脱贫') then '脱贫人口'
        end),
        (case when p.disability_no_grade in ('一级', '二级') then '重度残疾人' end)
    ) as i (identity)
    left join {{ ref('int_fact__identity_rank') }} as k on k.identity = i.identity
    where i.identity is not null

),

identities as (

    select
        person_key,
        string_agg(identity, '|' order by priority nulls last, identity) as registry_identities,
        (array_agg(identity order by priority nulls last, identity))[1] as registry_identity
    from identity
    group by 1

),

final as (

    select
        p.person_key,
        p.person_no,
        p.household_key,
        p.household_no,
        p.same_person_key,
        p.county_code,
        p.town_code,
        p.village_code,
        p.registry_batch_id,
        p.registry_row_no,
        p.county_name,
        p.town_name,
        p.village_name,
        p.hamlet_name,
        p.person_name,
        p.name_norm,
        p.id_no,
        p.id_state,
        p.id_key,
        p.id_type,
        p.household_size,
        p.relation_to_head,
        p.sex,
        p.birth_date,
        p.ethnicity,
        p.political_status,
        p.education_level,
        p.student_status,
        p.out_of_school_reason,
        p.is_dropout,
        p.health_status,
        p.labour_skill,
        p.work_area,
        p.work_months,
        p.has_resident_insurance,
        p.has_employee_insurance,
        p.has_serious_illness_insurance,
        p.has_medical_assistance,
        p.has_resident_pension,
        p.dibao_status,
        p.tekun_status,
        p.public_post,
        p.public_post_months,
        p.person_phone,
        p.person_identified_on,
        p.id_sex,
        p.id_birth_date,
        p.known_sex,
        p.known_birth_date,
        case
            when p.known_birth_date <= {{ school_year_start() }}
                then extract(year from age({{ school_year_start() }}, p.known_birth_date))::int
            when p.known_birth_date > {{ school_year_start() }} then -1
        end as age_1_september,
        p.is_head,
        p.is_healthy,
        p.is_chronic,
        p.is_seriously_ill,
        p.is_disabled,
        p.disability_no_category,
        p.disability_no_grade,
        p.registry_stage,
        {{ grade_year_of_student_status('p.student_status') }} as registry_grade_year,
        p.registry_stage is not null as is_student,
        p.is_labour,
        p.is_weak_labour,
        p.is_without_labour,
        p.says_insured,
        p.says_dibao,
        p.says_tekun,
        p.household_type,
        p.exit_attribute,
        p.exit_year,
        p.monitor_category,
        p.monitored_from,
        p.risk_cleared,
        p.risk_cleared_on,
        p.is_monitored,
        p.is_poor_registered,
        p.income_per_capita,
        c.household_members,
        c.household_living_members,
        c.household_labour_members,
        c.household_labour_members - (p.is_living and coalesce(p.is_labour, false))::int
            as household_other_labour_members,
        i.registry_identities,
        i.registry_identity,
        p.id_rows,
        p.id_names,
        p.id_households,
        coalesce(s.similar_id_rows, 0) as similar_id_rows,
        s.similar_id_characters,
        coalesce(s.similar_id_in_last_four, false) as similar_id_in_last_four,
        case
            when p.id_key is not null then left(p.id_no, 6) in (select prefix from known_prefix)
        end as id_prefix_is_known
    from placed as p
    inner join household_count as c on c.household_key = p.household_key
    left join identities as i on i.person_key = p.person_key
    left join similar_person as s on s.person_key = p.person_key

)

select * from final
