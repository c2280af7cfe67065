{#- The population blocks alone: their withheld rows hide an anchor in every other block. -#}
select
    block,
    division_code,
    parent_code,
    category,
    is_outside,
    false as hide_row,
    false as keep,
    value
from {{ ref('int_summary__cell') }}
where block like 'population|%'
