-- The registry rows of a town that proposals are about: the row as delivered, its proposals by field, the household's head.
-- Read by bidui.proposal.workbook, which puts in the registry's extract. Parameters: night, kind, town.
with wanted as (
    select subject_key, registry_batch_id, registry_row_no, jsonb_object_agg(
        field, jsonb_build_object('value', proposed_value, 'confidence', confidence, 'basis', basis)
    ) as proposals
    from mart_summary.cleansing_proposal
    where from_night <= %(night)s and %(night)s < to_night
        and subject_kind = %(kind)s and town_code is not distinct from %(town)s
    group by 1, 2, 3
)
select to_jsonb(r), w.proposals, h.head_name
from wanted as w
inner join raw.{extract} as r on w.registry_batch_id = r.batch_id and w.registry_row_no = r.row_no
left join mart_summary.household as h
    on
        %(kind)s = 'household'
        and w.subject_key = h.household_key
        and h.from_night <= %(night)s
        and %(night)s < h.to_night
order by w.registry_batch_id, w.registry_row_no
