-- The batches in force at a night, one row per extract and batch, into ledger.night_batch.
-- Read by bidui.night.freeze. Parameters: as_of; terms, the contracts' delivery terms as a JSON array with extract, content,
-- max_age_days and history_months.
with extract_terms as (
    select * from jsonb_to_recordset(%(terms)s) as t (extract text, content text, max_age_days int, history_months int)
),
known as (
    select b.*, date_trunc('month', b.data_date)::date as list_month, t.content, t.max_age_days, t.history_months
    from ledger.batch_known(%(as_of)s) as b
    inner join extract_terms as t on t.extract = b.extract
),
ranked as (
    select
        *,
        -- All parts of the newest delivery share its data date; a corrected delivery has superseded the one before.
        data_date = max(data_date) over (partition by extract) as is_newest,
        data_date = max(data_date) over (partition by extract, list_month) as is_newest_of_month
    from known
)
insert into ledger.night_batch (as_of, department, extract, batch_id, data_date, list_month, is_current, is_stale)
select
    %(as_of)s, department, extract, batch_id, data_date, list_month,
    is_newest or content = 'delta', %(as_of)s - data_date > max_age_days
from ranked
where is_newest
    or content = 'delta'
    -- A list of a month that no rule looks back to is not read, so that its rows can expire.
    or is_newest_of_month
    and list_month >= date_trunc('month', %(as_of)s::date) - make_interval(months => history_months)
