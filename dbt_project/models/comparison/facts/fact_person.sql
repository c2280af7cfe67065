{{ config(materialized='view') }}
{#- What the lists say of a person, and what the night's date alone says beside it. -#}
select
    said.*,
    {{ period_columns() }},
    {{ completed_years('said.known_birth_date', as_of()) }}::int as age,
    {{ as_of() }} - said.known_birth_date as age_days,
    {{ states_a_birth_date('said.id_no') }} as id_no_states_birth
from {{ ref('int_fact__person') }} as said
