{{ config(materialized='night_rows', key=['report', 'check_kind', 'indicator', 'period']) }}
{#- Typed-in reports as loaded when the night was frozen, each as loaded last. -#}
with in_force as (
    select
        report,
        max(load_id) as load_id
    from {{ ref('int_figure__row') }}
    where load_id <= {{ frozen_input('reported_figure_load') }}
    group by report
),

division as (
    select
        load_id,
        report,
        min(division_code) as division_code
    from {{ ref('int_figure__row') }}
    group by load_id, report
    having count(distinct division_code) = 1
),

checked as (
    select
        c.*,
        d.division_code,
        false as is_withheld
    from {{ ref('int_figure__check') }} as c
    left join division as d on c.load_id = d.load_id and c.report = d.report
    union all
    select * from {{ ref('int_figure__warehouse') }}
)

select checked.*
from checked
inner join in_force on checked.load_id = in_force.load_id and checked.report = in_force.report
