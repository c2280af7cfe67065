{#-
    Every field of reference.compared_field is compared, for the subject it names, and nothing else is.
    Runs with the comparison layer; a failure is mended in the model or in the seed.
-#}
{%- set departments = compared_departments() %}
with compared as (
    {%- for department in departments %}
        select distinct
            '{{ department }}' as department,
            field,
            subject_kind as subject
        from {{ this_night(ref('comparison_' ~ department)) }}
        {{- '\n        union all' if not loop.last }}
    {%- endfor %}
),

wanted as (
    select
        department,
        field,
        subject
    from {{ ref('compared_field') }}
    where
        (subject = 'person' and exists (select from {{ ref('fact_person') }}))
        or (subject = 'household' and exists (select from {{ ref('fact_household') }}))
)

select
    coalesce(w.department, c.department) as department,
    coalesce(w.field, c.field) as field,
    coalesce(w.subject, c.subject) as subject,
    case when c.field is null then 'not compared' else 'not in the catalogue' end as problem
from wanted as w
full join compared as c on w.department = c.department and w.field = c.field and w.subject = c.subject
where w.field is null or c.field is null
