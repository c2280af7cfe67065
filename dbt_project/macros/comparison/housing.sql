{#-
    The identity a renovation was funded under, as the civil lists know it: 低保, 特困 or 其他 (registered, disabled,
    on the margin of dibao …). Two generations of the list are in use. 其他 is true of every registered household, so it
    contradicts nothing; 低保 or 特困 must be held.
-#}
{% macro renovation_identity_kind(house_identity) -%}
    case
        when {{ house_identity }} like '%特困%' or {{ house_identity }} like '%五保%' then '特困'
        when {{ house_identity }} like '%低保户%' then '低保'
        when {{ house_identity }} is not null then '其他'
    end
{%- endmacro %}
