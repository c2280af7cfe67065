{{ planned_for_volume() }}
{{ config(
    meta={'dist_key': 'household_key'},
    indexes=[{'columns': ['household_key'], 'unique': true}],
) }}
{#- Lists keyed by a head or a holder reach the household through whichever member the row is linked to. -#}
with appraisal as (

    select * from {{ ref('int_list__household_appraisal') }}

),

renovation as (

    select * from {{ ref('int_list__household_renovation') }}

),

held as (

    select * from {{ ref('int_list__household_right') }}

),

listed as (

    select household_key from appraisal
    union
    select household_key from renovation
    union
    select household_key from held

),

-- The registry's own household rows of the plan year, where such a list is kept.
registry_year as (

    select distinct on (household_key, year)
        coalesce(l.life_key, s.household_key) as household_key,
        extract(year from s.list_month)::int as year,
        s.household_type
    from {{ in_force_history('stg_registry__registry_household') }} as s
    left join {{ ref('int_identity__household_life') }} as l on l.number_key = s.household_key
    order by household_key, year, s.list_month desc, s.batch_id desc, s.row_no

),

final as (

    select
        l.household_key,
        a.rows_of_household::int as appraisal_rows,
        a.grade as appraisal__house_grade,
        a.graded_on as appraisal__graded_on,
        a.area_m2 as appraisal__area_m2,
        a.is_only_home as appraisal__is_only_home,
        a.batch_id as appraisal__batch_id,
        a.row_no as appraisal__row_no,
        a.link_tier as appraisal__link_tier,
        r.projects,
        r.accepted_projects,
        r.accepted_on as renovation__accepted_on,
        r.completed_on as renovation__completed_on,
        r.is_accepted_after,
        r.is_renovated_after,
        r.plan_year as renovation__plan_year,
        r.house_identity as renovation__house_identity,
        r.batch_id as renovation__batch_id,
        r.row_no as renovation__row_no,
        r.link_tier as renovation__link_tier,
        y.household_type as plan_year_type,
        h.rights,
        h.dwelling_rights,
        h.city_flats,
        h.batch_id as property__batch_id,
        h.row_no as property__row_no,
        h.city_flat_usage as city_flat__usage,
        h.city_flat_batch_id as city_flat__batch_id,
        h.city_flat_row_no as city_flat__row_no
    from listed as l
    left join appraisal as a on a.household_key = l.household_key
    left join renovation as r on r.household_key = l.household_key
    left join registry_year as y on y.household_key = l.household_key and y.year = r.plan_year
    left join held as h on h.household_key = l.household_key

)

select * from final
