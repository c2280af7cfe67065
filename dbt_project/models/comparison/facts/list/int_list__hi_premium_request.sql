{{ config(materialized='ephemeral') }}
{#- Requests for the insurance year. The row that speaks for a person is that of the largest subsidy. -#}
with ranked as (

    select
        *,
        count(*) over person as rows_of_person,
        sum(subsidy_amount) over person as subsidy_of_person,
        sum(personal_amount) over person as personal_of_person,
        row_number() over (partition by person_key order by coalesce(subsidy_amount, 0) desc, batch_id, row_no) as turn
    from {{ linked_rows('stg_health_insurance__hi_premium_request') }} as r
    -- The list keeps the requests of earlier years; only those for this insurance year pay for it.
    where {{ premium_year('request_batch', insurance_year()) }} = {{ insurance_year() }}
    window person as (partition by person_key)

)

select * from ranked
where turn = 1
