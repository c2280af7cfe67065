{#- What the human resources bureau adds; see added_departments. -#}
{% macro department__human_resources() -%}
    {{ return({
        'mentions': [
            {'model': 'stg_human_resources__post_holder', 'role': 'self'},
            {'model': 'stg_human_resources__skills_training', 'role': 'self'},
        ],
        'person_facts': ['int_fact__human_resources'],
        'compares_names': true,
        'is_compared': true,
    }) }}
{%- endmacro %}
