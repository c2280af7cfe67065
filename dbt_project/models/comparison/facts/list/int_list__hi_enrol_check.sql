{{ config(materialized='ephemeral') }}
{#-
    The check answers for each scheme and its year; another year's answer says nothing of this one, nor does a status that
    no list knows beside the flag. The row that speaks for a person is one that says yes.
-#}
with answer as (

    select
        *,
        case
            when year_resident <> {{ insurance_year() }} then null
            when {{ is_covered('status_student') }} then true
            when status_resident is null then is_resident
            else is_resident and {{ is_covered('status_resident') }}
        end as says_resident,
        case
            when year_employee <> {{ insurance_year() }} then null
            when status_employee is null then is_employee
            else is_employee and {{ is_covered('status_employee') }}
        end as says_employee
    from {{ linked_rows('stg_health_insurance__hi_enrol_check') }} as c

),

ranked as (

    select
        *,
        coalesce(says_resident or says_employee, says_resident, says_employee) as says_insured,
        count(*) over (partition by person_key) as rows_of_person,
        row_number() over (
            partition by person_key
            order by
                coalesce(says_resident, false) or coalesce(says_employee, false) desc,
                coalesce(says_resident, says_employee) is null,
                batch_id,
                row_no
        ) as turn
    from answer

)

select * from ranked
where turn = 1
