{{ config(materialized='night_rows', key=['division_code', 'indicator', 'period', 'category']) }}
{#-
    The village and town books: what stands (`value`, `share`: audit.profile) and what may be published of it
    (`published_value`, `published_share`). Shares are percent of the figure they are part of, two decimals, half up.
-#}
with figure as (
    select
        f.indicator,
        f.period,
        f.category,
        f.unit,
        f.part_of,
        c.division_code,
        c.division_level,
        sum(c.value) as value,
        {{ is_withheld() }} as is_withheld
    from {{ ref('int_summary__figure') }} as f
    inner join {{ ref('int_summary__guarded_row') }} as c on f.block = c.block and f.cell = c.category
    group by 1, 2, 3, 4, 5, 6, 7
),

-- Sums of money stand beside the number of those who had it, and are withheld with it.
money as (
    select
        'medical_assistance_amount' as indicator,
        f.period,
        f.category,
        '元' as unit,
        null as part_of,
        f.division_code,
        f.division_level,
        m.value,
        f.is_withheld
    from figure as f
    inner join {{ ref('int_summary__amount') }} as m
        on f.division_code = m.division_code and m.amount = 'medical_assistance'
    where f.indicator = 'medical_assistance_households'
),

everything as (
    select * from figure
    union all
    select * from money
),

final as (
    select
        e.division_code,
        e.division_level,
        e.indicator,
        e.period,
        e.category,
        e.unit,
        e.value::numeric as value,
        round(100 * e.value / nullif(whole.value, 0), 2) as share,
        case when not e.is_withheld then e.value::numeric end as published_value,
        case
            when not e.is_withheld and not whole.is_withheld then round(100 * e.value / nullif(whole.value, 0), 2)
        end as published_share,
        e.is_withheld as suppressed
    from everything as e
    left join figure as whole
        on
            e.part_of = whole.indicator
            and e.period = whole.period
            and e.division_code = whole.division_code
            and whole.category = ''
)

select * from final
