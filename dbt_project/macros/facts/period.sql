{#-
    The periods of a night: insurance year, school year, school term; as literals, so that what only looks at the period
    reads the same on every night of it (see is_made_from).
-#}

{% macro insurance_year() -%}
    {{ night_year() }}
{%- endmacro %}

{#- The year in which the school year of the night began. -#}
{% macro school_year() -%}
    {{ night_year() | int - (1 if night_month() | int < 9 else 0) }}
{%- endmacro %}

{#- <year>-autumn or <year>-spring of the night, see school_term_of. -#}
{% macro school_term() -%}
    {%- set year, month = night_year() | int, night_month() | int -%}
    '{{ year - 1 if month < 3 else year }}-{{ 'spring' if 3 <= month < 9 else 'autumn' }}'
{%- endmacro %}

{#- <year>-autumn (from 1 September, named after the year it begins in) or <year>-spring (from 1 March). -#}
{% macro school_term_of(day) -%}
    case
        when extract(month from {{ day }}) >= 9 then extract(year from {{ day }})::int || '-autumn'
        when extract(month from {{ day }}) < 3 then extract(year from {{ day }})::int - 1 || '-autumn'
        when {{ day }} is not null then extract(year from {{ day }})::int || '-spring'
    end
{%- endmacro %}

{#- The day on which a term begins. -#}
{% macro term_start(term) -%}
    case right({{ term }}, 6)
        when 'autumn' then make_date(left({{ term }}, 4)::int, 9, 1)
        when 'spring' then make_date(left({{ term }}, 4)::int, 3, 1)
    end
{%- endmacro %}

{#- 1 September of the school year that a term belongs to. -#}
{% macro school_year_start_of_term(term) -%}
    make_date(left({{ term }}, 4)::int - case right({{ term }}, 6) when 'spring' then 1 else 0 end, 9, 1)
{%- endmacro %}

{#- The same of a staged term (2026年秋季学期); NULL where staging could not read it. -#}
{% macro school_term_of_text(term) -%}
    case
        when {{ term }} like '____年秋季学期' then left({{ term }}, 4) || '-autumn'
        when {{ term }} like '____年春季学期' then left({{ term }}, 4) || '-spring'
    end
{%- endmacro %}

{#- The columns every fact table starts its periods with. -#}
{% macro period_columns() -%}
    {{ as_of() }} as as_of,
    {{ insurance_year() }} as insurance_year,
    {{ school_year() }} as school_year,
    {{ school_term() }} as school_term,
    {{ term_start(school_term()) }} as term_start
{%- endmacro %}

{#-
    Whether a list speaks for a year or a term, by its rows of that period and of the one it names most: a few stray ones do
    not make it speak.
-#}
{% macro speaks_for_period(listed, most) -%}
    {{ listed }} * 10 >= {{ most }}
{%- endmacro %}

{#- The same of the month that a list pays for: late payments of another month are more than a few. -#}
{% macro speaks_for_month(paid, most) -%}
    {{ paid }} * 2 >= {{ most }}
{%- endmacro %}

{#- Completed years between a birth date and a day; NULL when born later. -#}
{% macro completed_years(birth_date, day) -%}
    case when {{ birth_date }} <= {{ day }} then extract(year from age({{ day }}, {{ birth_date }}))::int end
{%- endmacro %}

{#- The insurance year a premium request is for: the year its batch names (2019年第2批), else `otherwise`. -#}
{% macro premium_year(request_batch, otherwise) -%}
    coalesce(substring({{ request_batch }} from '20[0-9]{2}')::int, {{ otherwise }})
{%- endmacro %}
