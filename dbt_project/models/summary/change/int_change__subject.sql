{#-
    Persons and households whose row differs from the night before: `is_moved` (in or out of the registry, or to another
    place) and `has_other_facts`, which time alone does not bring about (see the models person and household).
-#}
{%- set subjects = {'person': 'person_key', 'household': 'household_key'} -%}
{%- set bookkeeping = ['row_hash', 'from_night', 'to_night', 'open_findings', 'registry_batch_id', 'registry_row_no'] -%}
with
{%- for kind, key in subjects.items() %}
{{ kind }}_change as (
    select
        '{{ kind }}' as subject_kind,
        coalesce(n.{{ key }}, o.{{ key }}) as subject_key,
        o.{{ key }} is null or n.{{ key }} is null as is_in_or_out,
        jsonb_build_array(o.county_code, o.town_code, o.village_code)
        <> jsonb_build_array(n.county_code, n.town_code, n.village_code) as is_elsewhere,
        to_jsonb(o) - '{ {{- bookkeeping | join(', ') -}} }'::text[]
        <> to_jsonb(n) - '{ {{- bookkeeping | join(', ') -}} }'::text[] as has_other_facts
    from {{ rows_gone(ref(kind)) }} as o
    full outer join {{ rows_come(ref(kind)) }} as n on o.{{ key }} = n.{{ key }}
),
{% endfor %}
everybody as (
    select * from person_change
    union all
    select * from household_change
)

select
    subject_kind,
    subject_key,
    is_in_or_out or is_elsewhere as is_moved,
    has_other_facts
from everybody
where is_in_or_out or is_elsewhere or has_other_facts
