{{ config(materialized='ephemeral') }}
{#-
    What the education comparison list says of somebody in a term, in the registry or not. Amounts of all rows add up; a row
    with aid is the one to show. An item that is paid twice in one term is named (repeated_item). Where rows differ
    in what else they say, the greatest stands: any would do, but the same every night.
-#}
with listed as (

    select
        coalesce(person_key, id_no, 'row-' || row_hash) as subject_key,
        *
    from {{ ref('int_fact__edu_compare_row') }}

),

repeated_item as (

    select
        subject_key,
        term_key,
        min(aid_item) as aid_item
    from (
        select subject_key, term_key, aid_item
        from listed
        where aid_amount > 0 and aid_item is not null
        group by 1, 2, 3
        having count(*) > 1
    ) as paid_twice
    group by 1, 2

),

summed as (

    select
        c.subject_key,
        c.term_key,
        {{ of_first_row('c', 'person_key') }} as person_key,
        {{ of_first_row('c', 'link_decision') }} as link_decision,
        {{ of_first_row('c', 'link_tier') }} as link_tier,
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
    from listed as c
    group by 1, 2

)

select
    s.*,
    i.aid_item as repeated_item
from summed as s
left join repeated_item as i on i.subject_key = s.subject_key and i.term_key = s.term_key
