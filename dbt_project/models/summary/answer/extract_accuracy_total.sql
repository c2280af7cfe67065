{{ config(materialized='night_rows', key=['county_code', 'department', 'extract']) }}
{#-
    extract_accuracy over all rules and months, for publication. Withheld where the wrong or the right ones are few, and
    where another list of the county is read by the same rules and a few answers more: the two would give those.
-#}
with total as (
    select
        county_code,
        department,
        extract,
        sum(judged)::bigint as judged,
        sum(wrong)::bigint as wrong,
        array_agg(distinct rule_id) filter (where judged > 0) as rules
    from {{ this_night(ref('extract_accuracy')) }}
    group by county_code, department, extract
),

contained as (
    select distinct
        one.county_code,
        one.extract
    from total as one
    inner join total as other
        on one.county_code = other.county_code and one.extract <> other.extract and one.rules <@ other.rules
    where
        {{ is_small('other.judged - one.judged') }}
        or (
            -- Wrong of the registry and wrong of a department are no parts of each other.
            (one.department = 'registry') = (other.department = 'registry')
            and (
                {{ is_small('other.wrong - one.wrong') }}
                or {{ is_small('other.judged - other.wrong - one.judged + one.wrong') }}
            )
        )
)

select
    t.county_code,
    t.department,
    t.extract,
    t.judged,
    t.wrong,
    {{ is_small('t.wrong') }} or {{ is_small('t.judged - t.wrong') }} or c.extract is not null as is_withheld
from total as t
left join contained as c on t.county_code = c.county_code and t.extract = c.extract
