{{ config(alias='hi_premium_request') }}

{%- set delivered = [
    'town_name', 'person_name', 'id_no', 'psn_no', 'payer_category', 'enrol_category', 'subsidy_amount',
    'personal_amount', 'total_amount', 'request_batch',
] %}
{%- set codes = {'payer_category': 'subsidy_identity', 'enrol_category': 'enrol_category'} %}
{%- set amounts = ['subsidy_amount', 'personal_amount', 'total_amount'] %}

with source as (
    select * from {{ landed('hi_premium_request') }} as delivered
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
        parse.clean(psn_no) as psn_no,
        parse.clean(request_batch) as request_batch,
        parse.clean(town_name) as town_name,
        {{ coded_each(codes) }},

        -- times, amounts, flags
        {{ typed('serial_no', 'int') }},
        {{ typed_each(amounts, 'amount') }}
    from source
    {{ parsed_once() }}
),

repeated as (
    {{ repeated_rows('hi_premium_request', delivered) }}
),

place as (
    {{ resolved_places('hi_premium_request', town='town_name') }}
),

final as (
    select
        cleaned.batch_id,
        cleaned.row_no,

        -- ids
        {{ person_with_key() }},

        -- text
        cleaned.psn_no,
        cleaned.request_batch,
        {{ canonical_each(codes) }},

        -- times, amounts, flags
        cleaned.serial_no,
        cleaned.subsidy_amount,
        cleaned.personal_amount,
        cleaned.total_amount,

        -- place
        cleaned.town_name,
        {{ place_codes() }},

        -- the row
        cleaned.row_hash,
        {{ is_repeat() }},
        {{ parse_errors(['serial_no'] + amounts) }},
        {{ unknown_codes(codes) }}
    from cleaned
    left join repeated on cleaned.row_hash = repeated.row_hash
    left join place on cleaned.place_text = place.place_text
    {{ code_joins(codes) }}
)

select * from final
