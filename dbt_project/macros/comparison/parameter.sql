{#-
    A county's parameter in a model: a literal, or a case over the row's divisions (the deepest one that has a value
    counts), null where nobody set one. `rows` is the alias of the fact row. Rules bind theirs in `bidui.rule.parameter`
    in the same way; `default` is for parameters that no rule owns.
-#}
{% macro parameter(rule_id, name, type='numeric', default=none, rows='f') -%}
    {%- set levels = [(12, 'village_code'), (9, 'town_code'), (6, 'county_code'), (4, 'county_code'), (2, 'county_code')] -%}
    {%- set values = {} -%}
    {%- if execute -%}
        {%- set found = run_query(
            "select division_code, value from reference.parameter where rule_id = '" ~ rule_id ~ "' and parameter = '"
            ~ name ~ "' and key = '' and valid_from <= " ~ as_of() ~ " and " ~ as_of()
            ~ " < valid_to order by origin <> 'county' desc, valid_from"
        ) -%}
        {%- for division_code, value in found -%}
            {#- 340123000000 is the county 340123: a level's own digits are not all zero. -#}
            {%- set code = (division_code | trim) -%}
            {%- set prefix = namespace(digits='') -%}
            {%- for length in [2, 4, 6, 9, 12] -%}
                {%- set start = [0, 2, 4, 6, 9][loop.index0] -%}
                {%- if code[start:length].strip('0') -%}{%- set prefix.digits = code[:length] -%}{%- endif -%}
            {%- endfor -%}
            {%- do values.update({prefix.digits: "'" ~ value.replace("'", "''") ~ "'::" ~ type}) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set everywhere = values.pop('', ("'" ~ default ~ "'::" ~ type) if default is not none else 'null::' ~ type) -%}
    {%- if not values -%}
        {{ return(everywhere) }}
    {%- endif -%}
    {%- set branches = [] -%}
    {%- for length, column in levels -%}
        {%- for digits in values | sort if digits | length == length -%}
            {%- do branches.append(
                "when starts_with(" ~ rows ~ "." ~ column ~ ", '" ~ digits ~ "') then " ~ values[digits]
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return("(case " ~ branches | join(' ') ~ " else " ~ everywhere ~ " end)") }}
{%- endmacro %}
