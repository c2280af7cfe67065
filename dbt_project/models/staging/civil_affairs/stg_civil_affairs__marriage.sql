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
    -- a fence: each value is parsed once, whatever reads it below
    offset 0 -- noqa: AM09
),

repeated as (
    {{ repeated_rows('marriage', delivered) }}
),

final as (
    select
        cleaned.batch_id,
        cleaned.row_no,

        -- ids
        cleaned.male_id_no,
        cleaned.male_id_state,
        {{ id_key_column('male_') }},
        cleaned.female_id_no,
        cleaned.female_id_state,
        {{ id_key_column('female_') }},

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
