{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'person_key'}) }}
{#-
    Whom a row that waits for a reviewer may mean beside the person shown there; of none of them may it read as absent:

    - a row under somebody else's number: who bears its name in the household that it gives, else in its village, else in
      the village of the number's holder;
    - a row with a 15-digit number: everybody of its name who has these digits, a century apart.
-#}
with by_number as (

    select
        d.extract,
        d.batch_id,
        d.row_no,
        d.subject_role,
        d.number_holder_key,
        d.reached_by,
        d.name_grade
    from {{ ref('int_identity__number_decision') }} as d
    inner join {{ ref('int_identity__decision') }} as settled
        on d.batch_id = settled.batch_id and d.row_no = settled.row_no and d.subject_role = settled.subject_role
    where d.is_current and settled.decision = 'review'

),

under_other_number as (

    select
        d.extract,
        named.person_key
    from by_number as d
    inner join {{ ref('int_identity__mention') }} as m
        on d.batch_id = m.batch_id and d.row_no = m.row_no and d.subject_role = m.subject_role
    inner join {{ ref('int_identity__registry_person') }} as holder on d.number_holder_key = holder.person_key
    inner join {{ ref('int_identity__registry_person') }} as named on m.name_norm = named.name_norm
    where
        d.reached_by = 'id'
        and d.name_grade in ('one_character', 'different')
        and case
            when m.household_key is not null then m.household_key = named.household_key
            else coalesce(m.village_code, holder.village_code) = named.village_code
        end

),

same_15_digits as (

    select
        d.extract,
        c.person_key
    from by_number as d
    inner join {{ ref('int_identity__candidate') }} as c
        on d.batch_id = c.batch_id and d.row_no = c.row_no and d.subject_role = c.subject_role
    where c.reached_by = 'id15' and c.name_grade in ('same', 'variant')

),

final as (

    select * from under_other_number
    union
    select * from same_15_digits

)

select * from final
