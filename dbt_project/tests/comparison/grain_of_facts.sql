-- Rules and comparisons count on the grain of each fact table: a row that comes twice would be two findings.
{%- set grains = {
    'fact_person': ['person_key'],
    'fact_household': ['household_key'],
    'fact_settlement': ['person_key', 'batch_id', 'row_no'],
    'fact_dibao_month': ['person_key', 'month', 'benefit', 'batch_id', 'row_no'],
    'fact_student_term': ['person_key', 'term'],
    'fact_project': ['batch_id', 'row_no'],
} %}
{% for model, key in grains.items() %}
    select
        '{{ model }}' as fact_table,
        count(*) as rows_of_key
    from {{ ref(model) }}
    group by {{ key | join(', ') }}
    having count(*) > 1
    {{ 'union all' if not loop.last }}
{% endfor %}
