{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}) }}
{#- Renovation rows of the list in force and whom their head is linked to (one registry row of him or her). -#}
select
    d.person_key,
    coalesce(d.decision, case when s.head_id_key is null then 'unusable' else 'not_found' end) as link_decision,
    case when d.decision = 'linked' then d.tier end as link_tier,
    coalesce(s.accepted_on <= {{ as_of() }}, false) as is_accepted,
    coalesce(s.completed_on <= {{ as_of() }}, false) as is_completed,
    s.*
from {{ in_force('stg_housing__renovation') }} as s
left join {{ ref('int_identity__decision') }} as d
    on d.extract = 'renovation' and d.batch_id = s.batch_id and d.row_no = s.row_no
