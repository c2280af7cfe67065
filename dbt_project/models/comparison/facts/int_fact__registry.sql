{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}, indexes=[{'columns': ['person_key'], 'unique': true}]) }}
{#- What the registry alone says of each person, and what follows from its other rows: the household's, and like ones. -#}
with household_count as (

    select
        p.household_key,
        count(*)::int as household_members,
        (count(*) filter (where d.is_living))::int as household_living_members,
        (count(*) filter (where d.is_living and p.is_labour))::int as household_labour_members
    from {{ ref('int_fact__registry_said') }} as p
    inner join {{ ref('int_fact__death') }} as d on d.person_key = p.person_key
    group by 1

),

-- Counties of any edition of GB/T 2260, and those of the division table.
known_prefix as (

    select prefix from {{ ref('id_prefix') }}
    union
    select left(division_code, 6)
    from {{ source('reference', 'division') }}
    where division_level = 'county'

)

select
    p.*,
    c.household_members,
    c.household_living_members,
    c.household_labour_members,
    c.household_labour_members - (d.is_living and coalesce(p.is_labour, false))::int as household_other_labour_members,
    i.registry_identities,
    i.registry_identity,
    coalesce(s.similar_id_rows, 0) as similar_id_rows,
    s.similar_id_characters,
    coalesce(s.similar_id_in_last_four, false) as similar_id_in_last_four,
    case when p.id_key is not null then left(p.id_no, 6) in (select prefix from known_prefix) end as id_prefix_is_known
from {{ ref('int_fact__registry_said') }} as p
inner join {{ ref('int_fact__death') }} as d on d.person_key = p.person_key
inner join household_count as c on c.household_key = p.household_key
left join {{ ref('int_fact__registry_identity') }} as i on i.person_key = p.person_key
left join {{ ref('int_fact__similar_person') }} as s on s.person_key = p.person_key
