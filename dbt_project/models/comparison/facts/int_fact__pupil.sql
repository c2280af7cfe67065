{{ config(materialized='ephemeral') }}
{#- Registry persons who may be pupils of the night's term, whether or not a list names them. -#}
select r.person_key
from {{ ref('int_fact__registry') }} as r
inner join {{ ref('int_fact__education') }} as e on e.person_key = r.person_key
where
    r.age_1_september between 3 and 24
    or r.is_student
    or e.school_roll__is_enrolled
