{{ config(alias='hi_roll') }}

{%- set delivered = [
    'psn_no', 'id_no', 'person_name', 'sex', 'insurance_kind', 'insurance_year', 'status', 'paid_on',
    'personal_amount', 'subsidy_amount', 'has_serious_illness_insurance', 'town_name', 'village_name',
] %}
{%- set codes = {'sex': 'sex', 'insurance_kind': 'insurance_kind', 'status': 'insurance_status'} %}
{%- set amounts = ['personal_amount', 'subsidy_amount'] %}

with source as (
    select * from {{ landed('hi_roll') }} as delivered
),

cleaned as (
    select
        batch_id,
        row_no,
        {{ row_hash(delivered) }} as row_hash,
        {{ place_text(town='town_name', village='village_name') }} as place_text,

        -- ids
        {{ person_columns() }},

        -- text
        parse.clean(psn_no) as psn_no,
        parse.clean(town_name) as town_name,
        parse.clean(village_name) as village_name,
        {{ coded_each(codes) }},

        -- times, amounts, flags
        {{ typed('insurance_year', 'year') }},
        {{ typed('paid_on', 'date') }},
        {{ typed_each(amounts, 'amount') }},
        {{ typed('has_serious_illness_insurance', 'bool') }}
    from source
    {{ parsed_once() }}
),

repeated as (
    {{ repeated_rows('hi_roll', delivered) }}
),

place as (
    {{ resolved_places('hi_roll', town='town_name', village='village_name') }}
),

final as (
    select
        cleaned.batch_id,
        cleaned.row_no,

        -- ids
        {{ person_with_key() }},

        -- text
        cleaned.psn_no,
        {{ canonical_each(codes) }},

        -- times, amounts, flags
        cleaned.insurance_year,
        cleaned.paid_on,
        cleaned.personal_amount,
        cleaned.subsidy_amount,
        cleaned.has_serious_illness_insurance,

        -- place
        cleaned.town_name,
        cleaned.village_name,
        {{ place_codes() }},

        -- the row
        cleaned.row_hash,
        {{ is_repeat() }},
        {{ parse_errors(['insurance_year', 'paid_on'] + amounts + ['has_serious_illness_insurance']) }},
        {{ unknown_codes(codes) }}
    from cleaned
    left join repeated on cleaned.row_hash = repeated.row_hash
    left join place on cleaned.place_text = place.place_text
    {{ code_joins(codes) }}
)

select * from final
