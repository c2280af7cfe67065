{#- Aggregate: the one value of a column, NULL where rows differ or none says. -#}
{% macro agreed(column) -%}
    case when min({{ column }}) = max({{ column }}) then min({{ column }}) end
{%- endmacro %}
