{{ config(materialized='view') }}
{#- What the lists say of a household, and what the night's date alone says beside it. -#}
{%- set counts = {
    'members_under_16': 'age < 16',
    'members_16_59': 'age between 16 and 59',
    'members_60_up': 'age >= 60',
} -%}
with by_age as (

    select
        household_key
        {%- for name, condition in counts.items() %},
        (count(*) filter (where {{ condition }}))::int as {{ name }}
        {%- endfor %}
    from {{ ref('fact_person') }}
    group by 1

)

select
    said.*,
    {{ period_columns() }}
    {%- for name in counts %},
    coalesce(by_age.{{ name }}, 0) as {{ name }}
    {%- endfor %}
from {{ ref('int_fact__household') }} as said
left join by_age on by_age.household_key = said.household_key
