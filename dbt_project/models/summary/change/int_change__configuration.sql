{#-
    Whether what compares has changed since the night before: models, seeds, SQL, parameters or reference data.
    Rules are versions of their own, see int_change__finding.
-#}
with run as (
    select distinct on (as_of)
        as_of,
        inputs
    from {{ source('ledger', 'run') }}
    where as_of = {{ as_of() }} or (as_of = {{ published_before() }} and status = 'published')
    order by as_of asc, (status = 'failed') asc, run_id desc
)

select
    count(distinct jsonb_build_array(
        inputs -> 'configuration' -> 'models',
        inputs -> 'configuration' -> 'seeds',
        inputs -> 'configuration' -> 'sql',
        inputs -> 'reference_load',
        inputs -> 'parameters'
    )) > 1 as has_changed
from run
