{{ config(alias='disability') }}

{%- set delivered = [
    'person_name', 'id_no', 'disability_no', 'disability_category', 'disability_grade', 'living_subsidy',
    'nursing_subsidy', 'pay_month',
] %}
{%- set codes = {'disability_category': 'disability_category', 'disability_grade': 'disability_grade'} %}
{%- set amounts = ['living_subsidy', 'nursing_subsidy'] %}

with source as (
    select * from {{ landed('disability') }} as delivered
),

cleaned as (
    select
        batch_id,
        row_no,
        {{ row_hash(delivered) }} as row_hash,

        -- ids
        {{ person_columns() }},

        -- text
        parse.id_text(disability_no) as disability_no,
        {{ coded_each(codes) }},

        -- times, amounts, flags
        {{ typed_each(amounts, 'amount') }},
        {{ typed('pay_month', 'month') }}
    from source
    {{ parsed_once() }}
),

repeated as (
    {{ repeated_rows('disability', delivered) }}
),

final as (
    select
        cleaned.batch_id,
        cleaned.row_no,

        -- ids
        {{ person_with_key() }},

        -- text
        cleaned.disability_no,
        {{ canonical_each(codes) }},

        -- times, amounts, flags
        cleaned.living_subsidy,
        cleaned.nursing_subsidy,
        cleaned.pay_month,

        -- the row
        cleaned.row_hash,
        {{ is_repeat() }},
        {{ parse_errors(amounts + ['pay_month']) }},
        {{ unknown_codes(codes) }}
    from cleaned
    left join repeated on cleaned.row_hash = repeated.row_hash
    {{ code_joins(codes) }}
)

select * from final
