{{ config(materialized='ephemeral') }}
{#-
    Tier 2: what the residual model decided of each row, and three gates that only all links together show. Who is linked by
    number from this list already is not meant by another of its rows, unless that row has the person's own number in
    another form; 15 digits that are also somebody else's of that name decide nothing; and a row without a number that fits
    somebody unregistered as well means neither.
-#}
with linked_by_number as (

    select distinct
        d.extract,
        -- lists of earlier months are lists of their own
        case when d.is_current then 0 else d.batch_id end as list,
        r.same_person_key
    from {{ ref('int_identity__number_decision') }} as d
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
        o.batch_id is not null as is_meant_otherwise,
        u.claim_key is not null as is_unregistered_like
    from {{ ref('int_identity__residual_decision') }} as d
    inner join {{ ref('int_identity__residual_mention') }} as m on d.claim_key = m.claim_key
    left join linked_by_number as l
        on
            m.extract = l.extract and d.same_person_key = l.same_person_key
            and case when m.is_current then 0 else m.batch_id end = l.list
    left join meant_otherwise as o
        on m.batch_id = o.batch_id and m.row_no = o.row_no and m.subject_role = o.subject_role
    left join {{ ref('int_identity__unregistered_namesake') }} as u on d.claim_key = u.claim_key

)

select
    *,
    case
        when decision = 'linked' and not (is_linked_by_number or is_meant_otherwise or is_unregistered_like)
            then 'linked'
        else 'review'
    end as gated_decision
from residual
