{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'person_key'}) }}
{#-
    The decision that counts for each person named of whom anything can be said: what a reviewer said; else a link by
    number and name; else a link of the residual model; else what waits for a reviewer, the number's first.
-#}
with by_number as (

    select * from {{ ref('int_identity__number_decision') }}

),

by_model as (

    select * from {{ ref('int_identity__tier_2_decision') }}

),

-- What numbers and the model say, before any reviewer.
proposed as (

    select
        m.extract,
        m.batch_id,
        m.row_no,
        m.subject_role,
        m.is_current,
        m.person_key,
        m.gated_decision as decision,
        '2' as tier,
        m.block as rule,
        m.model_version,
        m.match_weight,
        m.runner_up_weight,
        m.person_name,
        m.name_grade,
        null::text as number_holder_key,
        false as is_explained,
        m.has_number as is_number_new,
        m.comparison,
        m.gates
        || jsonb_strip_nulls(
            jsonb_build_object(
                'linked_by_number_in_list', nullif(m.is_linked_by_number, false),
                'number_means_another_too', nullif(m.is_meant_otherwise, false),
                'unregistered_namesake_fits', nullif(m.is_unregistered_like, false)
            )
        ) as gates
    from by_model as m
    -- A join: `or not exists` would be asked row by row over every row of every list.
    left join by_number as n
        on m.batch_id = n.batch_id and m.row_no = n.row_no and m.subject_role = n.subject_role
    where m.gated_decision = 'linked' or n.batch_id is null
    union all
    select
        n.extract,
        n.batch_id,
        n.row_no,
        n.subject_role,
        n.is_current,
        n.person_key,
        n.decision,
        n.tier,
        n.rule,
        null::text as model_version,
        null::double precision as match_weight,
        null::double precision as runner_up_weight,
        n.person_name,
        n.name_grade,
        n.number_holder_key,
        n.is_explained,
        false as is_number_new,
        n.comparison,
        n.gates
    from by_number as n
    left join by_model as m
        on n.batch_id = m.batch_id and n.row_no = m.row_no and n.subject_role = m.subject_role
        and m.gated_decision = 'linked'
    where m.batch_id is null

),

verdict as (

    select * from {{ ref('int_identity__verdict') }}

),

reviewed as (

    select
        v.extract,
        v.batch_id,
        v.row_no,
        v.subject_role,
        v.is_current,
        v.person_key,
        'linked' as decision,
        coalesce(s.tier, '2') as tier,
        'reviewer' as rule,
        s.model_version,
        s.match_weight,
        s.runner_up_weight,
        v.person_name,
        v.name_grade,
        s.number_holder_key,
        true as is_explained,
        v.is_number_new and s.number_holder_key is null as is_number_new,
        coalesce(s.comparison, '{}'::jsonb) || jsonb_build_object('verdict_id', v.verdict_id) as comparison,
        coalesce(s.gates, '{}'::jsonb) as gates
    from verdict as v
    left join proposed as s
        on
            v.batch_id = s.batch_id and v.row_no = s.row_no and v.subject_role = s.subject_role
            and v.person_key = s.person_key
    where v.verdict = 'same' and v.turn = 1

),

-- A reviewer has said that the person proposed is somebody else, or that the row is another person's.
struck as (

    select distinct
        v.batch_id,
        v.row_no,
        v.subject_role,
        case when v.verdict = 'different' then v.same_person_key end as same_person_key
    from verdict as v

),

final as (

    select * from reviewed
    union all
    select s.*
    from proposed as s
    inner join {{ ref('int_identity__registry_person') }} as r on s.person_key = r.person_key
    where not exists (
        select from struck
        where
            struck.batch_id = s.batch_id and struck.row_no = s.row_no and struck.subject_role = s.subject_role
            and coalesce(struck.same_person_key = r.same_person_key, true)
    )

)

select * from final
