{{ config(
    materialized='night_rows',
    key=['household_key', 'direction', 'trigger'],
    meta={'dist_key': 'household_key'},
) }}
{#-
    Households that may have to be monitored (in) or may leave it (out), by trigger (seed monitoring_trigger). A fact that
    is not comparable triggers nothing.
-#}
{%- set due_day = parameter('MONITOR', 'due_day', 'int', rows='r') %}
{%- set month_start = "date_trunc('month', " ~ as_of() ~ ')::date' %}

with risk as (

    select * from {{ ref('int_office__risk') }}

),

by_fact as (

    select
        r.household_key,
        t.direction,
        t.trigger,
        t.evidence
    from risk as r
    left join {{ this_night(ref('int_office__risk_standing')) }}
        on r.household_key = standing.household_key and standing.is_risk_free
    cross join lateral (
        values
        (
            'in', 'income', r.income,
            jsonb_build_object('income_per_capita', r.income_per_capita, 'line', r.monitor_line)
        ),
        ('in', 'unsafe_house', r.unsafe_house, jsonb_build_object('house_grade', r.appraisal__house_grade)),
        ('in', 'severe_disability', r.severe_disability, '{}'::jsonb),
        ('in', 'dibao_lost', r.dibao_lost, '{}'::jsonb),
        ('in', 'worker_died', r.worker_died, '{}'::jsonb),
        (
            'out', 'risk_gone',
            standing.from_night
            + make_interval(months => {{ parameter('MONITOR', 'risk_free_months', 'int', rows='r') }})
            <= {{ as_of() }}
            and r.monitored_from + make_interval(months => {{ parameter('REG-09', 'min_months', 'int', rows='r') }})
            <= {{ as_of() }},
            jsonb_build_object('risk_free_since', standing.from_night, 'monitored_from', r.monitored_from)
        ),
        ('out', 'no_living_member', r.living_members = 0, '{}'::jsonb)
    ) as t (direction, trigger, holds, evidence)
    where t.holds and r.is_monitored = (t.direction = 'out')

),

by_finding as (

    select
        standing.household_key,
        t.direction,
        t.trigger,
        jsonb_build_object('findings', jsonb_agg(standing.finding_id order by standing.finding_id)) as evidence
    from {{ this_night(ref('finding')) }}
    inner join {{ ref('monitoring_trigger') }} as t on standing.rule_id = t.rule_id
    inner join risk as r on standing.household_key = r.household_key
    where
        standing.state in ('open', 'confirmed')
        and r.is_monitored = (t.direction = 'out')
    group by standing.household_key, t.direction, t.trigger

),

candidate as (

    select * from by_fact
    union all
    select * from by_finding

)

select
    c.household_key,
    r.household_no,
    r.county_code,
    r.town_code,
    r.village_code,
    c.direction,
    c.trigger,
    c.evidence,
    case
        when extract(day from {{ as_of() }}) <= {{ due_day }} then {{ month_start }} + {{ due_day }} - 1
        else ({{ month_start }} + interval '1 month')::date + {{ due_day }} - 1
    end as due_on
from candidate as c
inner join risk as r on c.household_key = r.household_key
inner join {{ ref('monitoring_trigger') }} as t on c.direction = t.direction and c.trigger = t.trigger
