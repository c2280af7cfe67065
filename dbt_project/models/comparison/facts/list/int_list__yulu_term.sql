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
    {{ of_first_row('y', 'person_key') }} as person_key,
    {{ of_first_row('y', 'link_decision') }} as link_decision,
    {{ of_first_row('y', 'link_tier') }} as link_tier,
    max(y.person_name) as person_name,
    max(y.name_norm) as name_norm,
    max(y.id_key) as id_key,
    max(y.study_stage) as study_stage,
    coalesce(sum(y.aid_amount), 0) as aid_amount,
    count(*)::int as payments,
    {{ of_first_row('y', 'batch_id') }} as batch_id,
    {{ of_first_row('y', 'row_no') }} as row_no
from listed as y
group by 1, 2
