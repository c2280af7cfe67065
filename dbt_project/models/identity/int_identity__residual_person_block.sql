{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'block_key'}) }}
{#- How many registry persons each key leads to, and how many of them a claim with a valid number is compared with. -#}
with final as (

    select
        block,
        block_key,
        count(*) as persons,
        count(*) filter (where meets_numbered) as persons_meeting_numbered
    from {{ ref('int_identity__residual_person_key') }}
    group by block, block_key

)

select * from final
