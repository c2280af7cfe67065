{{ config(materialized='night_rows', key=['finding_id']) }}
{#-
    The life of a finding, from where it stood the night before and what the rules say tonight:

    | before      | tonight                                        | then                                             |
    |-------------|------------------------------------------------|--------------------------------------------------|
    | –           | hit                                            | open (opened; baseline before any published night) |
    | closed      | hit                                            | open (reopened, times_opened + 1)                |
    | not closed  | hit                                            | as it was, evidence of tonight                   |
    | not closed  | not comparable, rule refused, list not trusted | as it was                                        |
    | not closed  | anything else: false, gone, rule retired       | closed                                           |

    A finding is found again by rule, subject and object; its id stays when its subject's key is given up
    (int_finding__standing). What is not closed is int_finding__active, with the answers (ledger.answer) laid over it;
    the rest is int_finding__closed; here each is put under the finding that explains it. last_seen is null while the rule
    still hits: a row stays as it is over all nights on which nothing changed, and the night read is then the last seen.
-#}
with active as (
    select * from {{ ref('int_finding__active') }}
),

cause as (
    select distinct on (effect.finding_id)
        effect.finding_id,
        source.finding_id as cause_finding_id
    from active as effect
    inner join {{ ref('int_finding__rule') }} as rule on effect.rule_id = rule.rule_id
    cross join unnest(rule.cause_rules) with ordinality as wanted (rule_id, priority)
    inner join active as source
        on
            effect.household_key = source.household_key
            and wanted.rule_id = source.rule_id
            and (
                source.subject_kind = 'household'
                or effect.subject_kind = 'household'
                or effect.subject_key = source.subject_key
            )
    where source.state in ('open', 'confirmed')
    order by effect.finding_id, wanted.priority, source.finding_id
),

final as (
    select
        active.finding_id,
        {{ finding_says('active') }},
        active.state,
        active.is_baseline,
        cause.cause_finding_id,
        active.first_seen,
        active.last_seen,
        active.opened_on,
        null::date as closed_on,
        null::text as close_reason,
        active.times_opened,
        active.outcome_id
    from active
    left join cause on active.finding_id = cause.finding_id
    union all
    select
        closed.finding_id,
        {{ finding_says('closed') }},
        'closed' as state,
        closed.is_baseline,
        closed.cause_finding_id,
        closed.first_seen,
        closed.last_seen,
        closed.opened_on,
        closed.closed_on,
        closed.close_reason,
        closed.times_opened,
        closed.outcome_id
    from {{ ref('int_finding__closed') }} as closed
)

select * from final
