{#- Which rung of school a stage is on: general and vocational schools stand side by side. -#}
{% macro level_of_stage(stage) -%}
    case
        when {{ stage }} in ('普通高中', '中职') then '高中'
        when {{ stage }} in ('高职高专', '本科') then '高等'
        else {{ stage }}
    end
{%- endmacro %}
