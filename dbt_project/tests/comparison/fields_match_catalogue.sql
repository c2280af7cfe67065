{#-
    Every field of reference.compared_field is compared, for the subject it names, and nothing else is.
    Runs with the comparison layer; a failure is mended in the model or in the seed.
-#}
{%- set departments = ['health_insurance', 'civil_affairs', 'education', 'housing'] %}
with compared as (
    {%- for department in departments %}
    select distinct
        '{{ department }}' as department,
        field,
        subject_kind as subject
    from {{ this_night(ref('comparison_' ~ department)) }}
    {{ 'union all' if not loop.last }}
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

(select 'not compared' as problem, * from wanted except select 'not compared', * from compared)
union all
(select 'not in the catalogue', * from compared except select 'not in the catalogue', * from wanted)
