{#-
    Columns with a type. The delivered text goes along as <column>__text until `parse_errors` has looked at it.

    type: date, month (its first day), year, timestamp, amount (yuan or square metres, two decimals), int, bool
-#}
{% macro typed(column, type) -%}
    parse.to_{{ type }}({{ column }}) as {{ column }},
        {{ column }} as {{ column }}__text
{%- endmacro %}

{#- A fence after the CTE that cleans: each value is parsed once, whatever reads it below. -#}
{% macro parsed_once() -%}
    offset 0
{%- endmacro %}

{#- Several columns of one type. -#}
{% macro typed_each(columns, type) -%}
    {%- for column in columns -%}
        {{ typed(column, type) }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#-
    Names of the columns whose text says something that could not be read; `more` are expressions that give further
    names.
-#}
{% macro parse_errors(columns, more=[]) -%}
    {%- set suspicions, names = [], [] -%}
    {%- for column in columns -%}
        {%- do suspicions.append(column ~ ' is null and ' ~ column ~ '__text is not null') -%}
        {%- do names.append(
            'case when ' ~ column ~ ' is null and parse.clean(' ~ column ~ "__text) is not null then '" ~ column ~ "' end"
        ) -%}
    {%- endfor -%}
    {{ column_names(suspicions, names, more) }} as parse_errors
{%- endmacro %}

{#-
    The names that expressions give, as text[]. Almost no row has any: the suspicions (null tests) decide that before
    an array is made.
-#}
{% macro column_names(suspicions, names, more) -%}
    {%- set doubts = [] -%}
    {%- for suspicion in suspicions -%}{%- do doubts.append('(' ~ suspicion ~ ')') -%}{%- endfor -%}
    {%- for expression in more -%}{%- do doubts.append('(' ~ expression ~ ') is not null') -%}{%- endfor -%}
    {%- if doubts -%}
    case
            when {{ doubts | join('\n                or ') }}
                then array_remove(
                    array[
                        {{ (names + more) | join(',\n                        ') }}
                    ]::text[],
                    null
                )
            else '{}'::text[]
        end
    {%- else -%}
        '{}'::text[]
    {%- endif -%}
{%- endmacro %}

{#- Text that names what there is (a post, a measure). A word for no (否, 没有, 0) names nothing, as blank does. -#}
{% macro named(column, clean='parse.clean') -%}
    case when parse.to_bool({{ column }}) is not false then {{ clean }}({{ column }}) end as {{ column }}
{%- endmacro %}

{#-
    A birth date. Where only its month is written (1985-03, 198503) and the row's own number says a day of that month,
    that day: the two agree as far as the row goes.
-#}
{% macro birth_date_column() -%}
    {%- set by_number = id_birth_date('left(cleaned.id_no, 17)::bigint') -%}
    case
            when
                cleaned.id_state = 'ok'
                and extract(day from cleaned.birth_date) = 1
                and date_trunc('month', cleaned.birth_date) = date_trunc('month', {{ by_number }})
                and parse.names_no_day(cleaned.birth_date__text)
                then {{ by_number }}
            else cleaned.birth_date
        end as birth_date
{%- endmacro %}

{#- Calendar year in which the school year of a day began (1 September). -#}
{% macro school_year_of(day) -%}
    extract(year from ({{ day }} - interval '8 months'))::int
{%- endmacro %}
