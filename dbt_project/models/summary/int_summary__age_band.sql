{#-
    The age band of everybody born on a day. The ages of the night move only here, so that person_kind is made anew on the
    nights on which somebody comes into another band.
-#}
with born as (
    select distinct birth_date
    from {{ ref('int_fact__person') }}
    where birth_date is not null
),

aged as (
    select
        birth_date,
        extract(year from age({{ as_of() }}, birth_date)) as age
    from born
),

final as (
    select
        birth_date,
        case
            when age < 6 then '0-5'
            when age < 16 then '6-15'
            when age < 40 then '16-39'
            when age < 60 then '40-59'
            when age < 80 then '60-79'
            else '80+'
        end as age_band
    from aged
)

select * from final
