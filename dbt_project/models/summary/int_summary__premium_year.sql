{{ config(meta={'dist_key': 'person_key'}) }}
{#- For whom a premium was paid in which year, over every list kept: the year is named by the request batch. -#}
with request as (
    select
        person_key,
        {{ premium_year('request_batch', 'extract(year from list_month)::int') }} as premium_year
    from {{ linked_rows('stg_health_insurance__hi_premium_request', history=true) }} as request
    where subsidy_amount > 0
),

final as (
    select distinct
        p.person_key,
        p.household_key,
        p.county_code,
        p.town_code,
        p.village_code,
        r.premium_year
    from request as r
    inner join {{ ref('int_fact__person') }} as p on r.person_key = p.person_key
)

select * from final
