{#- What a usable number says. `id_key` is its first 17 digits as a bigint, so digit 17 is its last. -#}

{% macro id_sex(id_key) -%}
    case {{ id_key }} % 2 when 1 then '男' when 0 then '女' end
{%- endmacro %}

{#- NULL for digits that are no date. By arithmetic: through text it takes six times as long, on every row of every list. -#}
{% macro id_birth_date(id_key) -%}
    parse.calendar_date(
        ({{ id_key }} / 10000000 % 10000)::int, ({{ id_key }} / 100000 % 100)::int, ({{ id_key }} / 1000 % 100)::int
    )
{%- endmacro %}

{#- The same as YYYYMMDD, a date or not: what a date is compared with where no date is needed. -#}
{% macro id_birth_day(id_key) -%}
    ({{ id_key }} / 1000 % 100000000)::int
{%- endmacro %}

{#- A date in that form. -#}
{% macro day_of_date(date) -%}
    to_char({{ date }}, 'YYYYMMDD')::int
{%- endmacro %}

{#- The 15 digits that the number had before 2000, as parse.number_of_15 says of the text; NULL for births since. -#}
{% macro id_digits_15(id_key) -%}
    case
        when {{ id_key }} / 1000000000 % 100 = 19
            then {{ id_key }} / 100000000000 * 1000000000 + {{ id_key }} % 1000000000
    end
{%- endmacro %}

{#- Whether the birth date in a number of 18 characters is one that somebody living may have, whatever its check character. -#}
{% macro states_a_birth_date(id_no) -%}
    case
        when {{ id_no }} ~ '^[0-9]{17}[0-9X]$' then coalesce(
            parse.calendar_date(
                substr({{ id_no }}, 7, 4)::int, substr({{ id_no }}, 11, 2)::int, substr({{ id_no }}, 13, 2)::int
            ) between {{ as_of() }} - interval '121 years' + interval '1 day' and {{ as_of() }},
            false
        )
    end
{%- endmacro %}

{#- The key that a 15-digit number would have today: a candidate only, since nothing checks it. -#}
{% macro id_key_of_15(id_no, id_state) -%}
    case
        when {{ id_state }} = 'old15' and {{ id_no }} ~ '^[0-9]{15}$'
            then (left({{ id_no }}, 6) || '19' || substr({{ id_no }}, 7))::bigint
    end
{%- endmacro %}

{#- The key of the same number with a birth date a hundred years later: digits 7 to 10 of 17 are the year. -#}
{% macro a_century_later(id_key) -%}
    {{ id_key }} + 100 * 10000000
{%- endmacro %}

{#- 男 or 女 whatever generation of the code list the text is of; NULL for unknown. -#}
{% macro sex_word(sex) -%}
    case
        when {{ sex }} in ('男', '男性', '1') then '男'
        when {{ sex }} in ('女', '女性', '2') then '女'
    end
{%- endmacro %}
