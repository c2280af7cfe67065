{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'block_key'}) }}
{#-
    Every key under which claims and registry persons meet, and how many pairs it gives. A key with more than the model's
    `largest_block` is skipped: so common that it says nothing. What was skipped can be read here.
-#}
with claims as (

    select
        block,
        block_key,
        count(*) as claims,
        count(*) filter (where not has_number) as claims_without_number
    from {{ ref('int_identity__residual_claim_key') }}
    group by block, block_key

),

counted as (

    select
        c.block,
        c.block_key,
        c.claims,
        p.persons,
        c.claims * p.persons_meeting_numbered + c.claims_without_number * (p.persons - p.persons_meeting_numbered)
            as pairs
    from claims as c
    inner join {{ ref('int_identity__residual_person_block') }} as p on c.block = p.block and c.block_key = p.block_key

),

final as (

    select
        c.*,
        c.pairs > m.largest_block as is_skipped
    from counted as c
    cross join {{ source('reference', 'link_model') }} as m
    where m.model_version = {{ link_model_version() }}

)

select * from final
