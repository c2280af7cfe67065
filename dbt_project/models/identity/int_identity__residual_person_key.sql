{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'block_key'}) }}
{#- The keys under which claims find a registry person (macro link_blocks). One without a name is found by nobody. -#}
with person as (

    select
        *,
        {{ day_of_date('known_birth_date') }} as birth_day
    from {{ ref('int_identity__residual_person') }}
    where name_norm is not null

),

{% for block in link_blocks() -%}
{{ block.name }} as (

    select
        '{{ block.name }}' as block,
        {{ block.get('person_key', block.key) }} as block_key,
        person_key,
        is_number_doubtful or {{ block.get('between_numbered', false) }} as meets_numbered
    from person

),

{% endfor -%}
final as (
    {%- for block in link_blocks() %}
    select * from {{ block.name }} where block_key is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from final
