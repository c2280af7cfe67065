{#- AGG-05: what is told of a pseudonymous person fits min_cell people or more. A failure stops the night. -#}
select
    county_code,
    town_code,
    sex,
    age_band,
    household_type
from {{ this_night(ref('person_kind')) }}
where num_nonnulls(town_code, sex, age_band, household_type) > 0
group by 1, 2, 3, 4, 5
having count(*) < {{ min_cell() }}
