{{ config(alias='hi_enrol_check') }}

{%- set delivered = [
    'person_name', 'id_no', 'resident_division', 'employee_division', 'subsidy_amount', 'personal_amount',
    'is_employee', 'is_resident', 'enrol_type', 'jinbao_no', 'year_employee', 'year_resident',
    'status_resident', 'status_student', 'status_employee', 'special_identity',
] %}
{%- set loose_codes = {
    'status_resident': 'insurance_status',
    'status_student': 'insurance_status',
    'status_employee': 'insurance_status',
    'special_identity': 'subsidy_identity',
} %}
{%- set amounts = ['subsidy_amount', 'personal_amount'] %}
{%- set flags = ['is_employee', 'is_resident'] %}
{%- set years = ['year_employee', 'year_resident'] %}

with source as (
    select * from {{ landed('hi_enrol_check') }} as delivered
),

cleaned as (
    select
        batch_id,
        row_no,
        {{ row_hash(delivered) }} as row_hash,

        -- ids
        {{ person_columns() }},

        -- text
        parse.clean(resident_division) as resident_division,
        parse.clean(employee_division) as employee_division,
        parse.clean(enrol_type) as enrol_type,
        parse.clean(jinbao_no) as jinbao_no,
        {{ coded_each(loose_codes) }},

        -- times, amounts, flags
        {{ typed_each(amounts, 'amount') }},
        {{ typed_each(flags, 'bool') }},
        {{ typed_each(years, 'year') }}
    from source
    {{ parsed_once() }}
),

repeated as (
    {{ repeated_rows('hi_enrol_check', delivered) }}
),

final as (
    select
        cleaned.batch_id,
        cleaned.row_no,

        -- ids
        {{ person_with_key() }},

        -- text
        cleaned.resident_division,
        cleaned.employee_division,
        cleaned.enrol_type,
        cleaned.jinbao_no,
        {{ canonical_or_text('status_resident') }},
        {{ canonical_or_text('status_student') }},
        {{ canonical_or_text('status_employee') }},
        {{ canonical_or_text('special_identity') }},

        -- times, amounts, flags
        cleaned.subsidy_amount,
        cleaned.personal_amount,
        cleaned.is_employee,
        cleaned.is_resident,
        cleaned.year_employee,
        cleaned.year_resident,

        -- the row
        cleaned.row_hash,
        {{ is_repeat() }},
        {{ parse_errors(amounts + flags + years) }},
        {{ unknown_codes([]) }}
    from cleaned
    left join repeated on cleaned.row_hash = repeated.row_hash
    {{ code_joins(loose_codes) }}
)

select * from final
