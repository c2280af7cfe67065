{#-
    Blocks: the tables of counts that everything published is added up from. Every subject is in exactly one category of
    a block, so that suppression (mart_summary.cells_to_withhold) can reason about what is known. A category that begins
    with `-` is outside: the subjects that the block's figures are not about.

    Each macro is a select with block, county_code, town_code, village_code, category, value.
-#}

{#- Rows of a table, counted per place and category. -#}
{% macro counted_block(block, rows, category, value='count(*)') %}
    select
        {{ block }} as block,
        county_code,
        town_code,
        village_code,
        {{ category }} as category,
        {{ value }}::bigint as value
    from {{ rows }}
    group by 1, 2, 3, 4, 5
{%- endmacro %}

{#-
    What a comparison says, in the categories that anything published is made of: the verdicts; for the fields that
    coverage counts, who of those that agree has it (`agree:yes`); and for those where the registry names who is
    `entitled`, whom of those not comparable it entitles (`not_comparable:yes`).
-#}
{% macro comparison_category(counted, entitled, rows='') -%}
    {%- set at = rows ~ '.' if rows else '' -%}
    case
            when {{ at }}reason = 'out_of_scope' then '-out_of_scope'
            {%- if entitled %}
            when {{ at }}field in ('{{ entitled | join("', '") }}') and {{ at }}verdict = 'not_comparable'
                then 'not_comparable:' || case {{ at }}registry_value when '是' then 'yes' else 'no' end
            {%- endif %}
            {%- if counted or entitled %}
            when {{ at }}field in ('{{ (counted + entitled) | join("', '") }}') and {{ at }}verdict in ('agree', 'differ')
                then {{ at }}verdict || ':' || case {{ at }}department_value when '是' then 'yes' else 'no' end
            {%- endif %}
            else {{ at }}verdict
        end
{%- endmacro %}

{#- A department's comparison counted in those categories. -#}
{% macro comparison_block(department, counted, entitled) -%}
    {{ counted_block(
        "'comparison|" ~ department ~ "|' || field", this_night(ref('comparison_' ~ department)),
        comparison_category(counted, entitled)
    ) }}
{%- endmacro %}

{#-
    Every department that the registry is compared with: the compared fields that coverage counts, and those where the
    registry names who is entitled.
-#}
{% macro compared_departments() -%}
    {%- set departments = {
        'health_insurance': (
            ['basic_insurance', 'serious_illness_insurance'], ['premium_subsidy', 'family_doctor', 'chronic_certificate']
        ),
        'civil_affairs': ([], []),
        'education': ([], ['education_aid', 'yulu']),
        'housing': (['unsafe_house'], []),
    } -%}
    {%- for name, added in added_departments().items() if added.is_compared -%}
        {%- do departments.update({name: (added.get('counted', []), added.get('entitled', []))}) -%}
    {%- endfor -%}
    {{ return(departments) }}
{%- endmacro %}

{#- Whether a stage of study is one that the county aids (parameter EDU-05 aided_stages). -#}
{% macro is_aided(stage) -%}
    coalesce(
            {{ stage }} = any(string_to_array((
                select p.value
                from {{ source('reference', 'parameter_tonight') }} as p
                where
                    p.rule_id = 'EDU-05'
                    and p.parameter = 'aided_stages'
                    and p.division_code = ''
                order by p.valid_from desc
                limit 1
            ), '|')),
            false
        )
{%- endmacro %}

{#- Small cells are those under parameter AGG-05 min_cell; a county that sets none has the shipped one. -#}
{% macro min_cell() -%}
    (
        select greatest(max(p.value)::int, 2)
        from {{ source('reference', 'parameter_tonight') }} as p
        where
            p.rule_id = 'AGG-05'
            and p.parameter = 'min_cell'
            and p.value ~ '^[0-9]{1,4}$'
    )
{%- endmacro %}

{#- Whether a count is too small to be told, or to be found out. -#}
{% macro is_small(count) -%}
    {{ count }} between 1 and {{ min_cell() }} - 1
{%- endmacro %}
