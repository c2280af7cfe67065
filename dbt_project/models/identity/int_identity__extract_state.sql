{{ planned_for_volume() }}
{{ config(meta={'reference': true}) }}
{#- Of every extract that names people, whether it can be compared tonight. -#}
{%- for extract in mention_extracts() %}
select
    '{{ extract }}' as extract,
    {{ extract_state(extract) }} as state
{{ 'union all' if not loop.last }}
{%- endfor %}
