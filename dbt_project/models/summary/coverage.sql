{{ config(materialized='night_rows', key=['division_code', 'indicator']) }}
{#-
    What must be reached, and what is. Rates are shares from 0 to 1 of what is comparable; what is not stands beside. A
    row is withheld whole when any of its parts is: a rate gives its complement away.
-#}
with part as (
    select
        i.indicator,
        i.part,
        c.division_code,
        c.division_level,
        sum(c.value) as value,
        {{ is_withheld() }} as is_withheld
    from {{ ref('int_summary__coverage_cell') }} as i
    inner join {{ ref('int_summary__guarded_row') }} as c on i.block = c.block and i.category = c.category
    group by 1, 2, 3, 4
),

counted as (
    select
        indicator,
        division_code,
        division_level,
        coalesce(sum(value) filter (where part = 'met'), 0) as met,
        coalesce(sum(value) filter (where part = 'unmet'), 0) as unmet,
        coalesce(sum(value) filter (where part = 'not_comparable'), 0) as not_comparable,
        bool_or(part = 'cost') as is_money,
        bool_or(is_withheld) as is_withheld
    from part
    group by 1, 2, 3
),

amount as (
    select
        division_code,
        amount,
        round(value) as value
    from {{ ref('int_summary__amount') }}
),

measured as (
    select
        c.indicator,
        c.division_code,
        c.division_level,
        case when c.is_money then coalesce(paid.value, 0) else c.met end as numerator,
        case when c.is_money then coalesce(cost.value, 0) else c.met + c.unmet end as denominator,
        c.not_comparable,
        c.is_withheld
    from counted as c
    left join amount as paid
        on
            c.division_code = paid.division_code
            and paid.amount = case c.indicator
                when 'inpatient_reimbursement' then 'inpatient_reimbursed'
                when 'chronic_reimbursement' then 'chronic_reimbursed'
            end
    left join amount as cost
        on
            c.division_code = cost.division_code
            and cost.amount = case c.indicator
                when 'inpatient_reimbursement' then 'inpatient_cost'
                when 'chronic_reimbursement' then 'chronic_cost'
            end
),

final as (
    select
        m.division_code,
        m.division_level,
        m.indicator,
        case when not m.is_withheld then m.numerator::bigint end as numerator,
        case when not m.is_withheld then m.denominator::bigint end as denominator,
        case when not m.is_withheld then m.not_comparable::bigint end as not_comparable,
        case when not m.is_withheld then round(m.numerator / nullif(m.denominator, 0), 4) end as rate,
        t.target::numeric as target,
        case when not m.is_withheld then m.numerator >= t.target * nullif(m.denominator, 0) end as met,
        m.is_withheld as suppressed
    from measured as m
    inner join {{ ref('coverage_target') }} as t on m.indicator = t.indicator
)

select * from final
