{{ planned_for_volume() }}
{{ config(
    unlogged=true,
    meta={'dist_key': 'person_key'},
    indexes=[{'columns': ['person_key'], 'unique': true}],
) }}
{#-
    Registry persons as the residual model compares them: what is known of the person itself, and of its household.
    `is_number_doubtful`: the number is unusable or stands under several names, so that a row with the true number finds
    nobody. `person_hash` changes with any value compared.
-#}
with registry as (

    select
        r.*,
        s.person_name,
        s.relation_to_head,
        s.hamlet_name
    from {{ ref('int_identity__registry_person') }} as r
    inner join {{ in_force('stg_registry__registry_person') }} as s
        on r.registry_batch_id = s.batch_id and r.registry_row_no = s.row_no

),

household as (

    select
        household_key,
        array_agg(distinct name_norm order by name_norm) as names
    from {{ ref('int_identity__registry_person') }}
    where name_norm is not null
    group by household_key

),

described as (

    select
        r.person_key,
        r.same_person_key,
        r.household_key,
        r.county_code,
        r.town_code,
        r.village_code,
        r.hamlet_name,
        r.id_no,
        r.id_state,
        r.id_key,
        parse.number_of_15(r.id_no) as number_15,
        r.person_name,
        r.name_norm,
        coalesce(r.sex, r.id_sex) as sex,
        r.birth_date,
        coalesce(r.id_birth_date, {{ id_birth_date('r.id_key_15') }}) as number_birth_date,
        r.id_key is null or r.id_names > 1 as is_number_doubtful,
        r.relation_to_head = '户主' as is_head,
        array_remove(h.names, r.name_norm) as household_names
    from registry as r
    left join household as h on r.household_key = h.household_key

),

final as (

    select
        *,
        coalesce(birth_date, number_birth_date) as known_birth_date,
        {{ identity_hash(person_values()) }} as person_hash
    from described

)

select * from final
