{{ config(materialized='night_rows', key=['division_code', 'rule_id', 'state']) }}
{#- Findings by rule and state. `opened` stands in the row of open findings, `closed` in that of closed ones. -#}
with cell as (
    select
        *,
        split_part(block, '|', 1) as kind,
        split_part(block, '|', 2) as rule_id,
        split_part(block, '|', 3) as state
    from {{ ref('int_summary__guarded_row') }}
    where block like 'finding%'
),

rule as (
    -- As the rule stood when its findings were last looked at.
    select distinct on (rule_id)
        rule_id,
        severity,
        owner_department
    from {{ this_night(ref('finding')) }}
    order by rule_id asc, state = 'closed' asc, first_seen desc, finding_id asc
),

final as (
    select
        c.division_code,
        c.division_level,
        c.rule_id,
        r.severity,
        r.owner_department,
        c.state,
        case when not c.is_withheld then c.value end as findings,
        case when c.state = 'open' and opened.is_withheld is not true then coalesce(opened.value, 0) end as opened,
        case when c.state = 'closed' and closed.is_withheld is not true then coalesce(closed.value, 0) end as closed,
        c.is_withheld as suppressed
    from cell as c
    inner join rule as r on c.rule_id = r.rule_id
    left join cell as opened
        on
            opened.kind = 'finding_opened'
            and c.rule_id = opened.rule_id
            and c.division_code = opened.division_code
    left join cell as closed
        on
            closed.kind = 'finding_closed'
            and c.rule_id = closed.rule_id
            and c.division_code = closed.division_code
    where c.kind = 'finding'
)

select * from final
