{{ config(alias='hi_subsidy_target') }}

{%- set delivered = [
    'id_no', 'person_name', 'assist_identity', 'town_name', 'village_name', 'included_month', 'paid_on',
] %}
{%- set codes = {'assist_identity': 'subsidy_identity'} %}

with source as (
    select * from {{ landed('hi_subsidy_target') }} as delivered
),

cleaned as (
    select
        batch_id,
        row_no,
        {{ row_hash(delivered) }} as row_hash,
        {{ place_text(town='town_name', village='village_name') }} as place_text,

        -- ids
        {{ person_columns() }},

        -- text
        parse.clean(town_name) as town_name,
        parse.clean(village_name) as village_name,
        {{ coded_each(codes) }},

        -- times, amounts, flags
        {{ typed('serial_no', 'int') }},
        {{ typed('included_month', 'month') }},
        {{ typed('paid_on', 'date') }}
    from source
    {{ parsed_once() }}
),

repeated as (
    {{ repeated_rows('hi_subsidy_target', delivered) }}
),

place as (
    {{ resolved_places('hi_subsidy_target', town='town_name', village='village_name') }}
),

final as (
    select
        cleaned.batch_id,
        cleaned.row_no,

        -- ids
        {{ person_with_key() }},

        -- text
        {{ canonical_each(codes) }},

        -- times, amounts, flags
        cleaned.serial_no,
        cleaned.included_month,
        cleaned.paid_on,

        -- place
        cleaned.town_name,
        cleaned.village_name,
        {{ place_codes() }},

        -- the row
        cleaned.row_hash,
        {{ is_repeat() }},
        {{ parse_errors(['serial_no', 'included_month', 'paid_on']) }},
        {{ unknown_codes(codes) }}
    from cleaned
    left join repeated on cleaned.row_hash = repeated.row_hash
    left join place on cleaned.place_text = place.place_text
    {{ code_joins(codes) }}
)

select * from final
