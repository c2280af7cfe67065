{{ config(materialized='ephemeral') }}
{#-
    What 雨露计划 pays somebody in a term, in the registry or not; a row of nothing is no payment. Where
    rows differ in what they say, the greatest stands: any would do, but the same every night.
-#}
with listed as (

    select
        coalesce(person_key, id_no, 'row-' || row_hash) as subject_key,
        *
    from {{ ref('int_fact__yulu_row') }}
    where coalesce(aid_amount, 1) > 0

)

select
    y.subject_key,
    y.term_key,
    (array_agg(y.person_key order by y.batch_id, y.row_no))[1] as person_key,
    (array_agg(y.link_decision order by y.batch_id, y.row_no))[1] as link_decision,
    (array_agg(y.link_tier order by y.batch_id, y.row_no))[1] as link_tier,
    max(y.person_name) as person_name,
    max(y.name_norm) as name_norm,
    max(y.id_key) as id_key,
    max(y.study_stage) as study_stage,
    coalesce(sum(y.aid_amount), 0) as aid_amount,
    count(*)::int as payments,
    (array_agg(y.batch_id order by y.batch_id, y.row_no))[1] as batch_id,
    (array_agg(y.row_no order by y.batch_id, y.row_no))[1] as row_no
from listed as y
group by 1, 2
