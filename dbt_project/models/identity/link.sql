{{ planned_for_volume() }}
{{ config(
    materialized='night_rows',
    key=['batch_id', 'row_no', 'subject_role'],
    meta={'dist_key': 'batch_id'},
) }}
{#-
    Tier 1 as the auditors read it. A residual linker (tier 2) replaces not_found and unusable rows by its own, with
    model_version and weights.
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
