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

{#- Several of them: column → list, as for the two below. -#}
{% macro coded_each(columns) -%}
    {%- for column in columns -%}
        {{ coded(column) }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- codes: column -> list. The table to the left is called `cleaned`. -#}
{% macro code_joins(codes) -%}
    {%- for column, list in codes.items() %}
    left join {{ ref('code_list') }} as {{ column }}__code
        on cleaned.{{ column }}__key = {{ column }}__code.value and {{ column }}__code.list = '{{ list }}'
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

{#- The canonical values of the same columns. -#}
{% macro canonical_each(columns) -%}
    {%- for column in columns -%}
        {{ canonical(column) }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- Names of the columns whose value is in no generation of its list; `more` are expressions that give further names. -#}
{% macro unknown_codes(columns, more=[]) -%}
    {%- set suspicions, names = [], [] -%}
    {%- for column in columns -%}
        {%- set unknown = 'cleaned.' ~ column ~ '__key is not null and ' ~ column ~ '__code.value is null' -%}
        {%- do suspicions.append(unknown) -%}
        {%- do names.append('case when ' ~ unknown ~ " then '" ~ column ~ "' end") -%}
    {%- endfor -%}
    {{ column_names(suspicions, names, more) }} as unknown_codes
{%- endmacro %}

{#-
    Columns that may name several values, joined by anything or nothing (长期慢性病及残疾, 大病残疾): resolved once per way
    of writing. A CTE's body: delivered, canonical (the list's values in one order, joined by 、; NULL where a part of
    the text is in no generation of the list), is_listed.
-#}
{% macro listed_codes(extract, column, list) -%}
    with written as (
        select distinct
            {{ column }} as delivered,
            parse.code_key({{ column }}) as key
        from {{ landed(extract) }} as delivered
        where parse.code_key({{ column }}) is not null
    ),
    known as (
        select
            value,
            nullif(canonical, '') as canonical
        from {{ ref('code_list') }}
        where list = '{{ list }}'
    ),
    -- the longest value first, so that nothing of it is left over
    pattern as (
        select string_agg(regexp_replace(value, '([^0-9A-Z一-龥])', '\\\1', 'g'), '|' order by length(value) desc) as any_value
        from known
    )
    select
        written.delivered,
        regexp_replace(
            regexp_replace(written.key, pattern.any_value, '', 'g'), '[,、;/|+。()及和与并有]', '', 'g'
        ) = '' as is_listed,
        case
            when
                regexp_replace(
                    regexp_replace(written.key, pattern.any_value, '', 'g'), '[,、;/|+。()及和与并有]', '', 'g'
                ) = ''
                then (
                    select string_agg(distinct known.canonical, '、' order by known.canonical)
                    from regexp_matches(written.key, pattern.any_value, 'g') as found (matched)
                    inner join known on known.value = found.matched[1]
                )
        end as canonical
    from written
    cross join pattern
{%- endmacro %}

{#- For `unknown_codes`: the column, where the text says something that the list does not know. -#}
{% macro unlisted(column) -%}
    {{ return("case when not " ~ column ~ "_list.is_listed then '" ~ column ~ "' end") }}
{%- endmacro %}
