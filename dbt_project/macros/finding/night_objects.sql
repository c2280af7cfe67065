{#- Grains of tonight's rules whose findings have an object, with the object's SQL: the periods a night looks at. -#}
{% macro night_periods() -%}
    {{ return(_rule_columns("grain, object_sql", "object_sql is not null")) }}
{%- endmacro %}

{#- Grains that can tell a missing object row from a missing object: SQL over the subject's own row. -#}
{% macro night_absences() -%}
    {{ return(_rule_columns("grain, subject_kind, absence_sql", "absence_sql is not null")) }}
{%- endmacro %}

{#- Distinct columns of tonight's active rules under a condition, as lists. -#}
{% macro _rule_columns(columns, condition) -%}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- set rows = run_query(
            "select distinct " ~ columns ~ " from ledger.night_rule where as_of = " ~ as_of()
            ~ " and status = 'active' and " ~ condition ~ " order by 1"
        ) -%}
        {%- for row in rows -%}{%- do found.append(row.values() | list) -%}{%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}
