{#- Words of the code lists that facts read; staging has mapped each generation of a list to these. -#}

{#- Whether a health status (which may name several, joined) includes a word. NULL when blank. -#}
{% macro health_includes(health_status, word) -%}
    {{ health_status }} like '%{{ word }}%'
{%- endmacro %}

{#- Whether an insurance status says covered. NULL: blank, or a status that no list knows. -#}
{% macro is_covered(status) -%}
    case when {{ status }} = '正常参保' then true when {{ status }} in ('暂停参保', '终止参保', '未参保') then false end
{%- endmacro %}

{#- 学前, 小学, 初中, 普通高中, 中职, 高职高专, 本科, 研究生 by 在校生状况; NULL: not a student. -#}
{% macro stage_of_student_status(student_status) -%}
    case
        when {{ student_status }} ~ '非在校|学龄前儿童' then null
        when {{ student_status }} ~ '学前教育|幼儿园|^学前$' then '学前'
        when {{ student_status }} ~ '小学' then '小学'
        when {{ student_status }} ~ '七年级|八年级|九年级|初中' then '初中'
        -- before 中职: 高[职高]专 reads like 职高
        when {{ student_status }} ~ '高职|大专|专科|技师' then '高职高专'
        when {{ student_status }} ~ '中职|中专|技工|职业高中|职高' then '中职'
        when {{ student_status }} ~ '硕士|博士|研究生' then '研究生'
        when {{ student_status }} ~ '本科' then '本科'
        when {{ student_status }} ~ '高中' then '普通高中'
    end
{%- endmacro %}

{#- The year within the stage that 在校生状况 names; NULL where it names none. -#}
{% macro grade_year_of_student_status(student_status) -%}
    case
        when {{ student_status }} ~ '七年级|一年级' then 1
        when {{ student_status }} ~ '八年级|二年级' then 2
        when {{ student_status }} ~ '九年级|三年级' then 3
        when {{ student_status }} ~ '四年级' then 4
        when {{ student_status }} ~ '五年级' then 5
        when {{ student_status }} ~ '六年级' then 6
    end
{%- endmacro %}

{#- 一级 (gravest) to 四级 by the digit of a disability number. -#}
{% macro grade_word(digit) -%}
    case {{ digit }} when '1' then '一级' when '2' then '二级' when '3' then '三级' when '4' then '四级' end
{%- endmacro %}

{#- The category by the digit of a disability number (GB/T 26341). -#}
{% macro disability_category_word(digit) -%}
    case {{ digit }}
        when '1' then '视力' when '2' then '听力' when '3' then '言语' when '4' then '肢体'
        when '5' then '智力' when '6' then '精神' when '7' then '多重'
    end
{%- endmacro %}

{#- A flat of the town housing market; one given for resettlement is none. -#}
{% macro is_city_flat(usage, location) -%}
    coalesce({{ usage }} ~ '成套住宅|城镇住宅|商品住|商品房|公寓|别墅', false)
    and coalesce({{ usage }} !~ '安置|搬迁', true)
    and coalesce({{ location }} !~ '安置|搬迁', true)
{%- endmacro %}

{#- What tells one right from another: rows of several holders carry the same certificate. -#}
{% macro right_key(row) -%}
    coalesce({{ row }}.certificate_no, {{ row }}.location, {{ row }}.batch_id || '-' || {{ row }}.row_no)
{%- endmacro %}

{#- A right to live somewhere; a blank usage counts, a shop or a field does not. -#}
{% macro is_dwelling_usage(usage) -%}
    coalesce({{ usage }} ~ '住宅|居住|住房|宅基地|公寓|别墅|商品房|房改', {{ usage }} is null)
{%- endmacro %}

{#- 特困, 低保 or 其他 by 户类型; NULL when blank. -#}
{% macro household_kind(household_type) -%}
    case
        when {{ household_type }} ~ '五保|特困' then '特困'
        when {{ household_type }} ~ '低保' then '低保'
        when {{ household_type }} is not null then '其他'
    end
{%- endmacro %}
