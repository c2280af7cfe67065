{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}) }}
{#-
    What is known of somebody in a term, and why a list does not say. The lists of aid speak for the terms that their rows
    name, so whether a list is of the night's term is asked of the school roll alone (int_fact__evidence).
-#}
with evidence as (

    select
        i.person_key,
        i.edu_compare,
        i.edu_compare__waits,
        i.yulu,
        i.yulu__waits,
        e.school_roll,
        x.edu_compare_list,
        x.yulu_list
    from {{ ref('int_identity__evidence') }} as i
    inner join {{ ref('int_fact__evidence') }} as e on e.person_key = i.person_key
    cross join (
        select
            max(state) filter (where extract = 'edu_compare') as edu_compare_list,
            max(state) filter (where extract = 'yulu') as yulu_list
        from {{ ref('int_identity__extract_state') }}
    ) as x

),

judged as (

    select
        t.*,
        case
            when t.is_compared then null
            when t.registry_key is null then 'unusable_id'
            else coalesce(
                v.edu_compare_list,
                case when not t.compare_speaks then 'stale_batch' end,
                v.edu_compare,
                v.edu_compare__waits
            )
        end as compare_state,
        case
            when t.is_paid then null
            when t.registry_key is null then 'unusable_id'
            else coalesce(v.yulu_list, case when not t.yulu_speaks then 'stale_batch' end, v.yulu, v.yulu__waits)
        end as yulu_state,
        case
            when not t.is_current_term then 'no_batch'
            when t.registry_key is null then 'unusable_id'
            else v.school_roll
        end as roll_state,
        v.edu_compare__waits as compare_waits,
        v.yulu__waits as yulu_waits
    from {{ ref('int_fact__listed_term') }} as t
    left join evidence as v on v.person_key = t.registry_key

),

final as (

    select
        t.subject_key as person_key,
        r.person_no,
        r.household_key,
        r.household_no,
        t.term_key as term,
        t.term_start,
        t.is_current_term,
        case
            when t.registry_key is not null then true
            when t.is_stranger then false
        end as is_registry_person,
        coalesce(t.link_decision, 'linked') as link_decision,
        t.link_tier,
        extract(year from t.school_year_start)::int as school_year,
        coalesce(r.county_code, t.row_county_code) as county_code,
        coalesce(r.town_code, t.row_town_code) as town_code,
        coalesce(r.village_code, t.row_village_code) as village_code,
        coalesce(r.person_name, t.row_person_name) as person_name,
        {{ completed_years(
            'coalesce(r.known_birth_date, ' ~ id_birth_date('t.row_id_key') ~ ')', 't.school_year_start'
        ) }}::int as age_1_september,
        case when t.is_current_term then r.registry_stage end as registry_stage,
        r.is_student,
        coalesce(
            case when t.is_current_term then e.school_roll__study_stage end,
            t.compare_stage,
            t.yulu_stage,
            case when t.is_current_term then r.registry_stage end
        ) as stage,
        case
            when t.registry_key is not null then m.is_listed and coalesce(r.person_identified_on <= t.term_start, true)
            when t.was_registered then true
            when t.is_stranger then false
        end as in_registry_at_term_start,
        m.is_poor_registered,
        case when t.registry_key is not null then m.monitor_category is not null end as is_monitored,
        m.household_type,
        r.says_tekun,
        d.in_entitlement_scope,
        t.roll_state as school_roll__state,
        case when t.roll_state is null then e.school_roll__is_enrolled end as school_roll__is_enrolled,
        case when t.roll_state is null then e.school_roll__study_stage end as school_roll__study_stage,
        case when t.roll_state is null then e.school_roll__batch_id end as school_roll__batch_id,
        case when t.roll_state is null then e.school_roll__row_no end as school_roll__row_no,
        t.compare_state as edu_compare__state,
        case when t.compare_state is null then t.is_compared end as edu_compare__is_listed,
        t.compare_stage as edu_compare__study_stage,
        t.not_in_school_reason as edu_compare__not_in_school_reason,
        t.says_registered as edu_compare__says_registered,
        t.poverty_type as edu_compare__poverty_type,
        t.is_out_of_county as edu_compare__is_out_of_county,
        t.compare_waits as edu_compare__waits,
        case
            when t.compare_state is null and (t.compare_amount > 0 or t.compare_waits is null)
                then coalesce(t.compare_amount, 0)
        end as edu_compare__aid_amount,
        t.aid_items as edu_compare__aid_items,
        t.repeated_item as edu_compare__repeated_item,
        t.compare_batch_id as edu_compare__batch_id,
        t.compare_row_no as edu_compare__row_no,
        t.yulu_state as yulu__state,
        case when t.yulu_state is null then t.is_paid end as yulu__is_paid,
        case when t.yulu_state is null then coalesce(t.yulu_amount, 0) end as yulu__aid_amount,
        t.yulu_waits as yulu__waits,
        case when t.yulu_state is null then coalesce(t.yulu_payments, 0) end as yulu__payments,
        t.yulu_stage as yulu__study_stage,
        t.yulu_batch_id as yulu__batch_id,
        t.yulu_row_no as yulu__row_no
    from judged as t
    left join {{ ref('int_fact__registry') }} as r on r.person_key = t.registry_key
    left join {{ ref('int_fact__standing_month') }} as m on m.person_key = t.registry_key and m.month = t.term_start
    left join {{ ref('int_fact__education') }} as e on e.person_key = t.registry_key
    left join {{ ref('int_fact__death') }} as d on d.person_key = t.registry_key

)

select * from final
