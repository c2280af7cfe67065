{#-
    Findings that opened, closed, were answered or moved since the night before, and why. The first that holds:

    subject_change  the person or household came, went or moved
    rule_change     the rule's version or parameters, or it runs since tonight, or no longer
    correction      an answer was given
    new_batch, correction
                    one of the lists that the rule reads was delivered; else other facts of the subject changed, and some
                    list did
    rule_change     models, seeds or reference data changed
    time            nothing but the date
-#}
with changed as (
    select
        'finding|' || coalesce(n.rule_id, o.rule_id) || '|open' as block,
        coalesce(n.rule_id, o.rule_id) as rule_id,
        coalesce(n.subject_kind, o.subject_kind) as subject_kind,
        coalesce(n.subject_key, o.subject_key) as subject_key,
        case when o.state = 'open' then 'all' end as old_category,
        case when n.state = 'open' then 'all' end as new_category,
        {{ both_places() }},
        n.close_reason,
        coalesce(n.outcome_id <> coalesce(o.outcome_id, 0), false) as is_answered
    from {{ rows_gone(ref('finding')) }} as o
    full outer join {{ rows_come(ref('finding')) }} as n on o.finding_id = n.finding_id
),

moved as (
    select * from changed
    where
        (old_category is not null or new_category is not null)
        and jsonb_build_array(old_category, old_county_code, old_town_code, old_village_code)
        <> jsonb_build_array(new_category, new_county_code, new_town_code, new_village_code)
),

rule as (
    select
        coalesce(n.rule_id, o.rule_id) as rule_id,
        coalesce(n.read_extracts, '{}') || coalesce(o.read_extracts, '{}') as read_extracts,
        jsonb_build_array(o.status, o.rule_version, o.parameters)
        <> jsonb_build_array(n.status, n.rule_version, n.parameters) as has_changed
    from (select * from {{ source('ledger', 'night_rule') }} where as_of = {{ published_before() }}) as o
    full outer join (select * from {{ source('ledger', 'night_rule') }} where as_of = {{ as_of() }}) as n
        on o.rule_id = n.rule_id
),

with_deliveries as (
    select
        m.*,
        coalesce(s.is_moved, false) as is_moved,
        coalesce(s.has_other_facts, false) as has_other_facts,
        coalesce(r.has_changed, false) as rule_has_changed,
        {{ delivered('e.extract = any(r.read_extracts)') }} as rule_delivered,
        {{ delivered() }} as somebody_delivered,
        {{ configuration_changed() }} as configuration_changed
    from moved as m
    left join rule as r on m.rule_id = r.rule_id
    left join {{ ref('int_change__subject') }} as s
        on m.subject_kind = s.subject_kind and m.subject_key = s.subject_key
)

select
    {{ change_columns() }},
    case
        when is_moved or close_reason = 'subject_gone' then 'subject_change'
        when rule_has_changed or close_reason = 'rule_retired' then 'rule_change'
        when is_answered then 'correction'
        when rule_delivered is not null then rule_delivered
        when has_other_facts and somebody_delivered is not null then somebody_delivered
        when configuration_changed then 'rule_change'
        else 'time'
    end as reason
from with_deliveries
