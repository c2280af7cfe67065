{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'number_key'}) }}
{#-
    The registry's rows of the night, each with a number of its own (`number_key`). Two rows with one 人编号 and different
    people keep apart by a mark made of what identifies the second, so that it stays the same every night.
-#}
with source as (

    select
        s.*,
        -- a person whose household cannot be read is a household of one, rather than a member of somebody else's
        coalesce(s.household_key, s.person_key, 'row-' || s.row_hash) as household_number_key,
        coalesce(s.person_key, s.id_no, 'row-' || s.row_hash) as base_key
    from {{ in_force('stg_registry__registry_person') }} as s

),

marked as (

    select
        *,
        left({{ keyed_digest("concat_ws('|', id_no, name_norm, household_number_key)") }}, 8) as mark
    from source

),

ranked as (

    select
        *,
        -- Rows that agree in everything, of two files of one list too, keep one order: keys depend on it.
        row_number() over (
            partition by base_key order by id_no, name_norm, household_number_key, batch_id, row_no
        ) as turn,
        row_number() over (partition by base_key, mark order by batch_id, row_no) as turn_of_mark
    from marked

),

final as (

    select
        batch_id,
        row_no,
        person_no,
        household_no,
        person_key as delivered_number_key,
        case
            when turn = 1 then base_key
            when turn_of_mark = 1 then base_key || '~' || mark
            else base_key || '~' || mark || '-' || turn_of_mark
        end as number_key,
        person_key is not null as has_number,
        mark,
        household_number_key,
        county_code,
        town_code,
        village_code,
        id_no,
        id_state,
        id_key,
        name_norm,
        sex,
        birth_date,
        id_disability_category,
        id_disability_grade
    from ranked

)

select * from final
