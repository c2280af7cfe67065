{{ planned_for_volume() }}
{{ config(
    materialized='night_rows',
    key=['batch_id', 'row_no', 'subject_role'],
    meta={'dist_key': 'batch_id'},
    post_hook="create index if not exists link_bits_idx on {{ this }} (from_night) where comparison ? 'bits'",
) }}
{#-
    What became of every person named, as the auditors read it: the decision of either tier or of a reviewer, with
    model_version and weights where the residual model decided; else not_found, or unusable where the number is.
-#}
with mention as (

    select
        extract,
        batch_id,
        row_no,
        subject_role,
        id_key
    from {{ ref('int_identity__mention') }}

),

decision as (

    select * from {{ ref('int_identity__decision') }}

),

final as (

    select
        m.extract,
        m.batch_id,
        m.row_no,
        m.subject_role,
        d.person_key,
        coalesce(d.decision, case when m.id_key is null then 'unusable' else 'not_found' end) as decision,
        d.tier,
        d.rule,
        d.model_version,
        d.match_weight,
        d.runner_up_weight,
        coalesce(d.comparison, '{}'::jsonb) as comparison,
        coalesce(d.gates, '{}'::jsonb) as gates
    from mention as m
    left join decision as d
        on d.batch_id = m.batch_id and d.row_no = m.row_no and d.subject_role = m.subject_role

)

select * from final
