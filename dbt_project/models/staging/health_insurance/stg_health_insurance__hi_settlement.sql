{{ config(alias='hi_settlement') }}

{%- set delivered = [
    'psn_no', 'id_no', 'person_name', 'insurance_kind', 'psn_type', 'visit_type', 'settled_at',
    'admitted_on', 'discharged_on', 'disease_code', 'fee_total', 'own_pay', 'over_limit_self_pay',
    'pre_self_pay', 'in_scope_amount', 'deductible', 'basic_fund_pay', 'serious_fund_pay', 'assist_fund_pay',
    'other_fund_pay', 'fund_pay_total', 'account_pay', 'personal_total', 'cash_pay', 'hospital_pay',
    'institution_code', 'institution_name', 'is_in_county', 'settlement_mode',
] %}
{%- set codes = {
    'insurance_kind': 'insurance_kind',
    'visit_type': 'visit_type',
    'settlement_mode': 'settlement_mode',
} %}
{%- set dates = ['admitted_on', 'discharged_on'] %}
{%- set amounts = [
    'fee_total', 'own_pay', 'over_limit_self_pay', 'pre_self_pay', 'in_scope_amount', 'deductible',
    'basic_fund_pay', 'serious_fund_pay', 'assist_fund_pay', 'other_fund_pay', 'fund_pay_total',
    'account_pay', 'personal_total', 'cash_pay', 'hospital_pay',
] %}

with source as (
    select * from {{ landed('hi_settlement') }} as delivered
),

cleaned as (
    select
        batch_id,
        row_no,
        {{ row_hash(delivered) }} as row_hash,

        -- ids
        {{ person_columns() }},

        -- text
        parse.clean(psn_no) as psn_no,
        parse.clean(psn_type) as psn_type,
        parse.clean(disease_code) as disease_code,
        parse.clean(institution_code) as institution_code,
        parse.clean(institution_name) as institution_name,
        {{ coded_each(codes) }},

        -- times, amounts, flags
        {{ typed('settled_at', 'timestamp') }},
        {{ typed_each(dates, 'date') }},
        {{ typed_each(amounts, 'amount') }},
        {{ typed('is_in_county', 'bool') }}
    from source
    {{ parsed_once() }}
),

repeated as (
    {{ repeated_rows('hi_settlement', delivered) }}
),

final as (
    select
        cleaned.batch_id,
        cleaned.row_no,

        -- ids
        {{ person_with_key() }},

        -- text
        cleaned.psn_no,
        cleaned.psn_type,
        cleaned.disease_code,
        cleaned.institution_code,
        cleaned.institution_name,
        {{ canonical_each(codes) }},

        -- times, amounts, flags
        cleaned.settled_at,
        cleaned.admitted_on,
        cleaned.discharged_on,
        cleaned.fee_total,
        cleaned.own_pay,
        cleaned.over_limit_self_pay,
        cleaned.pre_self_pay,
        cleaned.in_scope_amount,
        cleaned.deductible,
        cleaned.basic_fund_pay,
        cleaned.serious_fund_pay,
        cleaned.assist_fund_pay,
        cleaned.other_fund_pay,
        cleaned.fund_pay_total,
        cleaned.account_pay,
        cleaned.personal_total,
        cleaned.cash_pay,
        cleaned.hospital_pay,
        cleaned.is_in_county,

        -- the row
        cleaned.row_hash,
        {{ is_repeat() }},
        {{ parse_errors(['settled_at'] + dates + amounts + ['is_in_county']) }},
        {{ unknown_codes(codes) }}
    from cleaned
    left join repeated on cleaned.row_hash = repeated.row_hash
    {{ code_joins(codes) }}
)

select * from final
