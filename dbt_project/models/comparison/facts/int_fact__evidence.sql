{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}, indexes=[{'columns': ['person_key'], 'unique': true}]) }}
{#- int_identity__evidence once more, now knowing which lists speak for the night's period. -#}
{%- set extracts = mention_extracts() %}
with period as (

    select
        {%- for extract in extracts %}
        max(state) filter (where extract = '{{ extract }}') as {{ extract }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_fact__period') }}

)

select
    e.person_key
    {%- for extract in extracts %},
    coalesce(p.{{ extract }}, e.{{ extract }}) as {{ extract }},
    e.{{ extract }}__waits
    {%- endfor %}
from {{ ref('int_identity__evidence') }} as e
cross join period as p
