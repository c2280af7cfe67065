{#-
    The rows of a night_rows table that stood in the night before and stand no more, and those that stand now and did
    not: together exactly what differs between the two nights, whatever was computed between them and not published.
-#}
{% macro rows_gone(relation) -%}
    (
        select *
        from {{ relation }}
        where from_night <= {{ published_before() }} and to_night > {{ published_before() }} and to_night <= {{ as_of() }}
    )
{%- endmacro %}

{#- See rows_gone. -#}
{% macro rows_come(relation) -%}
    (
        select *
        from {{ relation }}
        where from_night > {{ published_before() }} and from_night <= {{ as_of() }} and to_night > {{ as_of() }}
    )
{%- endmacro %}

{#- new_batch, correction or null: what happened to any of the extracts; all of them without a condition. -#}
{% macro delivered(condition='true') -%}
    (select max(e.reason) from {{ ref('int_change__extract') }} as e where {{ condition }})
{%- endmacro %}

{#- Whether models, seeds or reference data are others than the night before. -#}
{% macro configuration_changed() -%}
    (select configuration.has_changed from {{ ref('int_change__configuration') }} as configuration)
{%- endmacro %}

{#- What each of the int_change__ models of changes begins with: the block, the category and the place, as they were and as they are. -#}
{% macro change_columns() -%}
    {%- set columns = ['block', 'old_category', 'new_category'] -%}
    {%- for side in ['old', 'new'] -%}
        {%- do columns.extend([side ~ '_county_code', side ~ '_town_code', side ~ '_village_code']) -%}
    {%- endfor -%}
    {{ columns | join(',\n    ') }}
{%- endmacro %}

{#- Place columns of both sides of a changed row: `o` as it was, `n` as it is. -#}
{% macro both_places() -%}
    o.county_code as old_county_code,
        o.town_code as old_town_code,
        o.village_code as old_village_code,
        n.county_code as new_county_code,
        n.town_code as new_town_code,
        n.village_code as new_village_code
{%- endmacro %}
