{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'subject_key'}) }}
{#-
    Usable numbers that departments know of registry persons whose own number is unusable. A number is the key to every
    other list, so nothing is guessed: the row is linked (not in review) under the same name, the number says the birth
    date of the registry and not the other sex, nobody in the registry holds it, and no list knows another one.
-#}
with person as (

    select * from {{ ref('int_identity__registry_person') }}
    where id_key is null

),

mention as (

    select
        extract,
        batch_id,
        row_no,
        subject_role,
        id_no,
        id_key
    from {{ ref('int_identity__mention') }}
    where is_current and id_state = 'ok'

),

named as (

    select
        l.person_key,
        l.link_tier,
        l.name_grade,
        true as is_linked,
        m.*
    from {{ ref('int_identity__linked_row') }} as l
    inner join mention as m
        on l.batch_id = m.batch_id and l.row_no = m.row_no and l.subject_role = m.subject_role
    where l.is_current
    union all
    select
        d.person_key,
        d.tier,
        d.name_grade,
        false as is_linked,
        m.*
    from {{ ref('int_identity__decision') }} as d
    inner join mention as m
        on d.batch_id = m.batch_id and d.row_no = m.row_no and d.subject_role = m.subject_role
    where d.is_current and d.decision = 'review'

),

claimed as (

    select
        n.*,
        n.is_linked
        and n.name_grade in ('same', 'variant')
        and p.birth_date = {{ id_birth_date('n.id_key') }}
        and coalesce(p.sex = {{ id_sex('n.id_key') }}, true)
        and (p.id_key_15 is null or p.id_key_15 = n.id_key)
            as is_sure
    from person as p
    inner join named as n on p.person_key = n.person_key

),

-- Every list that names the person, sure or in review, must name one number.
one_number as (

    select person_key
    from claimed
    group by 1
    having count(distinct id_key) = 1 and bool_or(is_sure)

),

-- And that number nobody else.
held as (

    select distinct id_key
    from {{ ref('int_identity__registry_person') }}
    where id_key is not null

),

claimed_by_others as (

    select c.id_key
    from claimed as c
    inner join person as p on c.person_key = p.person_key
    group by 1
    having count(distinct p.same_person_key) > 1

)

select
    {{ subject_columns('person', 'p') }},
    'id_no' as field,
    'number_on_row' as claim,
    c.extract,
    p.id_no as registry_value,
    c.id_no as value,
    c.batch_id,
    c.row_no,
    c.link_tier
from claimed as c
inner join person as p on c.person_key = p.person_key
inner join one_number as o on c.person_key = o.person_key
left join held as h on c.id_key = h.id_key
left join claimed_by_others as x on c.id_key = x.id_key
where c.is_sure and h.id_key is null and x.id_key is null
