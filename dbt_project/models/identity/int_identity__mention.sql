{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'id_key'}) }}
{#- Distributed by the normalised number: before linkage there is no person yet. -#}
{%- set sources = mention_sources() %}
with
{%- for source in sources %}

{{ extract_of(source.model) ~ '_' ~ source.role }} as (

    {% if source.get('history') -%}
    {%- set current = night_batch_ids(extract_of(source.model), 'is_current') -%}
    {{ mention_columns(
        source,
        in_force_history(source.model),
        'batch_id in (' ~ current | join(', ') ~ ')' if current else 'false',
    ) }}
    {%- else -%}
    {{ mention_columns(source, in_force(source.model), 'true') }}
    {%- endif %}

),
{%- endfor %}

final as (
    {% for source in sources %}
    select * from {{ extract_of(source.model) ~ '_' ~ source.role }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select
    final.*,
    {{ id_key_of_15('final.id_no', 'final.id_state') }} as id_key_15
from final
{# A registration often names only one side. #}
where final.has_name_column or final.id_state <> 'blank'
