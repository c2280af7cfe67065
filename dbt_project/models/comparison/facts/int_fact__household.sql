{{ planned_for_volume() }}
{{ config(
    meta={'dist_key': 'household_key'},
    indexes=[{'columns': ['household_key'], 'unique': true}],
) }}
{#-
    Lists about persons reach the household through its living members: true when one is, false when all are known not
    to be, else NULL with the reason of the first member who is not comparable. Lists keyed by a head reach it through
    whichever member the row is linked to.
-#}
{%- set member_counts = {
    'members': 'true',
    'living_members': 'is_living',
    'heads': 'is_head',
    'male_members': "known_sex = '男'",
    'female_members': "known_sex = '女'",
    'ill_members': 'is_chronic or is_seriously_ill',
    'chronic_members': 'is_chronic',
    'seriously_ill_members': 'is_seriously_ill',
    'disabled_members': 'is_disabled',
    'health_unknown_members': 'health_status is null',
    'student_members': 'is_student',
    'student_members_preschool': "registry_stage = '学前'",
    'student_members_primary': "registry_stage = '小学'",
    'student_members_junior': "registry_stage = '初中'",
    'student_members_senior': "registry_stage = '普通高中'",
    'student_members_vocational': "registry_stage in ('中职', '高职高专')",
    'student_members_higher': "registry_stage in ('本科', '研究生')",
    'labour_members': 'is_labour',
    'weak_labour_members': 'is_weak_labour',
    'without_labour_members': 'is_without_labour',
    'labour_unknown_members': 'labour_skill is null',
    'living_labour_members': 'is_living and (is_labour or is_weak_labour)',
    'living_labour_unknown_members': 'is_living and labour_skill is null',
    'members_school_age': 'age_1_september between 6 and 15',
    'working_members': 'work_area is not null and work_months > 0',
    'dead_members': 'not is_living',
    'recently_dead_ill_members': 'not is_living and (is_chronic or is_seriously_ill or is_disabled)',
} -%}
with person as (

    select * from {{ ref('int_fact__person') }}

),

head as (

    select distinct on (household_key)
        household_key,
        person_key as head_person_key,
        person_name as head_name,
        coalesce(sex, id_sex) as head_sex
    from person
    where is_head
    order by household_key, person_no, person_key

),

spouse as (

    select distinct on (household_key)
        household_key,
        coalesce(sex, id_sex) as spouse_sex
    from person
    where relation_to_head = '配偶'
    order by household_key, person_no, person_key

),

members as (

    select
        household_key,
        min(household_no) as household_no,
        (array_agg(county_code order by is_head desc, person_key))[1] as county_code,
        (array_agg(town_code order by is_head desc, person_key))[1] as town_code,
        (array_agg(village_code order by is_head desc, person_key))[1] as village_code,
        min(household_size) as stated_size_min,
        max(household_size) as stated_size_max,
        {%- for name, condition in member_counts.items() %}
        (count(*) filter (where {{ condition }}))::int as {{ name }},
        {%- endfor %}

        -- lists about persons
        case
            when bool_or(dibao__is_covered) filter (where is_living) then true
            when bool_or(dibao__is_covered is null) filter (where is_living) then null
            else false
        end as dibao__is_covered,
        (count(*) filter (where dibao__is_covered))::int as dibao__covered_members,
        max(dibao__month) as dibao__month,
        (array_agg(dibao__state order by is_head desc, person_key)
            filter (where is_living and dibao__is_covered is null))[1] as dibao_gap,
        case
            when bool_or(tekun__is_listed) filter (where is_living) then true
            when bool_or(tekun__is_listed is null) filter (where is_living) then null
            else false
        end as tekun__is_listed,
        (count(*) filter (where tekun__is_listed))::int as tekun__listed_members,
        (array_agg(tekun__state order by is_head desc, person_key)
            filter (where is_living and tekun__is_listed is null))[1] as tekun_gap,
        bool_or(is_head and is_living and tekun__is_listed) as is_head_on_tekun,
        (array_agg(tekun__batch_id order by is_head desc, person_key) filter (where tekun__is_listed))[1]
            as tekun__batch_id,
        (array_agg(tekun__row_no order by is_head desc, person_key) filter (where tekun__is_listed))[1]
            as tekun__row_no,
        case when bool_or(disability__state is null) then (count(*) filter (where disability__is_listed))::int end
            as disability__listed_members,
        case when bool_or(enrolled__state is null) then (count(*) filter (where enrolled__is_enrolled))::int end
            as school__enrolled_members,
        sum(hi_settlement__assist_fund_pay) as hi_settlement__assist_fund_pay,
        sum(hi_settlement__self_paid) as hi_settlement__self_paid,
        sum(case when tekun__is_listed then coalesce(tekun__monthly_amount, 0) end) as tekun_payments,
        sum(disability__living_subsidy + disability__nursing_subsidy) as disability_payments,
        bool_or(dibao__state is null or tekun__state is null or disability__state is null) as is_civil_known,

        -- rights
        bool_or(property__state is null) filter (where is_living) as is_property_known,
        bool_or(property__state is not null) filter (where is_living) as has_property_gap,
        (array_agg(property__state order by is_head desc, person_key)
            filter (where is_living and property__state is not null))[1] as property_gap,

        -- what keeps a head-keyed list from speaking
        {%- for extract in ['appraisal', 'renovation'] %}
        coalesce(
            (array_agg(e.{{ extract }} order by person_key) filter (where is_head))[1],
            (array_agg(e.{{ extract }} order by person_key)
                filter (where e.{{ extract }} in ('in_review', 'quarantined', 'no_batch', 'stale_batch')))[1]
        ) as {{ extract }}_gap
        {{- ',' if not loop.last }}
        {%- endfor %}
    from person
    inner join {{ ref('int_fact__evidence') }} as e using (person_key)
    group by 1

),

-- The household's dibao payment: the head's, else that with the smallest 低保证号.
dibao_payment as (

    select distinct on (household_key)
        household_key,
        dibao__dibao_no,
        dibao__dibao_kind,
        dibao__dibao_tier,
        dibao__dibao_persons,
        dibao__monthly_amount,
        dibao__batch_id,
        dibao__row_no
    from person
    where dibao__is_covered
    order by household_key, is_head desc, dibao__dibao_no, dibao__batch_id, dibao__row_no

),

dibao_amount as (

    select
        household_key,
        sum(dibao__monthly_amount) as dibao_payments
    from (
        select distinct household_key, dibao__batch_id, dibao__row_no, dibao__monthly_amount
        from person
        where dibao__is_covered
    ) as payments
    group by 1

),

appraisal_row as (

    select
        p.household_key,
        a.*,
        count(*) over (partition by p.household_key) as rows_of_household,
        row_number() over (
            partition by p.household_key
            order by
                a.house_grade is null or a.house_grade = '未鉴定',
                a.graded_on desc nulls last,
                a.batch_id desc,
                a.row_no desc
        ) as turn
    from {{ linked_rows('stg_housing__appraisal', 'head') }} as a
    inner join person as p on p.person_key = a.person_key

),

appraisal as (

    select
        *,
        nullif(house_grade, '未鉴定') as grade
    from appraisal_row
    where turn = 1

),

project as (

    select
        p.household_key,
        r.*,
        dated.is_accepted,
        dated.is_completed,
        row_number() over (
            partition by p.household_key
            order by r.plan_year desc nulls last, r.accepted_on desc nulls last, r.batch_id, r.row_no
        ) as turn
    from {{ linked_rows('stg_housing__renovation', 'head') }} as r
    inner join person as p on p.person_key = r.person_key
    inner join {{ ref('int_fact__project_row') }} as dated on dated.batch_id = r.batch_id and dated.row_no = r.row_no

),

projects as (

    select
        p.household_key,
        count(*)::int as projects,
        (count(*) filter (where p.is_accepted))::int as accepted_projects,
        max(p.accepted_on) filter (where p.is_accepted) as accepted_on,
        max(p.completed_on) filter (where p.is_completed) as completed_on,
        bool_or(p.is_accepted and (a.graded_on is null or p.accepted_on >= a.graded_on)) as is_accepted_after,
        bool_or(
            (p.is_accepted and (a.graded_on is null or p.accepted_on >= a.graded_on))
            or (p.is_completed and (a.graded_on is null or p.completed_on >= a.graded_on))
        ) as is_renovated_after
    from project as p
    left join appraisal as a on a.household_key = p.household_key
    group by 1

),

-- A right that several members hold together is one right of the household.
held_right as (

    select distinct on (p.household_key, {{ right_key('r') }})
        p.household_key,
        r.batch_id,
        r.row_no,
        r.usage,
        r.registered_on,
        {{ is_dwelling_usage('r.usage') }} as is_dwelling,
        {{ is_city_flat('r.usage', 'r.location') }} as is_city_flat
    from {{ linked_rows('stg_housing__property') }} as r
    inner join person as p on p.person_key = r.person_key
    where p.is_living
    order by p.household_key, {{ right_key('r') }}, r.registered_on desc nulls last, r.batch_id, r.row_no

),

held as (

    select
        household_key,
        count(*)::int as rights,
        (count(*) filter (where is_dwelling))::int as dwelling_rights,
        (count(*) filter (where is_city_flat))::int as city_flats
    from held_right
    group by 1

),

dwelling_right as (

    select
        household_key,
        batch_id,
        row_no,
        row_number() over (
            partition by household_key
            order by registered_on desc nulls last, batch_id, row_no
        ) as turn
    from held_right
    where is_dwelling

),

city_flat as (

    select distinct on (household_key)
        household_key,
        batch_id,
        row_no,
        usage
    from held_right
    where is_city_flat
    order by household_key, registered_on desc nulls last, batch_id, row_no

),

-- The registry's own household rows of the plan year, where such a list is kept.
registry_year as (

    select distinct on (household_key, year)
        coalesce(l.life_key, s.household_key) as household_key,
        extract(year from s.list_month)::int as year,
        s.household_type
    from {{ in_force_history('stg_registry__registry_household') }} as s
    left join {{ ref('int_identity__household_life') }} as l on l.number_key = s.household_key
    order by household_key, year, s.list_month desc, s.batch_id desc, s.row_no

),

household as (

    select
        coalesce(h.household_key, m.household_key) as household_key,
        coalesce(m.household_no, h.household_no, h.household_key) as household_no,
        hd.head_person_key,
        hd.head_name,
        coalesce(h.county_code, m.county_code) as county_code,
        coalesce(h.town_code, m.town_code) as town_code,
        coalesce(h.village_code, m.village_code) as village_code,
        h.household_key is not null as has_household_row,
        h.registry_batch_id,
        h.registry_row_no,
        h.county_name,
        h.town_name,
        h.village_name,
        h.hamlet_name,
        h.household_type,
        h.exit_attribute,
        h.exit_year,
        h.monitor_category,
        h.no_labour_guarantee,
        h.monitored_from,
        h.risk_cleared,
        h.risk_cleared_on,
        h.clear_mode,
        h.risk_1,
        h.risk_2,
        h.risk_3,
        h.risk_4,
        h.risk_5,
        h.disaster_subtype,
        h.cause_1,
        h.income_per_capita,
        h.income_wage,
        h.income_business,
        h.income_transfer,
        h.compliant_self_paid,
        h.is_unsafe_house,
        h.house_area_m2,
        h.has_safe_water,
        h.house_grade,
        h.measure_health,
        h.measure_education,
        h.measure_compulsory_edu,
        h.measure_housing,
        h.measure_relocation,
        h.measure_social,
        h.measure_employment,
        h.household_phone,
        coalesce(h.is_monitored, false) as is_monitored,
        coalesce(h.is_poor_registered, false) as is_poor_registered,
        concat_ws('|', h.risk_1, h.risk_2, h.risk_3, h.risk_4, h.risk_5) as risks,
        h.measure_housing ~ '改造|危改|加固|翻建|重建|新建|修缮' as measures_housing_renovation,
        case
            when h.household_type ~ '五保|特困' then '特困'
            when h.household_type ~ '低保' then '低保'
            when h.household_type is not null then '其他'
        end as registry_kind,
        {%- for name in member_counts %}
        coalesce(m.{{ name }}, 0) as {{ name }},
        {%- endfor %}
        m.stated_size_min,
        m.stated_size_max,
        case when m.members > 0 then m.labour_members::numeric / m.members end as labour_share,
        hd.head_sex = sp.spouse_sex as head_and_spouse_same_sex,

        -- dibao and tekun
        case when m.household_key is null then 'no_batch' when m.dibao__is_covered is null then m.dibao_gap end
            as dibao__state,
        m.dibao__is_covered,
        coalesce(m.dibao__covered_members, 0) as dibao__covered_members,
        m.dibao__month,
        dp.dibao__dibao_no,
        dp.dibao__dibao_kind,
        dp.dibao__dibao_tier,
        dp.dibao__dibao_persons,
        dp.dibao__monthly_amount,
        dp.dibao__batch_id,
        dp.dibao__row_no,
        case when m.household_key is null then 'no_batch' when m.tekun__is_listed is null then m.tekun_gap end
            as tekun__state,
        m.tekun__is_listed,
        coalesce(m.tekun__listed_members, 0) as tekun__listed_members,
        m.tekun__batch_id,
        m.tekun__row_no,
        m.is_head_on_tekun,
        case
            when m.is_civil_known
                then coalesce(da.dibao_payments, 0) + coalesce(m.tekun_payments, 0) + coalesce(m.disability_payments, 0)
        end as civil_payments,
        m.disability__listed_members,
        m.school__enrolled_members,
        m.hi_settlement__assist_fund_pay,
        m.hi_settlement__self_paid,

        -- housing
        case
            when a.household_key is null
                then coalesce(m.appraisal_gap, case when m.household_key is null then 'no_batch' end)
        end as appraisal__state,
        a.rows_of_household as appraisal_rows,
        a.grade as appraisal__house_grade,
        a.graded_on as appraisal__graded_on,
        a.area_m2 as appraisal__area_m2,
        a.is_only_home as appraisal__is_only_home,
        a.batch_id as appraisal__batch_id,
        a.row_no as appraisal__row_no,
        a.link_tier as appraisal__link_tier,
        case
            when pj.household_key is null
                then coalesce(m.renovation_gap, case when m.household_key is null then 'no_batch' end)
        end as renovation__state,
        pj.projects,
        pj.accepted_projects,
        pj.accepted_on,
        pj.completed_on,
        pj.is_accepted_after,
        pj.is_renovated_after,
        pr.plan_year as renovation__plan_year,
        pr.house_identity as renovation__house_identity,
        pr.batch_id as renovation__batch_id,
        pr.row_no as renovation__row_no,
        pr.link_tier as renovation__link_tier,
        coalesce(
            ry.household_type,
            case when pr.plan_year = {{ insurance_year() }} then h.household_type end
        ) as plan_year_type,

        -- rights
        case when m.is_property_known then coalesce(hr.rights, 0) end as known_rights,
        case when m.is_property_known then coalesce(hr.dwelling_rights, 0) end as known_dwelling_rights,
        case when m.is_property_known then coalesce(hr.city_flats, 0) end as known_city_flats,
        m.has_property_gap,
        m.property_gap,
        dr.batch_id as property__batch_id,
        dr.row_no as property__row_no,
        cf.usage as city_flat__usage,
        cf.batch_id as city_flat__batch_id,
        cf.row_no as city_flat__row_no
    from {{ ref('int_fact__registry_household') }} as h
    full join members as m on m.household_key = h.household_key
    left join head as hd on hd.household_key = m.household_key
    left join spouse as sp on sp.household_key = m.household_key
    left join dibao_payment as dp on dp.household_key = m.household_key
    left join dibao_amount as da on da.household_key = m.household_key
    left join appraisal as a on a.household_key = m.household_key
    left join projects as pj on pj.household_key = m.household_key
    left join project as pr on pr.household_key = m.household_key and pr.turn = 1
    left join registry_year as ry on ry.household_key = m.household_key and ry.year = pr.plan_year
    left join held as hr on hr.household_key = m.household_key
    left join dwelling_right as dr on dr.household_key = m.household_key and dr.turn = 2
    left join city_flat as cf on m.household_key = cf.household_key

),

judged as (

    select
        h.*,
        case
            when h.is_head_on_tekun then '特困'
            when h.dibao__is_covered then '低保'
            when h.tekun__is_listed then case when h.dibao__is_covered is not null then '特困' end
            when h.dibao__is_covered is false and h.tekun__is_listed is false then '其他'
        end as derived_kind,
        case
            when h.appraisal__state is not null then null
            when h.appraisal__house_grade is null then null
            when h.appraisal__house_grade not in ('C', 'D') then false
            when h.is_accepted_after then false
            when h.renovation__state is not null then null
            else true
        end as unsafe_house__is_unsafe
    from household as h

)

select
    j.household_key,
    j.household_no,
    j.head_person_key,
    j.head_name,
    j.county_code,
    j.town_code,
    j.village_code,
    j.registry_batch_id,
    j.registry_row_no,
    j.has_household_row,
    j.county_name,
    j.town_name,
    j.village_name,
    j.hamlet_name,
    j.household_type,
    j.exit_attribute,
    j.exit_year,
    j.monitor_category,
    j.no_labour_guarantee,
    j.monitored_from,
    j.risk_cleared,
    j.risk_cleared_on,
    j.clear_mode,
    j.risk_1,
    j.risk_2,
    j.risk_3,
    j.risk_4,
    j.risk_5,
    j.disaster_subtype,
    j.cause_1,
    j.income_per_capita,
    j.income_wage,
    j.income_business,
    j.income_transfer,
    j.compliant_self_paid,
    j.is_unsafe_house,
    j.house_area_m2,
    j.has_safe_water,
    j.house_grade,
    j.measure_health,
    j.measure_education,
    j.measure_compulsory_edu,
    j.measure_housing,
    j.measure_relocation,
    j.measure_social,
    j.measure_employment,
    j.household_phone,
    j.is_monitored,
    j.is_poor_registered,
    nullif(j.risks, '') as risks,
    j.measures_housing_renovation,
    j.registry_kind,
    {%- for name in member_counts %}
    j.{{ name }},
    {%- endfor %}
    j.stated_size_min,
    j.stated_size_max,
    j.labour_share,
    j.head_and_spouse_same_sex,
    j.dibao__state,
    j.dibao__is_covered,
    j.dibao__covered_members,
    j.dibao__month,
    j.dibao__dibao_no,
    j.dibao__dibao_kind,
    j.dibao__dibao_tier,
    j.dibao__dibao_persons,
    j.dibao__monthly_amount,
    j.dibao__batch_id,
    j.dibao__row_no,
    j.tekun__state,
    j.tekun__is_listed,
    j.tekun__listed_members,
    j.tekun__batch_id,
    j.tekun__row_no,
    case when j.derived_kind is null then coalesce(j.dibao__state, j.tekun__state) end as derived_kind__state,
    j.derived_kind,
    case j.derived_kind when '特困' then 'tekun' when '低保' then 'dibao' end as derived_kind__extract,
    case j.derived_kind when '特困' then j.tekun__batch_id when '低保' then j.dibao__batch_id end as derived_kind__batch_id,
    case j.derived_kind when '特困' then j.tekun__row_no when '低保' then j.dibao__row_no end as derived_kind__row_no,
    j.civil_payments,
    j.disability__listed_members,
    j.school__enrolled_members,
    j.hi_settlement__assist_fund_pay,
    j.hi_settlement__self_paid,
    j.appraisal__state,
    case when j.appraisal__state is null then coalesce(j.appraisal_rows, 0)::int end as appraisal__rows,
    j.appraisal__house_grade,
    j.appraisal__graded_on,
    j.appraisal__area_m2,
    j.appraisal__is_only_home,
    j.appraisal__batch_id,
    j.appraisal__row_no,
    j.appraisal__link_tier,
    j.renovation__state,
    case when j.renovation__state is null then coalesce(j.projects, 0) end as renovation__projects,
    case when j.renovation__state is null then coalesce(j.accepted_projects, 0) end as renovation__accepted_projects,
    case when j.renovation__state is null then coalesce(j.accepted_projects, 0) > 0 end as renovation__is_accepted,
    j.renovation__plan_year,
    j.renovation__house_identity,
    j.accepted_on as renovation__accepted_on,
    j.completed_on as renovation__completed_on,
    j.renovation__batch_id,
    j.renovation__row_no,
    j.renovation__link_tier,
    case when j.plan_year_type is null then coalesce(j.renovation__state, 'no_batch') end
        as renovation__plan_year_kind__state,
    case
        when j.plan_year_type ~ '五保|特困' then '特困'
        when j.plan_year_type ~ '低保' then '低保'
        when j.plan_year_type is not null then '其他'
    end as renovation__plan_year_kind,
    case
        when j.appraisal__state is not null then j.appraisal__state
        when j.appraisal__house_grade in ('C', 'D') and j.unsafe_house__is_unsafe is null then j.renovation__state
    end as unsafe_house__state,
    case when j.appraisal__state is null then j.appraisal__house_grade is not null end as unsafe_house__is_graded,
    j.unsafe_house__is_unsafe,
    case
        when j.appraisal__house_grade is null then null
        when j.is_renovated_after then true
        when j.renovation__state is null then false
    end as unsafe_house__renovated_after,
    case
        when j.known_dwelling_rights > 1 then null
        when j.has_property_gap then j.property_gap
        when j.known_dwelling_rights is null then 'no_batch'
    end as property__state,
    j.known_dwelling_rights as property__dwelling_rights,
    j.known_rights as property__rights,
    case
        when j.known_dwelling_rights > 1 then true
        when j.has_property_gap or j.known_dwelling_rights is null then null
        else false
    end as property__has_other_dwelling,
    j.property__batch_id,
    j.property__row_no,
    case
        when j.known_city_flats > 0 then null
        when j.has_property_gap then j.property_gap
        when j.known_city_flats is null then 'no_batch'
    end as city_flat__state,
    j.known_city_flats as city_flat__rights,
    case
        when j.known_city_flats > 0 then true
        when j.has_property_gap or j.known_city_flats is null then null
        else false
    end as city_flat__is_owned,
    j.city_flat__usage,
    j.city_flat__batch_id,
    j.city_flat__row_no
from judged as j
