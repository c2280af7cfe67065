{#-
    How a claim `c` and a registry person `r` compare: one column of levels per comparison of the model. The same for
    scoring a night and for estimating weights.
-#}
{% macro link_levels(c, r) -%}
    {{ name_grade(c ~ '.name_norm', r ~ '.name_norm') }} as name,
    case
        when {{ c }}.holder_household_key = {{ r }}.household_key then 'household_member'
        when
            {{ c }}.id_no is null or {{ c }}.id_state in ('blank', 'placeholder')
            or {{ r }}.id_no is null or {{ r }}.id_state in ('blank', 'placeholder')
            then 'unknown'
        when {{ c }}.id_key is not null and {{ r }}.id_key is not null
            then case when {{ c }}.id_key = {{ r }}.id_key then 'same' else 'different_valid' end
        else {{ unchecked_number_level(c, r) }}
    end as id,
    case
        when coalesce({{ r }}.birth_date, {{ r }}.number_birth_date) is null then 'unknown'
        when {{ c }}.known_birth_date is null
            then case
                when {{ c }}.birth_year is null then 'unknown'
                when
                    {{ c }}.birth_year between date_part('year', {{ r }}.known_birth_date) - 1
                    and date_part('year', {{ r }}.known_birth_date) + 1
                    then 'year'
                else 'different'
            end
        when {{ c }}.known_birth_date in ({{ r }}.birth_date, {{ r }}.number_birth_date) then 'same'
        when
            {{ dates_are_near(c ~ '.known_birth_date', r ~ '.birth_date') }}
            or {{ dates_are_near(c ~ '.known_birth_date', r ~ '.number_birth_date') }}
            then 'near'
        else 'different'
    end as birth_date,
    case
        when {{ c }}.known_sex is null or {{ r }}.sex is null then 'unknown'
        when {{ c }}.known_sex = {{ r }}.sex then 'same'
        else 'different'
    end as sex,
    case
        when {{ c }}.village_code = {{ r }}.village_code then 'same_village'
        when {{ c }}.town_code is null or {{ r }}.town_code is null then 'unknown'
        when {{ c }}.town_code <> {{ r }}.town_code then 'different'
        when {{ c }}.village_code is null or {{ r }}.village_code is null then 'unknown'
        else 'same_town'
    end as place,
    case
        when {{ c }}.household_key is null then 'unknown'
        when {{ c }}.household_key = {{ r }}.household_key then 'same'
        else 'different'
    end as household,
    case
        when {{ c }}.relative_name_norm is null then 'unknown'
        when {{ c }}.relative_name_norm = {{ c }}.name_norm
            then case when {{ r }}.is_head then 'is_head' when not {{ r }}.is_head then 'not_head' else 'unknown' end
        when {{ c }}.relative_name_norm = any({{ r }}.household_names) then 'member'
        else 'none'
    end as relative,
    case when strpos({{ c }}.address, {{ r }}.hamlet_name) > 0 then 'in_address' else 'unknown' end as hamlet,
    case when {{ c }}.says_registered then 'stated' else 'unknown' end as registered
{%- endmacro %}

{#- The comparisons of the model, in the order in which they are told. -#}
{% macro link_comparisons() -%}
    {{ return(['name', 'id', 'birth_date', 'sex', 'place', 'household', 'relative', 'hamlet', 'registered']) }}
{%- endmacro %}

{#- Of two numbers at least one of which is not valid: what they still have in common. -#}
{% macro unchecked_number_level(c, r) -%}
    case parse.number_difference({{ c }}.id_no, {{ r }}.id_no)
        when 'same'
            then case
                when {{ c }}.id_state = 'old15' then 'old_15'
                when {{ c }}.id_no ~ 'E' then 'unknown'
                else 'same_unchecked'
            end
        -- of a number that a spreadsheet rounded too few digits are left to say that it is another one
        when 'different' then case when 'mangled' in ({{ c }}.id_state, {{ r }}.id_state) then 'unknown' else 'different' end
        else parse.number_difference({{ c }}.id_no, {{ r }}.id_no)
    end
{%- endmacro %}

{#- One digit apart, or day and month exchanged. -#}
{% macro dates_are_near(ours, theirs) -%}
    (
        levenshtein_less_equal(to_char({{ ours }}, 'YYYYMMDD'), to_char({{ theirs }}, 'YYYYMMDD'), 1) = 1
        or to_char({{ ours }}, 'YYYYMMDD') = to_char({{ theirs }}, 'YYYYDDMM')
    )
{%- endmacro %}
