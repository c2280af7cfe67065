{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'id_key'}) }}
{#-
    A number written for three names or more, by rows that it did not link, is a clerk's stopgap: like a placeholder it
    says nothing of any of them, neither for nor against.
-#}
with mention as (

    select * from {{ ref('int_identity__mention') }}
    where id_key is not null

),

-- Few numbers stand under two names at all. Hashes: texts would be compared and kept for every number of every list.
of_several as (

    select id_key
    from mention
    group by id_key
    having min(hashtext(name_norm)) <> max(hashtext(name_norm))

),

final as (

    select m.id_key
    from mention as m
    inner join of_several as s on m.id_key = s.id_key
    left join {{ ref('int_identity__number_decision') }} as d
        on m.batch_id = d.batch_id and m.row_no = d.row_no and m.subject_role = d.subject_role
    where d.decision is distinct from 'linked' and {{ is_a_name('m.name_norm') }}
    group by m.id_key
    having count(distinct m.name_norm) >= 3

)

select * from final
