{{ config(alias='skills_training') }}

{%- set delivered = ['person_name', 'id_no', 'course', 'started_on', 'ended_on', 'has_certificate'] %}

with source as (
    select * from {{ landed('skills_training') }} as delivered
),

cleaned as (
    select
        batch_id,
        row_no,
        {{ row_hash(delivered) }} as row_hash,

        -- ids
        {{ person_columns() }},

        -- text
        parse.clean(course) as course,

        -- times, amounts, flags
        {{ typed_each(['started_on', 'ended_on'], 'date') }},
        {{ typed('has_certificate', 'bool') }}
    from source
    {{ parsed_once() }}
),

repeated as (
    {{ repeated_rows('skills_training', delivered) }}
),

final as (
    select
        cleaned.batch_id,
        cleaned.row_no,

        -- ids
        {{ person_with_key() }},

        -- text
        cleaned.course,

        -- times, amounts, flags
        cleaned.started_on,
        cleaned.ended_on,
        cleaned.has_certificate,

        -- the row
        cleaned.row_hash,
        {{ is_repeat() }},
        {{ parse_errors(['started_on', 'ended_on', 'has_certificate']) }},
        {{ unknown_codes([]) }}
    from cleaned
    left join repeated on cleaned.row_hash = repeated.row_hash
)

select * from final
