{#- Whether a normalised name has two characters that can be read: fewer tell nobody from anybody. -#}
{% macro is_a_name(name_norm) -%}
    coalesce(length(replace({{ name_norm }}, '?', '')) >= 2, false)
{%- endmacro %}
