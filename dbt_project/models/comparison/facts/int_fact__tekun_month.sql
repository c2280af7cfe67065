{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}) }}
{#- Who is on the tekun list of which month, over the lists in force for their months. One row per person and month. -#}
select
    person_key,
    list_month as month,
    min(link_tier) as link_tier,
    bool_or(is_current) as is_current,
    (array_agg(batch_id order by batch_id, row_no))[1] as batch_id,
    (array_agg(row_no order by batch_id, row_no))[1] as row_no
from {{ linked_rows('stg_civil_affairs__tekun', history=true) }} as t
group by 1, 2
