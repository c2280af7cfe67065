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
    from {{ source('ledger', 'key_alias') }}
    where
        kind = '{{ kind }}'
        and alias_id <= {{ frozen_input('last_key_alias') }}
    order by number_key asc, alias_id desc
{%- endmacro %}


{#-
    CTEs that follow `tonight`, `before`, `decided` and `own` (the numbers that still bear their key): whose key somebody has
    decided, what is settled so, and the numbers of `tonight` that are not. Each key is borne by one number at most.
-#}
{% macro settled_keys() -%}
decided_tonight as (

    select distinct on (d.life_key)
        t.number_key,
        d.life_key,
        'decided' as basis,
        jsonb_build_object('number', t.number_key, 'decided_by', d.decided_by) as evidence,
        b.since
    from tonight as t
    inner join decided as d on d.number_key = t.number_key and d.life_key <> t.number_key
    left join before as b on b.life_key = d.life_key and b.number_key = t.number_key and b.basis = 'decided'
    -- Both numbers in one registry are somebody registered twice, and no alias.
    where not exists (select from own as o where o.life_key = d.life_key and o.number_key <> t.number_key)
    order by d.life_key, t.number_key

),

settled as (

    select
        number_key,
        life_key,
        basis,
        evidence,
        since
    from decided_tonight
    union all
    select
        o.number_key,
        o.life_key,
        o.basis,
        o.evidence,
        o.since
    from own as o
    where
        not exists (select from decided_tonight as d where d.number_key = o.number_key)
        and not exists (select from decided_tonight as d where d.life_key = o.life_key)

),

unsettled as (

    select
        t.*,
        exists(select from decided as d where d.number_key = t.number_key) as is_decided
    from tonight as t
    where not exists (select from settled as s where s.number_key = t.number_key)

),
{%- endmacro %}
