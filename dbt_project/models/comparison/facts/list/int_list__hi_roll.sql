{{ config(materialized='ephemeral') }}
{#- The roll of the insurance year. The row that speaks for a person is one in normal status, then one of the resident scheme. -#}
with roll_row as (

    select
        *,
        -- a status nobody can read is still a row on the roll
        coalesce(status, '正常参保') = '正常参保' as is_normal,
        insurance_kind ~ '职工|^310$' as is_employee_kind
    from {{ linked_rows('stg_health_insurance__hi_roll') }} as r
    where insurance_year = {{ insurance_year() }}

),

ranked as (

    select
        *,
        count(*) over person as rows_of_person,
        bool_or(is_normal) over person as is_insured,
        bool_or(is_normal and not is_employee_kind) over person as is_resident,
        bool_or(is_normal and is_employee_kind) over person as is_employee,
        bool_or(has_serious_illness_insurance) filter (where is_normal) over person as has_serious_illness,
        sum(personal_amount) filter (where not is_employee_kind) over person as resident_personal_amount,
        sum(subsidy_amount) filter (where not is_employee_kind) over person as resident_subsidy_amount,
        row_number() over (
            partition by person_key
            order by is_normal desc nulls last, is_employee_kind nulls last, batch_id, row_no
        ) as turn
    from roll_row
    window person as (partition by person_key)

)

select * from ranked
where turn = 1
