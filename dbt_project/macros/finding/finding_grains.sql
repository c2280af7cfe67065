{#-
    Grain → the fact table it reads, as in rules/grains.yml. dbt must see every ref when it parses, so the tables are
    named here too; a test keeps the two the same.
-#}
{% macro finding_grains() -%}
    {{ return({
        'person': 'fact_person',
        'household': 'fact_household',
        'settlement': 'fact_settlement',
        'dibao_month': 'fact_dibao_month',
        'dibao_household_month': 'fact_dibao_month',
        'student_term': 'fact_student_term',
        'project': 'fact_project',
    }) }}
{%- endmacro %}
