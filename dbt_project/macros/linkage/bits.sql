{#- Weight of a level in bits with another u than its own, within the model's cap and floor; `w` has m, cap and floor. -#}
{% macro bits(w, u) -%}
    round(
        greatest({{ w }}.weight_floor, least({{ w }}.weight_cap, log({{ w }}.m / {{ u }}) / log(2)))::numeric, 2
    )::double precision
{%- endmacro %}
