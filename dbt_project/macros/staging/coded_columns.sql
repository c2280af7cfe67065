{#-
    Columns with a code list: looked up in reference.code_list, which knows every generation of a list and what has
    been seen in files, and gives one canonical value for all of them. What no generation knows is NULL and is named in
    `unknown_codes`; its text stays in raw.

    A model calls `coded` where it cleans, `code_join` where it joins, `canonical` where it selects.
-#}

{#- The form in which the list is looked up. -#}
{% macro coded(column) -%}
    parse.code_key({{ column }}) as {{ column }}__key
{%- endmacro %}

{% macro coded_each(columns) -%}
    {%- for column in columns -%}
        {{ coded(column) }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- codes: column -> list. The table to the left is called `cleaned`. -#}
{% macro code_joins(codes) -%}
    {%- for column, list in codes.items() %}
    left join {{ ref('code_list') }} as {{ column }}__code
        on {{ column }}__code.list = '{{ list }}' and {{ column }}__code.value = cleaned.{{ column }}__key
    {%- endfor %}
{%- endmacro %}

{#- An empty canonical value says "nothing", in words. -#}
{% macro canonical(column) -%}
    nullif({{ column }}__code.canonical, '') as {{ column }}
{%- endmacro %}

{#- The canonical value where the list knows the text, else the text: for columns that no list governs. -#}
{% macro canonical_or_text(column) -%}
    case
            when {{ column }}__code.value is not null then nullif({{ column }}__code.canonical, '')
            else cleaned.{{ column }}__key
        end as {{ column }}
{%- endmacro %}

{% macro canonical_each(columns) -%}
    {%- for column in columns -%}
        {{ canonical(column) }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- Names of the columns whose value is in no generation of its list. -#}
{% macro unknown_codes(columns, more=[]) -%}
    array_remove(
        array[
            {%- for column in columns %}
            case when cleaned.{{ column }}__key is not null and {{ column }}__code.value is null then '{{ column }}' end
            {{- ',' if not loop.last or more }}
            {%- endfor %}
            {%- for expression in more %}
            {{ expression }}{{ ',' if not loop.last }}
            {%- endfor %}
        ]::text[],
        null
    ) as unknown_codes
{%- endmacro %}
