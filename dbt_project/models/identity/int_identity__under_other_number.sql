{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'person_key'}) }}
{#-
    Registry persons whose name stands on a row under somebody else's number. Such a row waits for a reviewer beside the
    number's holder; of the person named it must not read as absent. Named is who bears the name in the household that
    the row gives, else in its village, else in the holder's.
-#}
with final as (

    select distinct
        d.extract,
        named.person_key
    from {{ ref('int_identity__number_decision') }} as d
    inner join {{ ref('int_identity__decision') }} as settled
        on d.batch_id = settled.batch_id and d.row_no = settled.row_no and d.subject_role = settled.subject_role
    inner join {{ ref('int_identity__mention') }} as m
        on d.batch_id = m.batch_id and d.row_no = m.row_no and d.subject_role = m.subject_role
    inner join {{ ref('int_identity__registry_person') }} as holder on d.number_holder_key = holder.person_key
    inner join {{ ref('int_identity__registry_person') }} as named on m.name_norm = named.name_norm
    where
        d.is_current
        and d.reached_by = 'id'
        and d.name_grade in ('one_character', 'different')
        and settled.decision = 'review'
        and case
            when m.household_key is not null then m.household_key = named.household_key
            else coalesce(m.village_code, holder.village_code) = named.village_code
        end

)

select * from final
