{{ config(materialized='night_events') }}
{#- What happened to findings tonight: the difference between where they stood before and where they stand now. -#}
{%- set before = findings_before() %}

with now_standing as (
    select *
    from {{ ref('finding') }}
    where from_night = {{ as_of() }} and to_night > {{ as_of() }}
),

changed as (
    select
        now_standing.finding_id,
        now_standing.state,
        now_standing.evidence,
        {{ 'earlier.state' if before else 'null::text' }} as earlier_state
    from now_standing
    {%- if before %}
    left join {{ before }} as earlier
        on now_standing.finding_id = earlier.finding_id
    {%- endif %}
),

happened as (
    select
        finding_id,
        state,
        evidence,
        unnest(
            array_remove(
                array[
                    case
                        when earlier_state is null then 'opened'
                        when earlier_state = 'closed' and state <> 'closed' then 'reopened'
                        when earlier_state <> 'closed' and state = 'closed' then 'closed'
                    end,
                    case
                        when state is not distinct from earlier_state then null
                        when state = 'confirmed' then 'confirmed'
                        when state = 'false_positive' then 'dismissed'
                        when state = 'exempt' then 'exempted'
                        when state = 'open' and earlier_state <> 'closed' then 'lapsed'
                    end
                ],
                null
            )
        ) as event
    from changed
)

select
    finding_id,
    {{ as_of() }} as as_of,
    event,
    state,
    evidence
from happened
