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

{% macro configuration_changed() -%}
    (select configuration.has_changed from {{ ref('int_change__configuration') }} as configuration)
{%- endmacro %}

{#- Columns of both sides of a changed row: `o` as it was, `n` as it is. -#}
{% macro both_places() -%}
    o.county_code as old_county_code,
        o.town_code as old_town_code,
        o.village_code as old_village_code,
        n.county_code as new_county_code,
        n.town_code as new_town_code,
        n.village_code as new_village_code
{%- endmacro %}
