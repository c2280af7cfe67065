{#- Cells of real divisions, with what suppression says of them and of their row. -#}
with cell as (
    select
        c.block,
        c.division_code,
        c.division_level,
        c.category,
        c.value,
        h.division_code is not null as hide_row,
        standing.category is not null as is_withheld,
        count(standing.category) over (partition by c.block, c.division_code) as withheld_in_row
    from {{ ref('int_summary__cell') }} as c
    left join {{ ref('int_summary__withheld_total') }} as h on c.division_code = h.division_code
    left join {{ this_night(ref('withheld_cell')) }}
        on
            c.block = standing.block
            and c.division_code = standing.division_code
            and c.category = standing.category
    where c.block not like 'population|%' and c.division_code not like '%-'
),

final as (
    select
        cell.*,
        {{ min_cell() }} as min_cell
    from cell
)

select * from final
