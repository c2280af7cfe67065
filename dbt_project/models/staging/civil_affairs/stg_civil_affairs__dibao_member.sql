{{ config(alias='dibao_member') }}

{%- set delivered = ['id_no', 'person_name', 'dibao_no', 'is_covered', 'marital_status'] %}

with source as (
    select * from {{ landed('dibao_member') }} as delivered
),

cleaned as (
    select
        batch_id,
        row_no,
        {{ row_hash(delivered) }} as row_hash,

        -- ids
        {{ person_columns() }},

        -- text
        parse.clean(dibao_no) as dibao_no,
        parse.clean(marital_status) as marital_status,

        -- times, amounts, flags
        {{ typed('is_covered', 'bool') }}
    from source
    {{ parsed_once() }}
),

repeated as (
    {{ repeated_rows('dibao_member', delivered) }}
),

final as (
    select
        cleaned.batch_id,
        cleaned.row_no,

        -- ids
        {{ person_with_key() }},

        -- text
        cleaned.dibao_no,
        cleaned.marital_status,

        -- times, amounts, flags
        cleaned.is_covered,

        -- the row
        cleaned.row_hash,
        {{ is_repeat() }},
        {{ parse_errors(['is_covered']) }},
        {{ unknown_codes([]) }}
    from cleaned
    left join repeated on cleaned.row_hash = repeated.row_hash
)

select * from final
