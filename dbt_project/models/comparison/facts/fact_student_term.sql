{{ config(materialized='view') }}
{#- int_fact__student_term with the periods of the night; its school year is the term's own. -#}
select
    said.*,
    {{ as_of() }} as as_of,
    {{ insurance_year() }} as insurance_year,
    {{ school_term() }} as school_term
from {{ ref('int_fact__student_term') }} as said
