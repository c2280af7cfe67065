{{ config(materialized='night_rows', key=['person_key'], meta={'dist_key': 'person_key'}) }}
{#-
    What may be told of a person without the name: analyst.person.

    Nobody may be the only one of a kind: where what is told of a person fits fewer than AGG-05 min_cell people, it is left
    out, household type first, then age, sex, town. A kind goes when it is small, and when the smaller ones before it are
    together still small: else the one row without it would be known by what it lacks. Who is told less is told without
    the household, because the household's other rows would tell it.
-#}
with least as (
    select {{ min_cell() }} as persons
),

registered as (
    select * from {{ this_night(ref('person')) }}
),

person as (
    select
        p.person_key,
        p.household_key,
        p.open_findings,
        coalesce(p.county_code, '') as county_code,
        coalesce(p.town_code, '') as town_code,
        coalesce(p.sex, '') as sex,
        coalesce(a.age_band, '') as age_band,
        coalesce(p.household_type, '') as household_type
    from registered as p
    left join {{ ref('int_summary__age_band') }} as a on p.birth_date = a.birth_date
),

kind as (
    select
        county_code,
        town_code,
        sex,
        age_band,
        household_type,
        count(*) as persons
    from person
    group by 1, 2, 3, 4, 5
),

-- People of each kind, one word less at a time.
summed as (
    select
        *,
        sum(persons) over (partition by county_code, town_code, sex, age_band) as of_age,
        sum(persons) over (partition by county_code, town_code, sex) as of_sex,
        sum(persons) over (partition by county_code, town_code) as of_town
    from kind
),

-- Those in kinds before it, from the least up; kinds of one word stand together.
ranked as (
    select
        *,
        sum(persons) over (
            partition by county_code, town_code, sex, age_band order by persons, household_type
        ) - persons as below_type,
        sum(persons) over (partition by county_code, town_code, sex order by of_age, age_band) - of_age as below_age,
        sum(persons) over (partition by county_code, town_code order by of_sex, sex) - of_sex as below_sex,
        sum(persons) over (partition by county_code order by of_town, town_code) - of_town as below_town
    from summed
),

-- Whether each word may be told where all before it are.
large as (
    select
        r.*,
        r.of_town >= least.persons and r.below_town not between 1 and least.persons - 1 as town_is_large,
        r.of_sex >= least.persons and r.below_sex not between 1 and least.persons - 1 as sex_is_large,
        r.of_age >= least.persons and r.below_age not between 1 and least.persons - 1 as age_is_large,
        r.persons >= least.persons and r.below_type not between 1 and least.persons - 1 as type_is_large
    from ranked as r
    cross join least
),

told as (
    select
        county_code,
        town_code,
        sex,
        age_band,
        household_type,
        town_is_large as town_told,
        town_is_large and sex_is_large as sex_told,
        town_is_large and sex_is_large and age_is_large as age_told,
        town_is_large and sex_is_large and age_is_large and type_is_large as type_told
    from large
),

final as (
    select
        p.person_key,
        case when t.type_told then p.household_key end as household_key,
        nullif(p.county_code, '') as county_code,
        case when t.town_told then nullif(p.town_code, '') end as town_code,
        case when t.sex_told then nullif(p.sex, '') end as sex,
        case when t.age_told then nullif(p.age_band, '') end as age_band,
        case when t.type_told then nullif(p.household_type, '') end as household_type,
        p.open_findings
    from person as p
    inner join told as t
        on
            p.county_code = t.county_code
            and p.town_code = t.town_code
            and p.sex = t.sex
            and p.age_band = t.age_band
            and p.household_type = t.household_type
)

-- Rows do not lie as in the registry, where the next one is mostly of the same household.
select * from final
order by {{ keyed_digest('person_key') }}
