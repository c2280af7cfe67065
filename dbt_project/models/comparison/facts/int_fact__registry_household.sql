{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'household_key'}, indexes=[{'columns': ['household_key'], 'unique': true}]) }}
{#-
    The registry's household rows by the key they have for life; where a number comes twice, the row that comes first in
    the newest file.
-#}
with source as (

    select
        s.*,
        l.life_key as known_key
    from {{ in_force('stg_registry__registry_household') }} as s
    inner join {{ ref('int_identity__household_life') }} as l
        on l.number_key = coalesce(s.household_key, 'row-' || s.row_hash)

),

first_row as (

    select distinct on (known_key) *
    from source
    order by known_key, batch_id desc, row_no

),

final as (

    select
        s.known_key as household_key,
        s.household_no,
        s.county_code,
        s.town_code,
        s.village_code,
        s.batch_id as registry_batch_id,
        s.row_no as registry_row_no,
        {{ registry_household_facts('s') }},
        s.monitor_category is not null
        and not (
            coalesce(s.risk_cleared, false)
            and coalesce(s.risk_cleared_on, {{ as_of() }}) <= {{ as_of() }}
        ) as is_monitored,
        {{ is_poor_registered('s.household_type', 's.exit_attribute') }} as is_poor_registered
    from first_row as s

)

select * from final
