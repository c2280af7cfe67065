{{ config(materialized='night_rows', key=['block', 'division_code', 'category']) }}
{#- The cells that stay empty in what is published, with the counts behind them: kept, because the next night needs them. -#}
with final as (
    select
        w.block,
        w.division_code,
        w.category,
        c.value
    from mart_summary.cells_to_withhold('{{ ref("int_summary__guarded_cell") }}', {{ min_cell() }}) as w
    inner join {{ ref('int_summary__guarded_cell') }} as c
        on w.block = c.block and w.division_code = c.division_code and w.category = c.category
)

select * from final
