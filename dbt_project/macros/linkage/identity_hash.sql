{#-
    One digest of several values; a missing one is a value of its own, and no value can pass for two. As JSON, because
    dates as text depend on the session and dates as JSON do not.
-#}
{% macro identity_hash(expressions) -%}
    {{ keyed_digest("json_build_array(" ~ expressions | join(', ') ~ ")::text") }}
{%- endmacro %}

{#- What of a row identifies its person; a reviewer's verdict holds while these stay the same. -#}
{% macro mention_values(alias=none) -%}
    {%- set columns = [] -%}
    {%- for column in [
        'id_no', 'name_norm', 'sex', 'birth_date', 'birth_year', 'village_code', 'town_code', 'household_key',
        'relative_name_norm', 'address',
    ] -%}
        {%- do columns.append((alias ~ '.' if alias else '') ~ column) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

{#- The same of a registry person. -#}
{% macro person_values() -%}
    {{ return([
        'id_no', 'name_norm', 'sex', 'birth_date', 'village_code', 'town_code', 'household_key', 'household_names',
        'hamlet_name',
    ]) }}
{%- endmacro %}
