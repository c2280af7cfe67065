-- A decision that names nobody in the registry would be a link into the void.
select
    d.extract,
    d.batch_id,
    d.row_no
from {{ ref('int_identity__decision') }} as d
left join {{ ref('int_identity__registry_person') }} as r on d.person_key = r.person_key
where r.person_key is null
