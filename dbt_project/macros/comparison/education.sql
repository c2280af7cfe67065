{#- Which rung of school a stage is on: general and vocational schools stand side by side. -#}
{% macro level_of_stage(stage) -%}
    case
        when {{ stage }} in ('普通高中', '中职') then '高中'
        when {{ stage }} in ('高职高专', '本科') then '高等'
        else {{ stage }}
    end
{%- endmacro %}

{#- Who says that a child is out of school: the comparison list's reason, else the row that shows the child enrolled. -#}
{% macro dropout_row() -%}
    {%- set says_why = 'f.edu_compare__not_in_school_reason is not null' -%}
    {{ return({
        'extract': "case when " ~ says_why ~ " then 'edu_compare' else coalesce(f.enrolled__extract, 'school_roll') end",
        'batch_id': 'case when ' ~ says_why ~ ' then f.edu_compare__batch_id else f.enrolled__batch_id end',
        'row_no': 'case when ' ~ says_why ~ ' then f.edu_compare__row_no else f.enrolled__row_no end',
        'link_tier': "case
            when " ~ says_why ~ " or f.enrolled__extract = 'edu_compare' then f.edu_compare__link_tier
            when f.enrolled__extract = 'school_roll' then f.school_roll__link_tier
        end",
    }) }}
{%- endmacro %}
