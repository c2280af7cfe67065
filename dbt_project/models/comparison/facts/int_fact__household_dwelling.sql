{{ planned_for_volume() }}
{{ config(
    meta={'dist_key': 'household_key'},
    indexes=[{'columns': ['household_key'], 'unique': true}],
) }}
{#- Lists keyed by a head or a holder reach the household through whichever member the row is linked to. -#}
with person as (

    select * from {{ ref('int_fact__person') }}

),

appraisal_row as (

    select
        p.household_key,
        a.*,
        count(*) over (partition by p.household_key) as rows_of_household,
        row_number() over (
            partition by p.household_key
            order by
                a.house_grade is null or a.house_grade = '未鉴定',
                a.graded_on desc nulls last,
                a.batch_id desc,
                a.row_no desc
        ) as turn
    from {{ linked_rows('stg_housing__appraisal', 'head') }} as a
    inner join person as p on p.person_key = a.person_key

),

appraisal as (

    select
        *,
        nullif(house_grade, '未鉴定') as grade
    from appraisal_row
    where turn = 1

),

project as (

    select
        p.household_key,
        r.*,
        dated.is_accepted,
        dated.is_completed,
        row_number() over (
            partition by p.household_key
            order by r.plan_year desc nulls last, r.accepted_on desc nulls last, r.batch_id, r.row_no
        ) as turn
    from {{ linked_rows('stg_housing__renovation', 'head') }} as r
    inner join person as p on p.person_key = r.person_key
    inner join {{ ref('int_fact__project_row') }} as dated on dated.batch_id = r.batch_id and dated.row_no = r.row_no

),

projects as (

    select
        p.household_key,
        count(*)::int as projects,
        (count(*) filter (where p.is_accepted))::int as accepted_projects,
        max(p.accepted_on) filter (where p.is_accepted) as accepted_on,
        max(p.completed_on) filter (where p.is_completed) as completed_on,
        bool_or(p.is_accepted and (a.graded_on is null or p.accepted_on >= a.graded_on)) as is_accepted_after,
        bool_or(
            (p.is_accepted and (a.graded_on is null or p.accepted_on >= a.graded_on))
            or (p.is_completed and (a.graded_on is null or p.completed_on >= a.graded_on))
        ) as is_renovated_after
    from project as p
    left join appraisal as a on a.household_key = p.household_key
    group by 1

),

-- A right that several members hold together is one right of the household.
held_right as (

    select distinct on (p.household_key, {{ right_key('r') }})
        p.household_key,
        r.batch_id,
        r.row_no,
        r.usage,
        r.registered_on,
        {{ is_dwelling_usage('r.usage') }} as is_dwelling,
        {{ is_city_flat('r.usage', 'r.location') }} as is_city_flat
    from {{ linked_rows('stg_housing__property') }} as r
    inner join person as p on p.person_key = r.person_key
    where p.is_living
    order by p.household_key, {{ right_key('r') }}, r.registered_on desc nulls last, r.batch_id, r.row_no

),

held as (

    select
        household_key,
        count(*)::int as rights,
        (count(*) filter (where is_dwelling))::int as dwelling_rights,
        (count(*) filter (where is_city_flat))::int as city_flats
    from held_right
    group by 1

),

dwelling_right as (

    select
        household_key,
        batch_id,
        row_no,
        row_number() over (
            partition by household_key
            order by registered_on desc nulls last, batch_id, row_no
        ) as turn
    from held_right
    where is_dwelling

),

city_flat as (

    select distinct on (household_key)
        household_key,
        batch_id,
        row_no,
        usage
    from held_right
    where is_city_flat
    order by household_key, registered_on desc nulls last, batch_id, row_no

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

listed as (

    select household_key from appraisal
    union
    select household_key from projects
    union
    select household_key from held

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
        s.projects,
        s.accepted_projects,
        s.accepted_on as renovation__accepted_on,
        s.completed_on as renovation__completed_on,
        s.is_accepted_after,
        s.is_renovated_after,
        p.plan_year as renovation__plan_year,
        p.house_identity as renovation__house_identity,
        p.batch_id as renovation__batch_id,
        p.row_no as renovation__row_no,
        p.link_tier as renovation__link_tier,
        y.household_type as plan_year_type,
        h.rights,
        h.dwelling_rights,
        h.city_flats,
        d.batch_id as property__batch_id,
        d.row_no as property__row_no,
        c.usage as city_flat__usage,
        c.batch_id as city_flat__batch_id,
        c.row_no as city_flat__row_no
    from listed as l
    left join appraisal as a on a.household_key = l.household_key
    left join projects as s on s.household_key = l.household_key
    left join project as p on p.household_key = l.household_key and p.turn = 1
    left join registry_year as y on y.household_key = l.household_key and y.year = p.plan_year
    left join held as h on h.household_key = l.household_key
    left join dwelling_right as d on d.household_key = l.household_key and d.turn = 2
    left join city_flat as c on c.household_key = l.household_key

)

select * from final
