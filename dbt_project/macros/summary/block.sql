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
    What a comparison says, in the categories that anything published is made of: the verdicts, and, for fields that
    coverage counts, who of those that agree have it (`agree:yes`), and whom of those not comparable the registry
    entitles (`not_comparable:yes`).
-#}
{% macro comparison_block(department) -%}
    {%- set entitled = coverage_fields(department, 'entitled') -%}
    {%- set counted = entitled + coverage_fields(department, 'counted') -%}
    {%- set category -%}
        case
            when reason = 'out_of_scope' then '-out_of_scope'
            when field in ({{ as_literals(entitled) }}) and verdict = 'not_comparable'
                then 'not_comparable:' || case registry_value when '是' then 'yes' else 'no' end
            when field in ({{ as_literals(counted) }}) and verdict in ('agree', 'differ')
                then verdict || ':' || case department_value when '是' then 'yes' else 'no' end
            else verdict
        end
    {%- endset -%}
    {{ counted_block(
        "'comparison|" ~ department ~ "|' || field", this_night(ref('comparison_' ~ department)), category
    ) }}
{%- endmacro %}

{% macro as_literals(names) -%}
    {%- if names -%}'{{ names | join("', '") }}'{%- else -%}null{%- endif -%}
{%- endmacro %}

{#-
    Indicators of coverage that are read from a compared field, and how.
      entitled  the registry names who must have it: yes of those it names
      counted   everybody in scope must have it (or, for `safe`, must not)
-#}
{% macro coverage_of_fields() -%}
    {{ return({
        'basic_insurance': ('health_insurance', 'basic_insurance', 'counted'),
        'serious_illness_insurance': ('health_insurance', 'serious_illness_insurance', 'counted'),
        'premium_subsidy': ('health_insurance', 'premium_subsidy', 'entitled'),
        'family_doctor': ('health_insurance', 'family_doctor', 'entitled'),
        'chronic_certificate': ('health_insurance', 'chronic_certificate', 'entitled'),
        'education_aid': ('education', 'education_aid', 'entitled'),
        'yulu': ('education', 'yulu', 'entitled'),
        'safe_housing': ('housing', 'unsafe_house', 'counted'),
    }) }}
{%- endmacro %}

{% macro coverage_fields(department, way) -%}
    {%- set fields = [] -%}
    {%- for of_department, field, of_way in coverage_of_fields().values() if of_department == department and of_way == way -%}
        {%- do fields.append(field) -%}
    {%- endfor -%}
    {{ return(fields) }}
{%- endmacro %}

{#- Rows of a night_rows table as they stand this night. -#}
{% macro this_night(relation) -%}
    (select * from {{ relation }} where from_night <= {{ as_of() }} and {{ as_of() }} < to_night) as standing
{%- endmacro %}

{#- Small cells are those under parameter AGG-05 min_cell; a county that sets none has the shipped one. -#}
{% macro min_cell() -%}
    (
        select greatest(max(p.value)::int, 2)
        from reference.parameter as p
        where
            p.rule_id = 'AGG-05'
            and p.parameter = 'min_cell'
            and p.valid_from <= {{ as_of() }}
            and {{ as_of() }} < p.valid_to
            and p.value ~ '^[0-9]{1,4}$'
    )
{%- endmacro %}
