{#- The periods of a night: insurance year, school year, school term. -#}

{% macro insurance_year() -%}
    extract(year from {{ as_of() }})::int
{%- endmacro %}

{#- <year>-autumn (from 1 September, named after the year it begins in) or <year>-spring (from 1 March). -#}
{% macro school_term_of(day) -%}
    case
        when extract(month from {{ day }}) >= 9 then extract(year from {{ day }})::int || '-autumn'
        when extract(month from {{ day }}) < 3 then extract(year from {{ day }})::int - 1 || '-autumn'
        when {{ day }} is not null then extract(year from {{ day }})::int || '-spring'
    end
{%- endmacro %}

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

{#-
    A term as departments write it: 2026年秋季学期, 2026秋, 2026-2027学年第一学期, 2025—2026学年度下学期, 2026-2027-1,
    2026年下半年. Of a single calendar year, 上学期 is its first half (spring); of a school year, its autumn.
    NULL where the text names no term.
-#}
{% macro school_term_of_text(term) -%}
    {%- set year = "substring(" ~ term ~ " from '20[0-9][0-9]')::int" -%}
    {%- set spans = "(" ~ term ~ " ~ '学年|20[0-9][0-9][^0-9]+20[0-9][0-9]')" -%}
    case
        when {{ term }} !~ '20[0-9][0-9]' then null
        when {{ term }} ~ '秋' then {{ year }} || '-autumn'
        when {{ term }} ~ '春' then {{ year }} + {{ spans }}::int || '-spring'
        when {{ spans }} and {{ term }} ~ '[一1]学期|上学期|上半年|[-_ /]1$' then {{ year }} || '-autumn'
        when {{ spans }} and {{ term }} ~ '[二2]学期|下学期|下半年|[-_ /]2$' then {{ year }} + 1 || '-spring'
        when {{ term }} ~ '上学期|上半年' then {{ year }} || '-spring'
        when {{ term }} ~ '下学期|下半年' then {{ year }} || '-autumn'
        when {{ term }} ~ '[一1]学期' then {{ year }} || '-autumn'
        when {{ term }} ~ '[二2]学期' then {{ year }} + 1 || '-spring'
        when parse.to_month({{ term }}) is not null then {{ school_term_of('parse.to_month(' ~ term ~ ')') }}
    end
{%- endmacro %}

{#- The columns every fact table starts its periods with. -#}
{% macro period_columns() -%}
    {{ as_of() }} as as_of,
    {{ insurance_year() }} as insurance_year,
    extract(year from {{ school_year_start() }})::int as school_year,
    {{ school_term_of(as_of()) }} as school_term,
    {{ term_start(school_term_of(as_of())) }} as term_start
{%- endmacro %}

{#- Completed years between a birth date and a day; NULL when born later. -#}
{% macro completed_years(birth_date, day) -%}
    case when {{ birth_date }} <= {{ day }} then extract(year from age({{ day }}, {{ birth_date }}))::int end
{%- endmacro %}
