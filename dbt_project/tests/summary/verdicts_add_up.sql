{#-
    Nobody is lost between registry, comparison and summary: of every field, the cells of the counties add up to the
    persons (or households) whose county is known. A failure is mended in int_summary__leaf or int_summary__cell.
-#}
with subject as (
    select
        'person' as subject,
        count(*) as subjects
    from {{ this_night(ref('person')) }}
    where county_code is not null
    union all
    select
        'household' as subject,
        count(*) as subjects
    from {{ this_night(ref('household')) }}
    where county_code is not null
),

summed as (
    select
        split_part(block, '|', 2) as department,
        split_part(block, '|', 3) as field,
        sum(value) as subjects
    from {{ ref('int_summary__cell') }}
    where block like 'comparison|%' and division_level = 'county'
    group by 1, 2
)

select
    f.department,
    f.field,
    s.subjects,
    summed.subjects as summed
from {{ ref('compared_field') }} as f
inner join subject as s on f.subject = s.subject
left join summed on f.department = summed.department and f.field = summed.field
where s.subjects <> coalesce(summed.subjects, 0)
