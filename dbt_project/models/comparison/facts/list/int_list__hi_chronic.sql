{{ config(materialized='ephemeral') }}
{#- Certificates and doctors' contracts. The row that speaks for a person is a valid certificate, of several the latest. -#}
with ranked as (

    select
        *,
        count(*) over person as rows_of_person,
        bool_or(is_certificate and is_valid) over person as has_certificate,
        bool_or(is_certificate) over person as has_any_certificate,
        bool_or(is_contract_of_year) over person as has_contract,
        max(signed_on) over person as last_signed_on,
        row_number() over (
            partition by person_key
            order by
                (is_certificate and is_valid) desc,
                is_certificate desc,
                issued_on desc nulls last,
                batch_id,
                row_no
        ) as turn
    from {{ ref('int_fact__chronic_row') }}
    window person as (partition by person_key)

)

select * from ranked
where turn = 1
