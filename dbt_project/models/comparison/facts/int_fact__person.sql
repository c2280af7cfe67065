{{ planned_for_volume() }}
{{ config(
    meta={'dist_key': 'person_key'},
    indexes=[{'columns': ['person_key'], 'unique': true}, {'columns': ['household_key']}],
) }}
{#- Each part has one row per registry person and names of its own; `using` keeps one person_key. -#}
select *
from {{ ref('int_fact__registry') }}
inner join {{ ref('int_fact__death') }} using (person_key)
inner join {{ ref('int_fact__name') }} using (person_key)
inner join {{ ref('int_fact__health_lists') }} using (person_key)
inner join {{ ref('int_fact__settlement_year') }} using (person_key)
inner join {{ ref('int_fact__premium_month') }} using (person_key)
inner join {{ ref('int_fact__civil_affairs') }} using (person_key)
inner join {{ ref('int_fact__marriage') }} using (person_key)
inner join {{ ref('int_fact__education') }} using (person_key)
inner join {{ ref('int_fact__property') }} using (person_key)
{% for part in added_person_facts() -%}
    inner join {{ ref(part) }} using (person_key)
{% endfor -%}
