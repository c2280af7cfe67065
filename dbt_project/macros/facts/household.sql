{#- What is counted over the members of a household: column → condition on a row of int_fact__person. -#}
{% macro household_member_counts() -%}
    {{ return({
        'members': 'true',
        'living_members': 'is_living',
        'heads': 'is_head',
        'male_members': "known_sex = '男'",
        'female_members': "known_sex = '女'",
        'ill_members': 'is_chronic or is_seriously_ill',
        'disabled_members': 'is_disabled',
        'health_unknown_members': 'health_status is null',
        'student_members': 'is_student',
        'labour_members': 'is_labour',
        'weak_labour_members': 'is_weak_labour',
        'without_labour_members': 'is_without_labour',
        'labour_unknown_members': 'labour_skill is null',
        'living_labour_members': 'is_living and (is_labour or is_weak_labour)',
        'living_labour_unknown_members': 'is_living and labour_skill is null',
        'recently_dead_ill_members': 'not is_living and (is_chronic or is_seriously_ill or is_disabled)',
    }) }}
{%- endmacro %}

{#- Columns of the registry's household row that are facts of a household as they stand; `row` is an alias. -#}
{% macro registry_household_facts(row) -%}
    {%- for column in [
        'county_name', 'town_name', 'village_name', 'hamlet_name',
        'household_type', 'exit_attribute', 'exit_year',
        'monitor_category', 'no_labour_guarantee', 'monitored_from', 'risk_cleared', 'risk_cleared_on', 'clear_mode',
        'risk_1', 'risk_2', 'risk_3', 'risk_4', 'risk_5', 'disaster_subtype', 'cause_1',
        'income_per_capita', 'income_wage', 'income_business', 'income_transfer', 'compliant_self_paid',
        'is_unsafe_house', 'house_area_m2', 'has_safe_water', 'house_grade',
        'measure_health', 'measure_education', 'measure_compulsory_edu', 'measure_housing', 'measure_relocation',
        'measure_social', 'measure_employment', 'household_phone'
    ] -%}
        {{ row }}.{{ column }}{{ ',\n    ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- Whether a household was ever registered as poor: the identity stays after exit. -#}
{% macro is_poor_registered(household_type, exit_attribute) -%}
    coalesce({{ household_type }} ~ '脱贫户|贫困户', false) or {{ exit_attribute }} is not null
{%- endmacro %}
