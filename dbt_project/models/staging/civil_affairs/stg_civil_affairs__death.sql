{{ config(alias='death') }}

{%- set delivered = ['person_name', 'id_no', 'died_on', 'cremated_on', 'town_name', 'remark'] %}
{%- set dates = ['died_on', 'cremated_on'] %}

with source as (
    select * from {{ landed('death') }} as delivered
),

cleaned as (
    select
        batch_id,
        row_no,
        {{ row_hash(delivered) }} as row_hash,
        {{ place_text(town='town_name') }} as place_text,

        -- ids
        {{ person_columns() }},

        -- text
        parse.clean(remark) as remark,
        parse.clean(town_name) as town_name,

        -- times, amounts, flags
        {{ typed('serial_no', 'int') }},
        {{ typed_each(dates, 'date') }}
    from source
    {{ parsed_once() }}
),

repeated as (
    {{ repeated_rows('death', delivered) }}
),

place as (
    {{ resolved_places('death', town='town_name') }}
),

final as (
    select
        cleaned.batch_id,
        cleaned.row_no,

        -- ids
        {{ person_with_key() }},

        -- text
        cleaned.remark,

        -- times, amounts, flags
        cleaned.serial_no,
        cleaned.died_on,
        cleaned.cremated_on,

        -- place
        cleaned.town_name,
        {{ place_codes() }},

        -- the row
        cleaned.row_hash,
        {{ is_repeat() }},
        {{ parse_errors(['serial_no'] + dates) }},
        {{ unknown_codes([]) }}
    from cleaned
    left join repeated on cleaned.row_hash = repeated.row_hash
    left join place on cleaned.place_text = place.place_text
)

select * from final
