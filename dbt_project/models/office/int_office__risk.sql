{{ config(meta={'dist_key': 'household_key'}) }}
{#-
    What may put a household at risk, by fact: true, false, or NULL where a list does not say.
    The line of income is REG-07's, the same that the rule uses.
-#}
{%- set monitor_line = parameter('REG-07', 'monitor_line') %}

with lost_dibao as (

    select distinct household_key
    from {{ ref('int_fact__dibao_month') }}
    where benefit = 'dibao' and not is_current and month >= {{ as_of() }} - interval '3 months'

),

member as (

    select
        household_key,
        case
            when bool_or(disability__state is not null) filter (where is_living) then null
            else coalesce(
                bool_or(
                    disability__is_listed and is_disabled is not true and disability__disability_grade in ('一级', '二级')
                ) filter (where is_living),
                false
            )
        end as severe_disability,
        case
            when bool_or(death__state is not null) then null
            else bool_or(
                coalesce(is_labour, false) and not is_living
                and coalesce(death__died_on > {{ as_of() }} - interval '1 year', false)
            )
        end as worker_died
    from {{ ref('int_fact__person') }}
    group by household_key

)

select
    f.household_key,
    f.household_no,
    f.county_code,
    f.town_code,
    f.village_code,
    f.is_monitored,
    f.monitored_from,
    f.living_members,
    f.income_per_capita,
    {{ monitor_line }} as monitor_line,
    f.appraisal__house_grade,
    f.income_per_capita < {{ monitor_line }} as income,
    case when f.unsafe_house__state is null then coalesce(f.unsafe_house__is_unsafe, false) end as unsafe_house,
    m.severe_disability,
    case
        when f.dibao__is_covered is null then null
        else not f.dibao__is_covered and l.household_key is not null
    end as dibao_lost,
    m.worker_died
from {{ ref('int_fact__household') }} as f
inner join member as m on f.household_key = m.household_key
left join lost_dibao as l on f.household_key = l.household_key
