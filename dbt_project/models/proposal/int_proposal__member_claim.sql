{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'subject_key'}) }}
{#-
    People whom a list names in a registry household's book and whom the registry does not know: education writes the
    household's number beside the student, civil affairs lists whom the payment to the head covers. Nobody is guessed to be
    new: the number is usable and nobody's in the registry, the lists give it to one name and one household, no row of it
    may mean a registry person, the name resembles no member's, and no list says that the person died.
-#}
with named as (

    select
        extract,
        batch_id,
        row_no,
        subject_role,
        id_key,
        person_name,
        name_norm,
        household_key
    from {{ ref('int_identity__mention') }}
    where is_current and household_key is not null
    union
    select
        'dibao_member' as extract,
        s.batch_id,
        s.row_no,
        'self' as subject_role,
        s.id_key,
        s.person_name,
        s.name_norm,
        head.household_key
    from {{ in_force('stg_civil_affairs__dibao_member') }} as s
    inner join {{ ref('int_fact__dibao_payment') }} as p on s.dibao_no = p.dibao_no and p.is_current and p.is_payee
    inner join {{ ref('int_identity__registry_person') }} as head on p.person_key = head.person_key
    where coalesce(s.is_covered, true)

),

unknown as (

    select n.*
    from named as n
    left join {{ ref('int_identity__decision') }} as d
        on n.batch_id = d.batch_id and n.row_no = d.row_no and n.subject_role = d.subject_role
    left join {{ ref('int_identity__registry_person') }} as holder on n.id_key = holder.id_key
    where n.id_key is not null and n.name_norm is not null and d.batch_id is null and holder.person_key is null

),

-- A number that lists give to several names says of none of them who it is; and who is dead joins no household.
one_name as (

    select m.id_key
    from {{ ref('int_identity__mention') }} as m
    where m.is_current and m.name_norm is not null and m.id_key in (select id_key from unknown)
    group by 1
    having count(distinct m.name_norm) = 1 and not bool_or(m.extract = 'death')

),

one_household as (

    select id_key
    from unknown
    group by 1
    having count(distinct household_key) = 1

),

like_a_member as (

    select distinct
        u.id_key
    from unknown as u
    inner join {{ ref('int_identity__registry_person') }} as r on u.household_key = r.household_key
    where {{ name_grade('u.name_norm', 'r.name_norm') }} <> 'different'

),

added as (

    select u.*
    from unknown as u
    inner join one_name as n on u.id_key = n.id_key
    inner join one_household as h on u.id_key = h.id_key
    left join like_a_member as l on u.id_key = l.id_key
    where l.id_key is null

),

-- All of a household are one proposal: the lists that name some of them do not contradict each other.
household as (

    select
        household_key,
        string_agg(person_name, '、' order by id_key) as names
    from (
        select distinct on (id_key) household_key, id_key, person_name from added
        order by id_key asc, person_name asc
    ) as person
    group by 1

)

select distinct on (f.household_key, a.extract)
    {{ subject_columns('household') }},
    'member' as field,
    'named_in_book' as claim,
    a.extract,
    null::text as registry_value,
    h.names as value,
    a.batch_id,
    a.row_no,
    null::text as link_tier
from added as a
inner join household as h on a.household_key = h.household_key
inner join {{ ref('int_fact__household') }} as f on a.household_key = f.household_key
where f.has_household_row
order by f.household_key, a.extract, a.batch_id, a.row_no
