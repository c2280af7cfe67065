-- A finding that is not closed hangs under one that stands tonight, and never under itself.
select effect.finding_id
from {{ ref('finding') }} as effect
left join {{ ref('finding') }} as source
    on
        effect.cause_finding_id = source.finding_id
        and source.to_night = 'infinity'
        and source.state in ('open', 'confirmed')
where
    effect.to_night = 'infinity'
    and effect.state <> 'closed'
    and effect.cause_finding_id is not null
    and (source.finding_id is null or source.finding_id = effect.finding_id)
