{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}) }}
select * from {{ term_rows('stg_education__yulu') }} as r
