{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'block_key'}) }}
{#- The keys under which a claim finds at least one registry person; most claims are of people who are not registered. -#}
with claim as (

    select
        *,
        {{ day_of_date('known_birth_date') }} as birth_day
    from {{ ref('int_identity__residual_claim') }}

),

{% for block in link_blocks() -%}
{{ block.name }} as (

    select
        '{{ block.name }}' as block,
        {{ block.key }} as block_key,
        claim_key,
        id_key is not null as has_number
    from claim
    {#- A number that is a registry person's of another name leads to that person's household only. #}
    where holder_key is null or {{ block.name == 'name_household' }}

),

{% endfor -%}
met as (
    {%- for block in link_blocks() %}
    select c.*
    from {{ block.name }} as c
    where exists (
        select from {{ ref('int_identity__residual_person_key') }} as p
        where p.block = '{{ block.name }}' and p.block_key = c.block_key and (p.meets_numbered or not c.has_number)
    )
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from met
