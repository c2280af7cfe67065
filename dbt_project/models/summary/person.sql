{{ config(
    materialized='night_rows',
    key=['person_key'],
    meta={'dist_key': 'person_key'},
    post_hook='create index if not exists person_key_idx on {{ this }} (person_key)',
) }}
{#-
    Every department's facts beside the registry's, as an auditor reads them: audit.person. What moves with the night
    alone (ages, terms) and what nobody needs here (phones, certificate numbers) is left out: a row changes only when
    the registry, a department or a finding does.
-#}

with person as (
    select * from {{ ref('int_fact__person') }}
),

open_finding as (
    select
        subject_key,
        count(*)::int as findings
    from {{ this_night(ref('finding')) }}
    where
        subject_kind = 'person'
        and state in ('open', 'confirmed')
    group by subject_key
),

final as (
    select
        -- ids
        p.person_key,
        p.person_no,
        p.household_key,
        p.household_no,
        p.person_name,
        p.id_no,
        p.id_state,

        -- place
        p.county_code,
        p.town_code,
        p.village_code,

        -- registry
        p.registry_batch_id,
        p.registry_row_no,
        p.relation_to_head,
        p.sex,
        p.birth_date,
        p.ethnicity,
        p.education_level,
        p.student_status,
        p.is_dropout,
        p.health_status,
        p.labour_skill,
        p.work_area,
        p.work_months,
        p.has_resident_insurance,
        p.has_employee_insurance,
        p.has_serious_illness_insurance,
        p.has_medical_assistance,
        p.dibao_status,
        p.tekun_status,
        p.public_post,
        p.person_identified_on,
        p.household_type,
        p.exit_attribute,
        p.exit_year,
        p.monitor_category,
        p.is_monitored,
        p.is_living,
        p.registry_identity,
        p.registry_identities,

        -- health insurance
        p.basic_insurance__state,
        p.basic_insurance__is_insured,
        p.hi_roll__state,
        p.hi_roll__status,
        p.hi_roll__insurance_kind,
        p.hi_roll__has_serious_illness_insurance,
        p.hi_roll__paid_on,
        p.hi_roll__personal_amount,
        p.hi_roll__subsidy_amount,
        p.premium_subsidy__state,
        p.premium_subsidy__amount,
        p.premium__payment_month,
        p.premium__identities,
        p.hi_subsidy_target__state,
        p.hi_subsidy_target__assist_identity,
        p.hi_settlement__state,
        p.hi_settlement__settlements,
        p.hi_settlement__fee_total,
        p.hi_settlement__in_scope_amount,
        p.hi_settlement__reimbursed,
        p.hi_settlement__assist_fund_pay,
        p.hi_settlement__self_paid,
        p.hi_chronic__state,
        p.hi_chronic__has_certificate,
        p.hi_chronic__chronic_disease,
        p.hi_chronic__valid_to,
        p.hi_chronic__has_contract,
        p.hi_chronic__signed_on,

        -- civil affairs
        p.death__state,
        p.death__is_dead,
        p.death__died_on,
        p.dibao__state,
        p.dibao__is_covered,
        p.dibao__dibao_kind,
        p.dibao__dibao_tier,
        p.dibao__month,
        p.tekun__state,
        p.tekun__is_listed,
        p.tekun__support_mode,
        p.disability__state,
        p.disability__is_listed,
        p.disability__disability_category,
        p.disability__disability_grade,
        p.disability__living_subsidy,
        p.disability__nursing_subsidy,
        p.marriage__state,
        p.marriage__last_kind,
        p.marriage__last_on,

        -- education
        p.enrolled__state,
        p.enrolled__is_enrolled,
        p.enrolled__study_stage,
        p.school_roll__state,
        p.school_roll__school_name,
        p.school_roll__grade,
        p.edu_compare__state,
        p.edu_compare__not_in_school_reason,
        p.edu_compare__aid_amount,
        p.edu_compare__aid_items,
        p.yulu__state,
        p.yulu__is_paid,
        p.yulu__aid_amount,

        -- housing
        p.property__state,
        p.property__rights,
        p.property__dwelling_rights,

        coalesce(o.findings, 0) as open_findings
    from person as p
    left join open_finding as o on p.person_key = o.subject_key
)

select * from final
