{#- Whether two values of one attribute contradict each other: agree, contradict; unknown where either side has none. -#}
{% macro contradiction(ours, theirs) -%}
    case
        when {{ ours }} is null or {{ theirs }} is null then 'unknown'
        when {{ ours }} = {{ theirs }} then 'agree'
        else 'contradict'
    end
{%- endmacro %}
