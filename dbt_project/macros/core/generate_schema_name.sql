{#- A model's schema is what its folder says. `schema_prefix` puts a whole build beside the standing one (replay). -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ var('schema_prefix', '') }}{{ custom_schema_name or target.schema }}
{%- endmacro %}
