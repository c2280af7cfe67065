{{ config(materialized='ephemeral') }}
{#-
    Findings that are not closed tonight, with the answer that counts laid over them: those that a rule hits, found again
    by rule, subject and object or opened, and those that tonight cannot decide about.
-#}
{%- set night_before = published_before() %}
with standing as (
    select * from {{ ref('int_finding__standing') }}
),

active as (
    select
        case
            when earlier.finding_id is not null then earlier.finding_id
            -- The id is taken by a finding that went on under another key: the key's new bearer has one of its own.
            when namesake.finding_id is not null then md5(hit.finding_id || {{ as_of() }})
            else hit.finding_id
        end as finding_id,
        {{ finding_says('hit') }},
        coalesce(earlier.is_baseline, {{ night_before }} is null) as is_baseline,
        coalesce(earlier.first_seen, {{ as_of() }}) as first_seen,
        null::date as last_seen,
        case when earlier.state <> 'closed' then earlier.opened_on else {{ as_of() }} end as opened_on,
        coalesce(earlier.times_opened, 0)
        + case when earlier.state <> 'closed' then 0 else 1 end as times_opened
    from {{ ref('int_finding__hit') }} as hit
    left join standing as earlier on not earlier.is_merged and {{ same_finding('hit', 'earlier') }}
    left join standing as namesake on hit.finding_id = namesake.finding_id and earlier.finding_id is null
    union all
    select
        undecided.finding_id,
        {{ finding_says('undecided') }},
        undecided.is_baseline,
        undecided.first_seen,
        coalesce(undecided.last_seen, greatest({{ night_before }}, undecided.from_night)) as last_seen,
        undecided.opened_on,
        undecided.times_opened
    from {{ ref('int_finding__undecided') }} as undecided
),

answer as (
    {{ answers_known() }}
)

select
    active.*,
    coalesce(answer.verdict, 'open') as state,
    answer.outcome_id
from active
left join answer
    on
        active.finding_id = answer.finding_id
        and (answer.valid_until is null or answer.valid_until >= {{ as_of() }})
        -- An exemption or a false positive is about the values it was given for; a confirmation about this time.
        and case
            when answer.verdict = 'confirmed' then active.opened_on <= answer.answered_on
            else answer.value_hash is null or active.value_hash = answer.value_hash
        end
