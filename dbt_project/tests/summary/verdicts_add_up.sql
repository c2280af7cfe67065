{#-
    Nobody is lost between comparison and summary: of every field, the cells of the counties add up to the subjects whose
    county is known. A failure is mended in int_summary__leaf or int_summary__cell.
-#}
{%- set departments = ['health_insurance', 'civil_affairs', 'education', 'housing'] %}
with compared as (
    {%- for department in departments %}
    select
        'comparison|{{ department }}|' || field as block,
        count(*) as subjects
    from {{ this_night(ref('comparison_' ~ department)) }}
    where county_code is not null
    group by 1
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

summed as (
    select
        block,
        sum(value) as subjects
    from {{ ref('int_summary__cell') }}
    where block like 'comparison|%' and division_level = 'county'
    group by 1
)

select
    c.block,
    c.subjects,
    s.subjects as summed
from compared as c
full join summed as s on s.block = c.block
where c.subjects is distinct from s.subjects
