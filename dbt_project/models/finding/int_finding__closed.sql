{{ config(materialized='ephemeral') }}
{#-
    Findings that are closed tonight, or were: corrected, their subject gone, their rule retired, or merged into the finding
    of the key that serves on.
-#}
select
    standing.finding_id,
    {{ finding_says('standing') }},
    standing.is_baseline,
    standing.cause_finding_id,
    standing.first_seen,
    coalesce(standing.last_seen, greatest({{ published_before() }}, standing.from_night)) as last_seen,
    standing.opened_on,
    coalesce(standing.closed_on, {{ as_of() }}) as closed_on,
    coalesce(
        standing.close_reason,
        case
            when standing.is_merged then 'merged'
            when rule.rule_id is null then 'rule_retired'
            {%- for subject_kind, (table, key) in subject_facts().items() %}
            when
                standing.subject_kind = '{{ subject_kind }}'
                and not exists (
                    select from {{ ref(table) }} as fact
                    where fact.{{ key }} = standing.subject_key
                )
                then 'subject_gone'
            {%- endfor %}
            else 'corrected'
        end
    ) as close_reason,
    standing.times_opened,
    standing.outcome_id
from {{ ref('int_finding__standing') }} as standing
left join {{ ref('int_finding__rule') }} as rule on standing.rule_id = rule.rule_id
where
    standing.is_merged
    or not exists (
        select from {{ ref('int_finding__active') }} as active
        where active.subject_key = standing.subject_key and active.finding_id = standing.finding_id
    )
