-- States of tonight can be told from the events alone: the last event's state is the finding's.
with last_event as (
    select distinct on (finding_id)
        finding_id,
        state
    from {{ ref('finding_event') }}
    where as_of <= {{ as_of() }}
    -- Of two events of a night (reopened and at once exempt) both carry the state after them.
    order by finding_id asc, as_of desc
)

select finding.finding_id
from {{ ref('finding') }} as finding
left join last_event on finding.finding_id = last_event.finding_id
where finding.to_night = 'infinity' and finding.state is distinct from last_event.state
