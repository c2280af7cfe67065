{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}) }}
{#- Registered property rights per registry person. -#}
with held as (

    select
        p.*,
        {{ right_key('p') }} as right_key,
        {{ is_dwelling_usage('p.usage') }} as is_dwelling,
        {{ is_city_flat('p.usage', 'p.location') }} as is_city_flat,
        count(*) over (partition by p.person_key) as rows_of_person,
        row_number() over (
            partition by p.person_key
            order by {{ is_dwelling_usage('p.usage') }} desc, p.registered_on desc nulls last, p.batch_id, p.row_no
        ) as turn
    from {{ linked_rows('stg_housing__property') }} as p

),

counted as (

    select
        person_key,
        count(distinct right_key)::int as rights,
        (count(distinct right_key) filter (where is_dwelling))::int as dwelling_rights,
        (count(distinct right_key) filter (where is_city_flat))::int as city_flats
    from held
    group by 1

)

select
    e.person_key,
    {{ lineage('property', 'e', 'h') }},
    {{ name_on_row('property', 'e', 'h') }},
    {{ fact('e.property', 'c.rights', '0') }} as property__rights,
    {{ fact('e.property', 'c.dwelling_rights', '0') }} as property__dwelling_rights,
    {{ fact('e.property', 'c.city_flats', '0') }} as property__city_flats
from {{ ref('int_fact__evidence') }} as e
left join held as h on h.person_key = e.person_key and h.turn = 1
left join counted as c on c.person_key = e.person_key
