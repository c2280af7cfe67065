{{ config(alias='hi_chronic') }}

{%- set delivered = [
    'person_name', 'id_no', 'chronic_disease', 'certificate_no', 'issued_on', 'valid_to', 'doctor_team',
    'signed_on',
] %}
{%- set dates = ['issued_on', 'valid_to', 'signed_on'] %}

with source as (
    select * from {{ landed('hi_chronic') }} as delivered
),

cleaned as (
    select
        batch_id,
        row_no,
        {{ row_hash(delivered) }} as row_hash,

        -- ids
        {{ person_columns() }},

        -- text
        parse.clean(chronic_disease) as chronic_disease,
        parse.clean(certificate_no) as certificate_no,
        parse.clean(doctor_team) as doctor_team,

        -- times, amounts, flags
        {{ typed_each(dates, 'date') }}
    from source
    {{ parsed_once() }}
),

repeated as (
    {{ repeated_rows('hi_chronic', delivered) }}
),

final as (
    select
        cleaned.batch_id,
        cleaned.row_no,

        -- ids
        {{ person_with_key() }},

        -- text
        cleaned.chronic_disease,
        cleaned.certificate_no,
        cleaned.doctor_team,

        -- times, amounts, flags
        cleaned.issued_on,
        cleaned.valid_to,
        cleaned.signed_on,

        -- the row
        cleaned.row_hash,
        {{ is_repeat() }},
        {{ parse_errors(dates) }},
        {{ unknown_codes([]) }}
    from cleaned
    left join repeated on cleaned.row_hash = repeated.row_hash
)

select * from final
