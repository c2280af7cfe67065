{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'claim_key'}) }}
{#-
    Claims without a number that the residual model would link, and that fit somebody else as well whom it never
    compared, because that person is not registered: a list knows the name in the same village under a number of its
    own, born when the claim says. Who names a member of the person's household, or its number, means that household.
-#}
with claim as (

    select
        d.claim_key,
        d.same_person_key,
        c.name_norm,
        c.village_code,
        c.known_birth_date,
        c.birth_year
    from {{ ref('int_identity__residual_decision') }} as d
    inner join {{ ref('int_identity__residual_claim') }} as c on d.claim_key = c.claim_key
    where
        d.decision = 'linked'
        and not d.has_number
        and d.comparison ->> 'id' = 'unknown'
        and d.comparison ->> 'household' <> 'same'
        and d.comparison ->> 'relative' <> 'member'

),

-- A number that the residual model gives to a registry person is that person's.
given_number as (

    select
        m.id_key,
        d.same_person_key
    from {{ ref('int_identity__residual_decision') }} as d
    inner join {{ ref('int_identity__residual_mention') }} as m on d.claim_key = m.claim_key
    where d.decision = 'linked' and d.has_number

),

final as (

    select distinct c.claim_key
    from claim as c
    inner join {{ ref('int_identity__mention') }} as m
        on c.name_norm = m.name_norm and c.village_code = m.village_code
    left join {{ ref('int_identity__registry_person') }} as r on m.id_key = r.id_key
    left join given_number as g on m.id_key = g.id_key and c.same_person_key = g.same_person_key
    where
        m.id_key is not null
        and r.id_key is null
        and g.id_key is null
        and case
            when c.known_birth_date is not null then {{ id_birth_date('m.id_key') }} = c.known_birth_date
            when c.birth_year is not null
                then abs(date_part('year', {{ id_birth_date('m.id_key') }}) - c.birth_year) <= 1
            else true
        end

)

select * from final
