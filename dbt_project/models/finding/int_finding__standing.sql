{{ config(materialized='ephemeral') }}
{#-
    Findings as they stood the night before, under the keys that serve tonight. Keys of subjects serve for life; where one
    does not (households that merged, a number decided to be somebody else's), its findings go on under the key that does
    (registry_key). Where both keys had a finding of the rule, the survivor's own goes on and the other is merged: it
    keeps the key it had.
-#}
{%- set before = findings_before() %}
with standing as (
    {%- if before %}
    select eve.* from {{ before }} as eve
    {%- else %}
    select
        hit.*
        {%- for column, type in finding_stood().items() %},
        null::{{ type }} as {{ column }}
        {%- endfor %}
    from {{ ref('int_finding__hit') }} as hit
    where false
    {%- endif %}
),

retired_key as (
    select
        kind,
        life_key,
        survivor_key
    from {{ this_night(ref('registry_key')) }}
    where survivor_key is not null
),

rekeyed as (
    select
        standing.*,
        coalesce(subject.survivor_key, standing.subject_key) as serving_subject_key,
        coalesce(household.survivor_key, standing.household_key) as serving_household_key,
        subject.survivor_key is not null as is_rekeyed
    from standing
    left join retired_key as subject
        on standing.subject_kind = subject.kind and standing.subject_key = subject.life_key
    left join retired_key as household
        on household.kind = 'household' and standing.household_key = household.life_key
),

-- Of several findings about what is now one thing all but the first.
merged as (
    select finding_id
    from (
        select
            rekeyed.finding_id,
            row_number() over (
                partition by rekeyed.rule_id, rekeyed.subject_kind, rekeyed.serving_subject_key, rekeyed.object_key
                order by rekeyed.is_rekeyed, rekeyed.state = 'closed', rekeyed.first_seen, rekeyed.finding_id
            ) as place
        from rekeyed
        where exists (
            select
            from rekeyed as other
            where other.is_rekeyed and other.serving_subject_key = rekeyed.serving_subject_key
        )
    ) as ranked
    where place > 1
)

select
    rekeyed.finding_id,
    {{ finding_says('rekeyed', without=['subject_key', 'household_key']) }},
    case when merged.finding_id is null then rekeyed.serving_subject_key else rekeyed.subject_key end as subject_key,
    case when merged.finding_id is null then rekeyed.serving_household_key else rekeyed.household_key end
        as household_key,
    {%- for column in finding_stood() %}
    rekeyed.{{ column }},
    {%- endfor %}
    merged.finding_id is not null as is_merged
from rekeyed
left join merged on rekeyed.finding_id = merged.finding_id
