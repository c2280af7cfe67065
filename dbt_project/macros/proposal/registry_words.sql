{#- What a department says, in the words of the registry's own columns. -#}

{#-
    A name that differs by one character, or replaces one that a system could not write (a ? or pinyin) in the registry;
    else the registry's own. Normalised, so that two departments that write it alike count as two.
-#}
{% macro proposed_name(name, grade) -%}
    case
        when {{ grade }} = 'one_character' then parse.person_name({{ name }})
        when {{ grade }} = 'variant' and f.person_name ~ '[?？A-Za-z]' and {{ name }} !~ '[?？A-Za-z]'
            then parse.person_name({{ name }})
        when {{ grade }} in ('same', 'variant') then f.person_name
    end
{%- endmacro %}

{#-
    在校生状况 for a stage and a grade as a school writes it; the registry's own value where it says the same stage and
    names no other year. NULL where the year that the registry asks for is not known.
-#}
{% macro proposed_student_status(stage, grade) -%}
    {%- set year -%}
        parse.school_grade({{ grade }}, {{ stage }}, {{ school_year() }})
    {%- endset -%}
    case
        when {{ stage }} = f.registry_stage
            and (
                f.registry_grade_year is null
                or {{ year }} is null
                or f.registry_grade_year = case
                    when {{ stage }} = '初中' then {{ year }} - 6
                    when {{ stage }} in ('普通高中', '中职') then {{ year }} - 9
                    else {{ year }}
                end
            )
            then f.student_status
        when {{ stage }} = '学前' then '学前教育'
        when {{ stage }} in ('小学', '本科') then {{ stage }}
        when {{ stage }} = '初中' then case {{ year }} when 7 then '七年级' when 8 then '八年级' when 9 then '九年级' end
        when {{ stage }} in ('普通高中', '中职')
            then
                {{ stage }}
                || case {{ year }} when 10 then '一年级' when 11 then '二年级' when 12 then '三年级' end
    end
{%- endmacro %}

{#- 健康状况 with what the certificates and the disability list add; 健康 gives way to it. -#}
{% macro proposed_health_status() -%}
    concat_ws(
        '、',
        nullif(f.health_status, '健康'),
        case when f.hi_chronic__has_certificate and f.is_chronic is not true then '长期慢性病' end,
        case when f.disability__is_listed and f.is_disabled is not true then '残疾' end
    )
{%- endmacro %}

{#- The department that sends an extract, as a case over a column; the registry for its own. -#}
{% macro department_of(extract) -%}
    case
        when {{ extract }} like 'registry%' then 'registry'
        {%- for source in mention_sources() %}
        when {{ extract }} = '{{ extract_of(source.model) }}' then '{{ source.model.split('__')[0][4:] }}'
        {%- endfor %}
    end
{%- endmacro %}
