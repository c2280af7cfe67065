{{ config(alias='marriage') }}

{%- set delivered = ['registered_on', 'kind', 'male_id', 'female_id'] %}
{%- set codes = {'kind': 'marriage_kind'} %}

with source as (
    select * from {{ landed('marriage') }} as delivered
),

cleaned as (
    select
        batch_id,
        row_no,
        {{ row_hash(delivered) }} as row_hash,

        -- ids
        {{ person_columns(id='male_id', name=none, prefix='male_') }},
        {{ person_columns(id='female_id', name=none, prefix='female_') }},

        -- text
        {{ coded_each(codes) }},

        -- times, amounts, flags
        {{ typed('registered_on', 'date') }}
    from source
    {{ parsed_once() }}
),

repeated as (
    {{ repeated_rows('marriage', delivered) }}
),

final as (
    select
        cleaned.batch_id,
        cleaned.row_no,

        -- ids
        {{ person_with_key('male_', name=none) }},
        {{ person_with_key('female_', name=none) }},

        -- text
        {{ canonical_each(codes) }},

        -- times, amounts, flags
        cleaned.registered_on,

        -- the row
        cleaned.row_hash,
        {{ is_repeat() }},
        {{ parse_errors(['registered_on']) }},
        {{ unknown_codes(codes) }}
    from cleaned
    left join repeated on cleaned.row_hash = repeated.row_hash
    {{ code_joins(codes) }}
)

select * from final
