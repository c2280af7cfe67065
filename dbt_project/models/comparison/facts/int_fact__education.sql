{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}, indexes=[{'columns': ['person_key'], 'unique': true}]) }}
{#- School roll, comparison list and Yulu list of the term of the night, per registry person. -#}
with evidence as (

    select * from {{ ref('int_fact__evidence') }}

),

per_list as (

    select
        e.person_key,

        {{ lineage('school_roll', 'e', 'r') }},
        {{ name_on_row('school_roll', 'e', 'r') }},
        {{ fact('e.school_roll', 'r.person_key is not null', 'false') }} as school_roll__is_enrolled,
        {{ said('school_roll', 'e', 'r.study_stage', 'study_stage') }},
        {{ said('school_roll', 'e', 'r.grade', 'grade') }},
        {{ said('school_roll', 'e', sex_word('r.sex'), 'sex') }},
        {{ said('school_roll', 'e', 'r.birth_date', 'birth_date') }},
        {{ said('school_roll', 'e', 'r.school_name', 'school_name') }},
        {{ said('school_roll', 'e', 'r.study_mode', 'study_mode') }},
        case
            when e.school_roll is null and (r.schools > 1 or e.school_roll__waits is null) then coalesce(r.schools, 0)
        end as school_roll__schools,

        {{ lineage('edu_compare', 'e', 'c') }},
        {{ said('edu_compare', 'e', 'e.edu_compare__waits', 'waits') }},
        {{ name_on_row('edu_compare', 'e', 'c') }},
        {{ fact_of_all_rows('e.edu_compare', 'c.person_key is not null', 'false') }} as edu_compare__is_listed,
        {{ said('edu_compare', 'e', 'c.has_school and c.not_in_school_reason is null', 'is_enrolled') }},
        {{ said('edu_compare', 'e', 'c.study_stage', 'study_stage') }},
        {{ said('edu_compare', 'e', 'c.grade', 'grade') }},
        {{ said('edu_compare', 'e', 'c.not_in_school_reason', 'not_in_school_reason') }},
        {{ said('edu_compare', 'e', 'c.is_out_of_county', 'is_out_of_county') }},
        {{ fact_of_all_rows('e.edu_compare', 'c.aid_of_person', '0') }} as edu_compare__aid_amount,
        {{ said('edu_compare', 'e', 'c.aid_items', 'aid_items') }},
        {{ said('edu_compare', 'e', 'c.meals_of_person', 'meal_amount') }},

        {{ lineage('yulu', 'e', 'y') }},
        {{ name_on_row('yulu', 'e', 'y') }},
        {{ said('yulu', 'e', 'e.yulu__waits', 'waits') }},
        {{ fact_of_all_rows('e.yulu', 'y.person_key is not null', 'false') }} as yulu__is_paid,
        {{ fact_of_all_rows('e.yulu', 'y.aid_of_person', '0') }} as yulu__aid_amount,
        {{ said('yulu', 'e', 'y.study_stage', 'study_stage') }}
    from evidence as e
    left join {{ ref('int_list__school_roll') }} as r on r.person_key = e.person_key
    left join {{ ref('int_list__edu_compare') }} as c on c.person_key = e.person_key
    left join {{ ref('int_list__yulu') }} as y on y.person_key = e.person_key

),

-- The roll is the authority; the comparison list also knows those who study elsewhere.
enrolled as (

    select
        *,
        case
            when school_roll__is_enrolled or edu_compare__is_enrolled then true
            when school_roll__state is not null then null
            when coalesce(edu_compare__state, edu_compare__waits) in ('quarantined', 'in_review') then null
            else false
        end as enrolled__is_enrolled,
        case
            when school_roll__is_enrolled then 'school_roll'
            when edu_compare__row_no is not null then 'edu_compare'
        end as enrolled__extract
    from per_list

),

final as (

    select
        *,
        case
            when enrolled__is_enrolled is null
                then coalesce(school_roll__state, edu_compare__state, edu_compare__waits)
        end as enrolled__state,
        case
            when enrolled__is_enrolled
                then coalesce(school_roll__study_stage, edu_compare__study_stage)
        end as enrolled__study_stage,
        case enrolled__extract
            when 'school_roll' then school_roll__batch_id when 'edu_compare' then edu_compare__batch_id
        end as enrolled__batch_id,
        case enrolled__extract
            when 'school_roll' then school_roll__row_no when 'edu_compare' then edu_compare__row_no
        end as enrolled__row_no,
        case
            when edu_compare__not_in_school_reason is not null then true
            else not enrolled__is_enrolled
        end as dropout__is_out
    from enrolled

)

select
    final.*,
    case when final.dropout__is_out is null then final.enrolled__state end as dropout__state
from final
