{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'id_key'}) }}
{#-
    A number written for three names or more, by rows that it did not link, is a clerk's stopgap: like a placeholder it
    says nothing of any of them, neither for nor against.
-#}
with unlinked as (

    select
        m.id_key,
        m.name_norm
    from {{ ref('int_identity__mention') }} as m
    left join {{ ref('int_identity__number_decision') }} as d
        on m.batch_id = d.batch_id and m.row_no = d.row_no and m.subject_role = d.subject_role
    where m.id_key is not null and {{ is_a_name('m.name_norm') }} and d.decision is distinct from 'linked'

),

final as (

    select id_key
    from unlinked
    group by id_key
    having count(distinct name_norm) >= 3

)

select * from final
