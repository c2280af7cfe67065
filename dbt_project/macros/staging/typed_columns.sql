{#-
    Columns with a type. The delivered text goes along as <column>__text until `parse_errors` has looked at it.

    type: date, month (its first day), year, timestamp, amount (yuan or square metres, two decimals), int, bool
-#}
{% macro typed(column, type) -%}
    parse.to_{{ type }}({{ column }}) as {{ column }},
        {{ column }} as {{ column }}__text
{%- endmacro %}

{#- Several columns of one type. -#}
{% macro typed_each(columns, type) -%}
    {%- for column in columns -%}
        {{ typed(column, type) }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#-
    Names of the columns whose text says something that could not be read; `more` are expressions that give further
    names. Almost no row has any: null tests decide that before an array is made.
-#}
{% macro parse_errors(columns, more=[]) -%}
    case
            when
                {% for column in columns -%}
                ({{ column }} is null and {{ column }}__text is not null){{ ' or ' if not loop.last or more }}
                {% endfor -%}
                {% for expression in more -%}
                ({{ expression }}) is not null{{ ' or ' if not loop.last }}
                {% endfor -%}
                then array_remove(
                    array[
                        {% for column in columns -%}
                        case when {{ column }} is null and parse.clean({{ column }}__text) is not null then '{{ column }}' end
                        {{- ',' if not loop.last or more }}
                        {% endfor -%}
                        {% for expression in more -%}
                        {{ expression }}{{ ',' if not loop.last }}
                        {% endfor -%}
                    ]::text[],
                    null
                )
            else '{}'::text[]
        end as parse_errors
{%- endmacro %}

{#- Calendar year in which the school year of a day began (1 September). -#}
{% macro school_year_of(day) -%}
    extract(year from ({{ day }} - interval '8 months'))::int
{%- endmacro %}
