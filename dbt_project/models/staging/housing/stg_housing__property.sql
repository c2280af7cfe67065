{{ config(alias='property') }}

{%- set delivered = [
    'person_name', 'id_no', 'certificate_no', 'location', 'usage', 'area_m2', 'registered_on',
] %}

with source as (
    select * from {{ landed('property') }} as delivered
),

cleaned as (
    select
        batch_id,
        row_no,
        {{ row_hash(delivered) }} as row_hash,
        {{ place_text(address='location') }} as place_text,

        -- ids
        {{ person_columns() }},

        -- text
        parse.clean(certificate_no) as certificate_no,
        parse.clean(location) as location,
        parse.clean(usage) as usage,

        -- times, amounts, flags
        {{ typed('area_m2', 'amount') }},
        {{ typed('registered_on', 'date') }}
    from source
    {{ parsed_once() }}
),

repeated as (
    {{ repeated_rows('property', delivered) }}
),

place as (
    {{ resolved_places('property', address='location') }}
),

final as (
    select
        cleaned.batch_id,
        cleaned.row_no,

        -- ids
        {{ person_with_key() }},

        -- text
        cleaned.certificate_no,
        cleaned.location,
        cleaned.usage,

        -- times, amounts, flags
        cleaned.area_m2,
        cleaned.registered_on,

        -- place
        {{ place_codes() }},

        -- the row
        cleaned.row_hash,
        {{ is_repeat() }},
        {{ parse_errors(['area_m2', 'registered_on']) }},
        {{ unknown_codes([]) }}
    from cleaned
    left join repeated on cleaned.row_hash = repeated.row_hash
    left join place on cleaned.place_text = place.place_text
)

select * from final
