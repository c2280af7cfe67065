{#-
    What was delivered since the night before: a list with a newer data date is a new batch; any other change of what is
    in force (the same date again, a month gone by, a batch withdrawn) is a correction.
-#}
with batch as (
    select
        as_of,
        extract,
        array_agg(batch_id order by batch_id) as batches,
        max(data_date) filter (where is_current) as data_date
    from {{ source('ledger', 'night_batch') }}
    where as_of in ({{ as_of() }}, {{ published_before() }})
    group by as_of, extract
),

night as (
    select * from batch
    where as_of = {{ as_of() }}
),

before as (
    select * from batch
    where as_of <> {{ as_of() }}
),

final as (
    select
        coalesce(night.extract, before.extract) as extract,
        case
            when night.data_date > before.data_date then 'new_batch'
            when before.extract is null then 'new_batch'
            else 'correction'
        end as reason
    from night
    full outer join before on night.extract = before.extract
    where night.batches is distinct from before.batches
)

select * from final
where {{ published_before() }} is not null
