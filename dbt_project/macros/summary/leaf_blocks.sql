{#-
    The blocks that are a column of a household or a person: name → category of a row, as SQL. A further figure of the books
    adds its block here and its cells in int_summary__figure.
-#}

{#- What is said of whom it is known and true of; everybody else is outside. -#}
{% macro category_where(condition, category, otherwise) -%}
    case
        when {{ condition }} then {{ category }}
        when {{ condition }} is null then '-not_comparable'
        else '-{{ otherwise }}'
    end
{%- endmacro %}

{#- Of households, and of their members: counted once as households and once by `members`. -#}
{% macro household_and_member_blocks() -%}
    {{ return({
        'exit': "case
            when exit_attribute = '返贫' then concat_ws(':', 'returned', exit_year)
            when exit_attribute = '脱贫' then concat_ws(':', 'exited', exit_year)
            when exit_attribute is not null or is_poor_registered then 'unexited'
            else '-not_registered_as_poor'
        end",
        'type': "coalesce(household_type, '未填写')",
        'cause': "case
            when coalesce(exit_attribute, case when is_poor_registered then '' end) is null then '-not_registered_as_poor'
            when exit_attribute = '脱贫' then '-exited'
            else coalesce(cause_1, '未填写')
        end",
        'monitor': "case when is_monitored then monitor_category else '-not_monitored' end",
    }) }}
{%- endmacro %}

{#- Of households alone. -#}
{% macro household_blocks() -%}
    {{ return({
        'dibao': category_where('dibao__is_covered', "'covered'", 'not_covered'),
        'tekun': category_where('tekun__is_listed', "'listed'", 'not_listed'),
        'assisted': category_where('hi_settlement__assist_fund_pay > 0', "'assisted'", 'not_assisted'),
    }) }}
{%- endmacro %}

{#- Of persons (coverage_person). -#}
{% macro person_blocks() -%}
    {%- set blocks = {
        'dibao_tier': category_where('dibao__is_covered', "coalesce(dibao__dibao_tier, '未填写')", 'not_covered'),
        'dibao_kind': category_where('dibao__is_covered', "coalesce(dibao__dibao_kind, '未填写')", 'not_covered'),
        'tekun_mode': category_where('tekun__is_listed', "coalesce(tekun__support_mode, '未填写')", 'not_listed'),
        'disability_grade': category_where(
            'disability__is_listed', "coalesce(disability__disability_grade, '未填写')", 'not_listed'
        ),
        'contract': category_where('hi_chronic__has_contract', "'signed'", 'not_signed'),
    } -%}
    {%- do blocks.update(coverage_blocks()) -%}
    {{ return(blocks) }}
{%- endmacro %}
