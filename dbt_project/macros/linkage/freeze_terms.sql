{#- Hook: a model version that meets the county for the first time keeps tonight's frequencies for good. -#}
{% macro freeze_terms() -%}
    select reference.freeze_link_terms({{ link_model_version() }}, '{{ ref('int_identity__term') }}')
{%- endmacro %}
