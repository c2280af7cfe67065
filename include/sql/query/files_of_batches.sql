-- The files that batches came in, from the oldest (`place` 1) to the newest; several sheets or members are one file.
-- One row per batch that is staged. Read by bidui.validation.correction. Parameters: batch_ids, batches of one extract.
select batch_id, first_batch, dense_rank() over (order by as_of, first_batch) as place
from (
    select *, min(batch_id) over (partition by as_of, sha256) as first_batch
    from ledger.batch
    where batch_id = any(%(batch_ids)s)
) as batches
where to_regclass(format('staging.%%I', extract || '__b' || batch_id)) is not null
