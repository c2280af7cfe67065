{#-
    A model's schema is what its folder says. `schema_prefix` puts the marts of a whole build beside the standing ones
    (replay, rebuild); what they are made from, staging and reference, is the same for both.
-#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ beside(custom_schema_name or target.schema) }}
{%- endmacro %}

{#- The schema itself, or the one beside it that this build writes. -#}
{% macro beside(schema) -%}
    {{- (var('schema_prefix', '') if schema.startswith('mart_') else '') ~ schema -}}
{%- endmacro %}
