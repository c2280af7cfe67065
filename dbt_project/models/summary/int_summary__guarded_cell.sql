{#- Every cell as suppression sees it. -#}
select
    c.block,
    c.division_code,
    c.parent_code,
    c.category,
    c.is_outside,
    h.division_code is not null as hide_row,
    c.value
from {{ ref('int_summary__cell') }} as c
left join {{ ref('int_summary__withheld_total') }} as h on c.division_code = h.division_code
where c.block not like 'population|%'
