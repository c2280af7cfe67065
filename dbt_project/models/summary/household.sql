{{ config(
    materialized='night_rows',
    key=['household_key'],
    meta={'dist_key': 'household_key'},
    post_hook='create index if not exists household_key_idx on {{ this }} (household_key)',
) }}
{#- Registry households with what departments say about them: audit.household. -#}

with household as (
    select * from {{ ref('int_fact__household') }}
),

head as (
    select
        person_key,
        id_no
    from {{ ref('int_fact__person') }}
    where is_head
),

open_finding as (
    -- Of the household and of its members.
    select
        household_key,
        count(*)::int as findings
    from {{ this_night(ref('finding')) }}
    where
        state in ('open', 'confirmed')
    group by household_key
),

final as (
    select
        -- ids
        h.household_key,
        h.household_no,
        h.head_person_key,
        h.head_name,
        head.id_no as head_id_no,

        -- place
        h.county_code,
        h.town_code,
        h.village_code,

        -- registry
        h.registry_batch_id,
        h.registry_row_no,
        h.household_type,
        h.exit_attribute,
        h.exit_year,
        h.monitor_category,
        h.monitored_from,
        h.risk_cleared,
        h.risk_cleared_on,
        h.is_monitored,
        h.risks,
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
        h.measure_housing,
        h.measure_relocation,
        h.measure_social,
        h.measure_employment,
        h.members,
        h.living_members,
        h.ill_members,
        h.disabled_members,
        h.student_members,
        h.labour_members,

        -- health insurance
        h.hi_settlement__assist_fund_pay,
        h.hi_settlement__self_paid,

        -- civil affairs
        h.dibao__state,
        h.dibao__is_covered,
        h.dibao__covered_members,
        h.dibao__dibao_kind,
        h.dibao__dibao_tier,
        h.dibao__monthly_amount,
        h.tekun__state,
        h.tekun__is_listed,
        h.tekun__listed_members,
        h.disability__listed_members,
        h.derived_kind,
        h.civil_payments,

        -- education
        h.school__enrolled_members,

        -- housing
        h.appraisal__state,
        h.appraisal__house_grade,
        h.appraisal__graded_on,
        h.appraisal__area_m2,
        h.appraisal__is_only_home,
        h.unsafe_house__is_unsafe,
        h.renovation__state,
        h.renovation__projects,
        h.renovation__is_accepted,
        h.renovation__plan_year,
        h.renovation__house_identity,
        h.property__state,
        h.property__dwelling_rights,
        h.property__has_other_dwelling,

        coalesce(o.findings, 0) as open_findings
    from household as h
    left join head on h.head_person_key = head.person_key
    left join open_finding as o on h.household_key = o.household_key
)

select * from final
