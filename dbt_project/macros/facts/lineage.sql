{#-
    The five lineage columns of an extract in a wide fact table: state, batch, row, tier, linked rows.
    `evidence` and `row` are aliases; `row` is the row that speaks (left joined), with `rows_of_person`.
-#}
{% macro lineage(extract, evidence, row) -%}
    {{ evidence }}.{{ extract }} as {{ extract }}__state,
    case when {{ evidence }}.{{ extract }} is null then {{ row }}.batch_id end as {{ extract }}__batch_id,
    case when {{ evidence }}.{{ extract }} is null then {{ row }}.row_no end as {{ extract }}__row_no,
    case when {{ evidence }}.{{ extract }} is null then {{ row }}.link_tier end as {{ extract }}__link_tier,
    case when {{ evidence }}.{{ extract }} is null then coalesce({{ row }}.rows_of_person, 0)::int end as {{ extract }}__rows
{%- endmacro %}

{#- The name on that row and how far it is from the registry's. -#}
{% macro name_on_row(extract, evidence, row) -%}
    case when {{ evidence }}.{{ extract }} is null then {{ row }}.person_name end as {{ extract }}__person_name,
    case when {{ evidence }}.{{ extract }} is null then {{ row }}.link_name_grade end as {{ extract }}__name_grade
{%- endmacro %}

{#- What the row says, only where the list is comparable. -#}
{% macro said(extract, evidence, value, name) -%}
    case when {{ evidence }}.{{ extract }} is null then {{ value }} end as {{ extract }}__{{ name }}
{%- endmacro %}
