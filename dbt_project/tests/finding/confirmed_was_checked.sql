-- Nothing adverse without verification: whatever stands as confirmed has an answer that names its field check.
select finding.finding_id
from {{ ref('finding') }} as finding
left join ledger.answer as answer
    on
        finding.outcome_id = answer.outcome_id
        and answer.verdict = 'confirmed'
        and nullif(btrim(answer.field_check), '') is not null
where finding.to_night = 'infinity' and finding.state = 'confirmed' and answer.outcome_id is null
