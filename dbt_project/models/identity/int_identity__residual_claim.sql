{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'claim_key'}) }}
{#-
    One row per claim: what its rows say together. A value on which they differ is left out; different birth dates or
    sexes under one number and name are kept in mind, since no such claim may link by itself. A stopgap
    number counts as a placeholder.
-#}
with mention as (

    select
        m.*,
        s.id_key is not null as is_stopgap
    from {{ ref('int_identity__residual_mention') }} as m
    left join {{ ref('int_identity__stopgap_number') }} as s on m.id_key = s.id_key

),

gathered as (

    select
        claim_key,
        min(id_no) as id_no,
        min(case when is_stopgap then 'placeholder' else id_state end) as id_state,
        min(case when not is_stopgap then id_key end) as id_key,
        min(number_15) as number_15,
        min(name_norm) as name_norm,
        {{ agreed('sex') }} as sex,
        {{ agreed('birth_date') }} as birth_date,
        {{ agreed('birth_year') }} as birth_year,
        {{ agreed('village_code') }} as village_code,
        {{ agreed('town_code') }} as town_code,
        {{ agreed('household_key') }} as household_key,
        {{ agreed('relative_name_norm') }} as relative_name_norm,
        min(address) as address,
        bool_or(says_registered) as says_registered,
        min(holder_key) as holder_key,
        count(*) as rows_of_claim,
        coalesce(min(sex) <> max(sex) or min(birth_date) <> max(birth_date), false) as contradicts_itself
    from mention
    group by claim_key

),

-- A number says birth date and sex of its holder: of the claim's person only where it is nobody else's.
described as (

    select
        g.*,
        case when g.holder_key is null then g.id_key end as own_id_key,
        case
            when g.holder_key is null
                then coalesce(
                    {{ id_birth_date('g.id_key') }},
                    {{ id_birth_date(id_key_of_15('g.id_no', 'g.id_state')) }}
                )
        end as number_birth_date,
        h.household_key as holder_household_key,
        h.same_person_key as holder_same_person_key
    from gathered as g
    left join {{ ref('int_identity__registry_person') }} as h on g.holder_key = h.person_key

),

final as (

    select
        *,
        coalesce(birth_date, number_birth_date) as known_birth_date,
        coalesce(sex, {{ id_sex('own_id_key') }}) as known_sex
    from described

)

select * from final
