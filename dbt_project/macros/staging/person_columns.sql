{#-
    The person a row names: <prefix>id_no (as joined), <prefix>id_state (on the night), <prefix>name (as delivered,
    cleaned), <prefix>name_norm (as compared). The prefix is the role; the row's own person has none, and the name as
    delivered is person_name.

    `id_key_column` gives <prefix>id_key, the number as an integer to join on: only where the state is ok.
-#}
{% macro person_columns(id='id_no', name='person_name', prefix='') -%}
    {%- set columns = [] -%}
    {%- if id -%}
        {%- do columns.append('parse.id_no(' ~ id ~ ') as ' ~ prefix ~ 'id_no') -%}
        {%- do columns.append('parse.id_state(' ~ id ~ ', ' ~ as_of() ~ ') as ' ~ prefix ~ 'id_state') -%}
    {%- endif -%}
    {%- if name -%}
        {%- do columns.append('parse.clean(' ~ name ~ ') as ' ~ name) -%}
        {%- do columns.append('parse.person_name(' ~ name ~ ') as ' ~ prefix ~ 'name_norm') -%}
    {%- endif -%}
    {{ columns | join(',\n        ') }}
{%- endmacro %}

{#- First 17 digits of a usable number. -#}
{% macro id_key_column(prefix='') -%}
    case when {{ prefix }}id_state = 'ok' then left({{ prefix }}id_no, 17)::bigint end as {{ prefix }}id_key
{%- endmacro %}

{#- The same person where a model selects what it has cleaned, with the key; `name` as above, none where there is none. -#}
{% macro person_with_key(prefix='', name='person_name') -%}
    cleaned.{{ prefix }}id_no,
        cleaned.{{ prefix }}id_state,
        {{ id_key_column(prefix) }}
        {%- if name %},
        cleaned.{{ name }},
        cleaned.{{ prefix }}name_norm
        {%- endif %}
{%- endmacro %}
