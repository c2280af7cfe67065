{#- Who is too young tonight to be expected among the insured: MED-01's days after birth. -#}
select f.person_key
from {{ ref('fact_person') }} as f
where f.age_days between 0 and {{ parameter('MED-01', 'newborn_days', 'int') }}
