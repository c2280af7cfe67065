{#-
    Who bore which registry number on the eve of the night: `registry_key` as it stood then, empty on the first night.
-#}
{% macro registry_keys_before(kind) -%}
    {%- set before = night_before('mart_identity', 'registry_key') -%}
    {%- if before %}
    select * from {{ before }} as earlier where kind = '{{ kind }}'
    {%- else %}
    select
        null::text as kind,
        null::text as life_key,
        null::text as number_key,
        null::boolean as has_number,
        null::bigint as id_key,
        null::text as name_norm,
        null::text as household_number_key,
        null::text as household_life_key,
        null::boolean as is_listed,
        null::text as basis,
        null::jsonb as evidence,
        null::date as since,
        null::text as survivor_key
    where false
    {%- endif %}
{%- endmacro %}

{#- What people have decided about numbers (`bidui alias`), as known when the night was frozen; the last one counts. -#}
{% macro decided_aliases(kind) -%}
    select distinct on (number_key)
        number_key,
        life_key,
        decided_by
    from ledger.key_alias
    where
        kind = '{{ kind }}'
        and alias_id <= {{ frozen_input('last_key_alias') }}
    order by number_key asc, alias_id desc
{%- endmacro %}
