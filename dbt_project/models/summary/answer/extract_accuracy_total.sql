{{ config(materialized='night_rows', key=['county_code', 'department', 'extract']) }}
{#- extract_accuracy over all rules and months, for publication: withheld where the wrong or the right ones are few. -#}
with total as (
    select
        county_code,
        department,
        extract,
        sum(judged)::bigint as judged,
        sum(wrong)::bigint as wrong
    from {{ this_night(ref('extract_accuracy')) }}
    group by county_code, department, extract
)

select
    *,
    wrong between 1 and {{ min_cell() }} - 1 or judged - wrong between 1 and {{ min_cell() }} - 1 as is_withheld
from total
