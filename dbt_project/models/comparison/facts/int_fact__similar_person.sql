{{ config(materialized='ephemeral') }}
{#- Same name, birth date and village, and another number: perhaps one person registered twice (ID-10). -#}
with person as (

    select * from {{ ref('int_identity__registry_person') }}

)

select
    ours.person_key,
    count(*)::int as similar_id_rows,
    min(apart.characters)::int as similar_id_characters,
    bool_or(left(theirs.id_no, 14) = left(ours.id_no, 14)) as similar_id_in_last_four
from person as ours
inner join person as theirs
    on theirs.name_norm = ours.name_norm
    and theirs.village_code = ours.village_code
    and theirs.birth_date = ours.birth_date
    and theirs.person_key <> ours.person_key
cross join lateral (
    select count(*) as characters
    from generate_series(1, 18) as position
    where substr(theirs.id_no, position, 1) <> substr(ours.id_no, position, 1)
) as apart
where theirs.id_no <> ours.id_no and length(theirs.id_no) = 18 and length(ours.id_no) = 18
group by 1
