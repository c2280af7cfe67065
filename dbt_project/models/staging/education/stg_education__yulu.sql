{{ config(alias='yulu') }}

{%- set delivered = [
    'household_no', 'person_name', 'id_no', 'school_name', 'study_stage', 'term', 'aid_amount', 'paid_on',
    'bank_account',
] %}
{%- set codes = {'study_stage': 'yulu_stage'} %}

with source as (
    select * from {{ landed('yulu') }} as delivered
),

cleaned as (
    select
        batch_id,
        row_no,
        {{ row_hash(delivered) }} as row_hash,

        -- ids
        parse.number_text(household_no) as household_no,
        parse.number_key(household_no) as household_key,
        {{ person_columns() }},

        -- text
        parse.clean(school_name) as school_name,
        coalesce(parse.school_term(term), parse.clean(term)) as term,
        parse.clean(bank_account) as bank_account,
        {{ coded_each(codes) }},

        -- times, amounts, flags
        {{ typed('aid_amount', 'amount') }},
        {{ typed('paid_on', 'date') }}
    from source
    {{ parsed_once() }}
),

repeated as (
    {{ repeated_rows('yulu', delivered) }}
),

final as (
    select
        cleaned.batch_id,
        cleaned.row_no,

        -- ids
        cleaned.household_no,
        cleaned.household_key,
        {{ person_with_key() }},

        -- text
        cleaned.school_name,
        cleaned.term,
        cleaned.bank_account,
        {{ canonical_each(codes) }},

        -- times, amounts, flags
        cleaned.aid_amount,
        cleaned.paid_on,

        -- the row
        cleaned.row_hash,
        {{ is_repeat() }},
        {{ parse_errors(['aid_amount', 'paid_on'], ["case when cleaned.term !~ '季学期$' then 'term' end"]) }},
        {{ unknown_codes(codes) }}
    from cleaned
    left join repeated on cleaned.row_hash = repeated.row_hash
    {{ code_joins(codes) }}
)

select * from final
