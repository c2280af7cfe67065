{{ planned_for_volume() }}
{{ config(
    materialized='night_rows',
    key=['batch_id', 'row_no', 'subject_role'],
    meta={'dist_key': 'batch_id'},
) }}
{#-
    The review queue with both sides' values, for reviewers with the right to names, and the hashes that a verdict is
    bound to. Rows of lists of earlier months are reviewed with the current ones.
-#}
with final as (

    select
        d.extract,
        d.batch_id,
        d.row_no,
        d.subject_role,
        d.person_key,
        p.county_code,
        {{ identity_hash(mention_values('m')) }} as mention_hash,
        p.person_hash,
        m.person_name as row_name,
        m.id_no as row_id_no,
        m.sex as row_sex,
        m.birth_date as row_birth_date,
        m.village_code as row_village_code,
        p.person_name,
        p.id_no,
        p.sex,
        p.birth_date,
        p.village_code,
        d.tier,
        d.rule,
        d.match_weight,
        d.comparison,
        d.gates
    from {{ ref('int_identity__decision') }} as d
    inner join {{ ref('int_identity__mention') }} as m
        on d.batch_id = m.batch_id and d.row_no = m.row_no and d.subject_role = m.subject_role
    inner join {{ ref('int_identity__residual_person') }} as p on d.person_key = p.person_key
    where d.decision = 'review'

)

select * from final
