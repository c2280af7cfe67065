{{ config(materialized='night_rows', key=['division_code', 'department', 'field', 'verdict']) }}
{#- Verdicts per division; the finer categories that coverage counts (`agree:yes`) are one verdict here. -#}
with final as (
    select
        c.division_code,
        c.division_level,
        split_part(c.block, '|', 2) as department,
        split_part(c.block, '|', 3) as field,
        case when c.category = '-out_of_scope' then 'not_comparable' else split_part(c.category, ':', 1) end as verdict,
        case when not {{ is_withheld() }} then sum(c.value)::bigint end as subjects,
        {{ is_withheld() }} as suppressed
    from {{ ref('int_summary__guarded_row') }} as c
    where c.block like 'comparison|%'
    group by 1, 2, 3, 4, 5
)

select * from final
