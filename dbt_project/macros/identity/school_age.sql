{#- 1 September on or before the night: ages in education are counted there. -#}
{% macro school_year_start() -%}
    date '{{ school_year() }}-09-01'
{%- endmacro %}

{#-
    Age on 1 September from which a number on a pupil's row can only be somebody else's. Wide on purpose: it must not
    call a repeater an impostor.
-#}
{% macro oldest_student_age(study_stage) -%}
    case
        when {{ study_stage }} = '学前' then 12
        when {{ study_stage }} = '小学' then 22
        when {{ study_stage }} in ('初中', '特殊教育') then 25
        when {{ study_stage }} in ('普通高中', '中职') then 30
        when {{ study_stage }} in ('高职高专', '本科') then 40
        when {{ study_stage }} = '研究生' then 60
        else 30
    end
{%- endmacro %}
