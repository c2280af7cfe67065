{{ config(materialized='ephemeral') }}
{#-
    Whose term is looked at, and what either list of aid says of it: pupils of the registry in the night's term, whether or
    not a list names them, registry persons whom a list names in any term, and everybody else to whom it gives aid.
-#}
with compared as (

    select * from {{ ref('int_list__edu_compare_term') }}

),

paid as (

    select * from {{ ref('int_list__yulu_term') }}

),

subject as (

    select
        p.person_key as subject_key,
        p.person_key,
        {{ school_term() }} as term_key
    from {{ ref('int_fact__pupil') }} as p
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
    where {{ speaks_for_period('listed', 'listed_most') }}

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
        r.term_key is not null as was_registered,
        coalesce(c.link_tier, p.link_tier) as link_tier,
        coalesce(c.person_name, p.person_name) as row_person_name,
        coalesce(c.name_norm, p.name_norm) as row_name_norm,
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
        c.repeated_item,
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
    left join {{ ref('int_fact__registered_then') }} as r
        on r.term_key = s.term_key
        and r.id_key = coalesce(c.id_key, p.id_key)
        and r.name_norm = coalesce(c.name_norm, p.name_norm)
    left join spoken_term as kc on kc.extract = 'edu_compare' and kc.term_key = s.term_key
    left join spoken_term as ky on ky.extract = 'yulu' and ky.term_key = s.term_key

),

-- A row under a number that the registry lacks may be about somebody whose number in the registry is wrong.
perhaps_registered as (

    select distinct
        p.subject_key,
        p.term_key
    from placed as p
    inner join {{ ref('int_identity__registry_person') }} as r
        on r.name_norm = p.row_name_norm and coalesce(r.village_code = p.row_village_code, true)
    where r.id_key is null and p.link_decision = 'not_found'

)

select
    p.*,
    p.link_decision = 'not_found' and r.subject_key is null as is_stranger
from placed as p
left join perhaps_registered as r on r.subject_key = p.subject_key and r.term_key = p.term_key
