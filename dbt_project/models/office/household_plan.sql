{{ config(materialized='night_rows', key=['household_key'], meta={'dist_key': 'household_key'}) }}
{#-
    One household, one plan (一户一案): income below the plan line in force for the place, and what a plan starts from. Where
    no plan line is in force (the published one is of 2019), the line below which a household is to be monitored counts.
-#}
{%- set plan_line -%}
    coalesce({{ parameter('REG-08', 'plan_line') }}, {{ parameter('REG-07', 'monitor_line') }})
{%- endset %}
select
    f.household_key,
    f.household_no,
    f.county_code,
    f.town_code,
    f.village_code,
    f.members,
    f.income_per_capita,
    {{ plan_line }} as plan_line,
    f.household_type,
    f.cause_1,
    f.risks,
    f.labour_members,
    f.ill_members,
    f.disabled_members,
    f.student_members,
    nullif(concat_ws(
        '；', f.measure_health, f.measure_education, f.measure_housing, f.measure_social, f.measure_employment
    ), '') as measures
from {{ ref('int_fact__household') }} as f
where f.income_per_capita < {{ plan_line }}
