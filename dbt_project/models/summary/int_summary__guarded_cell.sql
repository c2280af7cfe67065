{#-
    Every cell as suppression sees it. A cell that was empty on the eve stays empty as long as its count stays the same
    (`keep`): shown tonight, it would be last night's count too, and give back what it stood guard over.
-#}
{%- set before = night_before('mart_summary', 'withheld_cell') -%}
select
    c.block,
    c.division_code,
    c.parent_code,
    c.category,
    c.is_outside,
    h.division_code is not null as hide_row,
    {{ 'coalesce(b.value = c.value, false)' if before else 'false' }} as keep,
    c.value
from {{ ref('int_summary__cell') }} as c
left join {{ ref('int_summary__withheld_total') }} as h on c.division_code = h.division_code
{%- if before %}
left join {{ before }} as b
    on c.block = b.block and c.division_code = b.division_code and c.category = b.category
{%- endif %}
where c.block not like 'population|%'
