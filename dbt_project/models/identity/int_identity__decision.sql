{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'person_key'}) }}
{#-
    The decision that counts for each person named of whom anything can be said: what a reviewer said; else a link by
    number and name; else a link of the residual model; else what waits for a reviewer, the number's first.

    Gates added here: who is linked by number from this list already is not meant by another of its rows, unless that row
    has the person's own number in another form; and 15 digits that are also somebody else's of that name decide nothing.
-#}
with by_number as (

    select * from {{ ref('int_identity__number_decision') }}

),

-- Lists of earlier months are lists of their own.
linked_by_number as (

    select distinct
        d.extract,
        case when d.is_current then 0 else d.batch_id end as list,
        r.same_person_key
    from by_number as d
    inner join {{ ref('int_identity__registry_person') }} as r on d.person_key = r.person_key
    where d.decision = 'linked'

),

-- Whom a row's 15 digits could mean by name; a century apart two people have the same.
meant_by_15 as (

    select distinct
        batch_id,
        row_no,
        subject_role,
        same_person_key
    from {{ ref('int_identity__candidate') }}
    where reached_by = 'id15' and name_grade in ('same', 'variant')

),

meant_otherwise as (

    select distinct
        m.batch_id,
        m.row_no,
        m.subject_role
    from {{ ref('int_identity__residual_decision') }} as d
    inner join {{ ref('int_identity__residual_mention') }} as m on d.claim_key = m.claim_key
    inner join meant_by_15 as o
        on m.batch_id = o.batch_id and m.row_no = o.row_no and m.subject_role = o.subject_role
    where d.same_person_key <> o.same_person_key

),

residual as (

    select
        m.extract,
        m.batch_id,
        m.row_no,
        m.subject_role,
        m.is_current,
        m.person_name,
        d.person_key,
        d.decision,
        d.model_version,
        d.block,
        d.name_grade,
        d.has_number,
        d.match_weight,
        d.runner_up_weight,
        d.comparison,
        d.gates,
        not d.is_own_number and l.extract is not null as is_linked_by_number,
        o.batch_id is not null as is_meant_otherwise
    from {{ ref('int_identity__residual_decision') }} as d
    inner join {{ ref('int_identity__residual_mention') }} as m on d.claim_key = m.claim_key
    left join linked_by_number as l
        on
            m.extract = l.extract and d.same_person_key = l.same_person_key
            and case when m.is_current then 0 else m.batch_id end = l.list
    left join meant_otherwise as o
        on m.batch_id = o.batch_id and m.row_no = o.row_no and m.subject_role = o.subject_role

),

chosen as (

    select
        *,
        case
            when decision = 'linked' and not (is_linked_by_number or is_meant_otherwise) then 'linked'
            else 'review'
        end as final_decision
    from residual

),

scored as (

    select
        c.extract,
        c.batch_id,
        c.row_no,
        c.subject_role,
        c.is_current,
        c.person_key,
        c.final_decision as decision,
        '2' as tier,
        c.block as rule,
        c.model_version,
        c.match_weight,
        c.runner_up_weight,
        c.person_name,
        c.name_grade,
        null::text as number_holder_key,
        false as is_explained,
        c.has_number as is_number_new,
        c.comparison,
        c.gates
        || jsonb_strip_nulls(
            jsonb_build_object(
                'linked_by_number_in_list', nullif(c.is_linked_by_number, false),
                'number_means_another_too', nullif(c.is_meant_otherwise, false)
            )
        ) as gates
    from chosen as c
    -- A join: `or not exists` would be asked row by row over every row of every list.
    left join by_number as n
        on c.batch_id = n.batch_id and c.row_no = n.row_no and c.subject_role = n.subject_role
    where c.final_decision = 'linked' or n.batch_id is null
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
    left join chosen as c
        on n.batch_id = c.batch_id and n.row_no = c.row_no and n.subject_role = c.subject_role
        and c.final_decision = 'linked'
    where c.batch_id is null

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
    left join scored as s
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
    from scored as s
    inner join {{ ref('int_identity__registry_person') }} as r on s.person_key = r.person_key
    where not exists (
        select from struck
        where
            struck.batch_id = s.batch_id and struck.row_no = s.row_no and struck.subject_role = s.subject_role
            and coalesce(struck.same_person_key = r.same_person_key, true)
    )

)

select * from final
