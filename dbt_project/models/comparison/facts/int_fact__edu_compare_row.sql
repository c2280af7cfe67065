{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}) }}
{#- The list has a column for "within the county" and one for "within the province"; a pupil may study outside either. -#}
select
    *,
    coalesce(in_county ~ '县外' or in_province ~ '省外', in_county ~ '县外', in_province ~ '省外') as is_out_of_county
from {{ term_rows('stg_education__edu_compare') }} as r
