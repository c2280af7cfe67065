{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}) }}
with compare_row as (

    select
        coalesce(person_key, id_no, 'row-' || row_hash) as subject_key,
        *
    from {{ ref('int_fact__edu_compare_row') }}

),

yulu_row as (

    select
        coalesce(person_key, id_no, 'row-' || row_hash) as subject_key,
        *
    from {{ ref('int_fact__yulu_row') }}
    where coalesce(aid_amount, 1) > 0

),

repeated_item as (

    select
        subject_key,
        term_key,
        min(aid_item) as aid_item
    from (
        select subject_key, term_key, aid_item
        from compare_row
        where aid_amount > 0 and aid_item is not null
        group by 1, 2, 3
        having count(*) > 1
    ) as paid_twice
    group by 1, 2

),

compared as (

    select
        c.subject_key,
        c.term_key,
        (array_agg(c.person_key order by c.batch_id, c.row_no))[1] as person_key,
        (array_agg(c.link_decision order by c.batch_id, c.row_no))[1] as link_decision,
        (array_agg(c.link_tier order by c.batch_id, c.row_no))[1] as link_tier,
        max(c.person_name) as person_name,
        max(c.name_norm) as name_norm,
        max(c.county_code) as county_code,
        max(c.town_code) as town_code,
        max(c.village_code) as village_code,
        max(c.id_key) as id_key,
        max(c.study_stage) as study_stage,
        max(c.not_in_school_reason) as not_in_school_reason,
        bool_or(c.is_registered) as says_registered,
        max(c.poverty_type) as poverty_type,
        bool_or(c.is_out_of_county) as is_out_of_county,
        coalesce(sum(c.aid_amount), 0) as aid_amount,
        string_agg(distinct c.aid_item, '|' order by c.aid_item) as aid_items,
        (array_agg(c.batch_id order by coalesce(c.aid_amount, 0) > 0 desc, c.batch_id, c.row_no))[1] as batch_id,
        (array_agg(c.row_no order by coalesce(c.aid_amount, 0) > 0 desc, c.batch_id, c.row_no))[1] as row_no
    from compare_row as c
    group by 1, 2

),

paid as (

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
    from yulu_row as y
    group by 1, 2

),

-- Registry persons of the current term, whether or not a list names them.
pupil as (

    select
        r.person_key,
        {{ school_term() }} as term_key
    from {{ ref('int_fact__registry') }} as r
    inner join {{ ref('int_fact__education') }} as e on e.person_key = r.person_key
    where
        r.age_1_september between 3 and 24
        or r.is_student
        or e.school_roll__is_enrolled

),

-- A row under a number that the registry lacks may be about somebody whose number in the registry is wrong.
unreadable_person as (

    select distinct name_norm, village_code
    from {{ ref('int_identity__registry_person') }}
    where id_key is null

),

subject as (

    select person_key as subject_key, person_key, term_key from pupil
    union
    select subject_key, person_key, term_key from compared where person_key is not null or aid_amount > 0
    union
    select subject_key, person_key, term_key from paid

),

-- Terms a list speaks for: those of its rows that are more than a few.
spoken_term as (

    select extract, term_key
    from (
        select
            extract,
            term_key,
            listed,
            max(listed) over (partition by extract) as listed_most
        from (
            select 'edu_compare' as extract, term_key, count(*) as listed from compared group by 1, 2
            union all
            select 'yulu' as extract, term_key, count(*) as listed from paid group by 1, 2
        ) as terms
    ) as ranked
    where listed * 10 >= listed_most

),

placed as (

    select
        s.subject_key,
        s.term_key,
        s.term_key = {{ school_term() }} as is_current_term,
        {{ term_start('s.term_key') }} as term_start,
        {{ school_year_start_of_term('s.term_key') }} as school_year_start,
        s.person_key as registry_key,
        coalesce(c.link_decision, p.link_decision) as link_decision,
        coalesce(c.link_decision, p.link_decision) = 'not_found'
        and not exists (
            select from unreadable_person as u
            where
                u.name_norm = coalesce(c.name_norm, p.name_norm)
                and coalesce(u.village_code = c.village_code, true)
        ) as is_stranger,
        coalesce(c.link_tier, p.link_tier) as link_tier,
        coalesce(c.person_name, p.person_name) as row_person_name,
        coalesce(c.id_key, p.id_key) as row_id_key,
        c.county_code as row_county_code,
        c.town_code as row_town_code,
        c.village_code as row_village_code,
        c.subject_key is not null as is_compared,
        p.subject_key is not null as is_paid,
        c.study_stage as compare_stage,
        c.not_in_school_reason,
        c.says_registered,
        c.poverty_type,
        c.is_out_of_county,
        c.aid_amount as compare_amount,
        c.aid_items,
        i.aid_item as repeated_item,
        c.batch_id as compare_batch_id,
        c.row_no as compare_row_no,
        p.study_stage as yulu_stage,
        p.aid_amount as yulu_amount,
        p.payments as yulu_payments,
        p.batch_id as yulu_batch_id,
        p.row_no as yulu_row_no,
        kc.extract is not null as compare_speaks,
        ky.extract is not null as yulu_speaks
    from subject as s
    left join compared as c on c.subject_key = s.subject_key and c.term_key = s.term_key
    left join paid as p on p.subject_key = s.subject_key and p.term_key = s.term_key
    left join repeated_item as i on i.subject_key = s.subject_key and i.term_key = s.term_key
    left join spoken_term as kc on kc.extract = 'edu_compare' and kc.term_key = s.term_key
    left join spoken_term as ky on ky.extract = 'yulu' and ky.term_key = s.term_key

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
    from placed as t
    left join (
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
    ) as v on v.person_key = t.registry_key

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
            when t.registry_key is not null then coalesce(r.person_identified_on <= t.term_start, true)
            when t.is_stranger then false
        end as in_registry_at_term_start,
        r.is_poor_registered,
        r.is_monitored,
        case
            when t.registry_key is not null
                then r.monitor_category is not null and coalesce(r.risk_cleared, false)
                    and coalesce(r.risk_cleared_on < t.term_start, false)
        end as risk_cleared_before_term,
        r.household_type,
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
    left join {{ ref('int_fact__education') }} as e on e.person_key = t.registry_key
    left join {{ ref('int_fact__death') }} as d on d.person_key = t.registry_key

)

select * from final
