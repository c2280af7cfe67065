{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}) }}
{#- Rows of the chronic list and the persons they speak for, with what the night's date says of each. -#}
select
    *,
    certificate_no is not null or (chronic_disease is not null and issued_on is not null) as is_certificate,
    coalesce(issued_on, {{ as_of() }}) <= {{ as_of() }} and coalesce(valid_to, {{ as_of() }}) >= {{ as_of() }}
        as is_valid,
    extract(year from signed_on) = {{ insurance_year() }} and signed_on <= {{ as_of() }} as is_contract_of_year
from {{ linked_rows('stg_health_insurance__hi_chronic') }} as c
