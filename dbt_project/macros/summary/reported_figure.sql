{#-
    A tolerance of the figure audit: the newest value, the county's own before the shipped one. Not the night's: a report
    is also checked when it is loaded, outside any night.
-#}
{% macro figure_tolerance(name) -%}
    (
        select p.value::numeric
        from {{ source('reference', 'parameter') }} as p
        where
            p.rule_id = 'REG-17'
            and p.parameter = '{{ name }}'
            and p.division_code = ''
            and p.key = ''
            and p.value ~ '^[0-9]{1,9}([.][0-9]{1,9})?$'
        order by p.origin = 'county' desc, p.valid_from desc
        limit 1
    )
{%- endmacro %}

{#-
    Whether a share was printed as it is: rounded half up at the decimals that are printed, or nearer than the tolerance.
    `printed` keeps its decimals (numeric does).
-#}
{% macro share_holds(printed, computed) -%}
    (
        round({{ computed }}, scale({{ printed }})) = {{ printed }}
        or abs({{ computed }} - {{ printed }}) <= {{ figure_tolerance('pct_tol') }}
    )
{%- endmacro %}

{#- What a printed share looks like when it is rounded and when it is cut off, in both languages. -#}
{% macro share_note(printed, computed) -%}
    format(
        '四舍五入为 %s，截断为 %s%s · half-up %s, truncated %s%s',
        round({{ computed }}, scale({{ printed }})),
        trunc({{ computed }}, scale({{ printed }})),
        case when not {{ share_holds(printed, computed) }} and trunc({{ computed }}, scale({{ printed }})) = {{ printed }}
            then '，填报数是截断的' else '' end,
        round({{ computed }}, scale({{ printed }})),
        trunc({{ computed }}, scale({{ printed }})),
        case when not {{ share_holds(printed, computed) }} and trunc({{ computed }}, scale({{ printed }})) = {{ printed }}
            then '; it was truncated' else '' end
    )
{%- endmacro %}
