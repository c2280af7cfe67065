{#-
    Whom a row is about and where the registry says so, as comparisons and proposals begin. `row` is the alias of a relation
    with one row per registry person or household.
-#}
{% macro subject_columns(kind, row='f') -%}
    '{{ kind }}' as subject_kind,
        {{ row }}.{{ kind }}_key as subject_key,
        {{ row }}.household_no,
        {{ row }}.county_code,
        {{ row }}.town_code,
        {{ row }}.village_code,
        {{ row }}.registry_batch_id,
        {{ row }}.registry_row_no
{%- endmacro %}
