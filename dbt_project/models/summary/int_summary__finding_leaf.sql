{#-
    Findings per village, rule and state, and what opened and closed tonight. Each state is a block of its own: how many
    findings there ever were is not published, so nothing is known to subtract from.
-#}
with finding as (
    select * from {{ this_night(ref('finding')) }}
),

event as (
    select
        finding_id,
        event
    from {{ ref('finding_event') }}
    where as_of = {{ as_of() }} and event in ('opened', 'reopened', 'closed')
),

counted as (
    select
        'finding|' || rule_id || '|' || state as block,
        county_code,
        town_code,
        village_code
    from finding
    union all
    select
        'finding_' || case e.event when 'closed' then 'closed' else 'opened' end || '|' || f.rule_id as block,
        f.county_code,
        f.town_code,
        f.village_code
    from event as e
    inner join finding as f on e.finding_id = f.finding_id
),

final as (
    {{ counted_block('block', 'counted', "'all'") }}
)

select * from final
where county_code is not null
