-- What a night links with: the active version of the model and the newest verdict, into ledger.night_linkage.
-- Read by bidui.night.freeze. Parameters: as_of; kind of the run.
insert into ledger.night_linkage (as_of, model_version, last_verdict_id)
select %(as_of)s, ledger.active_link_model(), coalesce(max(verdict_id), 0) from ledger.link_verdict
on conflict (as_of) do update
set
    model_version = excluded.model_version,
    -- A night computed anew knows the verdicts that it knew.
    last_verdict_id = case
        when %(kind)s = 'rebuild' then ledger.night_linkage.last_verdict_id else excluded.last_verdict_id
    end
