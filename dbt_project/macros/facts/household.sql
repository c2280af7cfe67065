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
