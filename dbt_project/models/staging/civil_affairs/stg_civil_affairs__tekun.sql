{{ config(alias='tekun') }}

{%- set delivered = [
    'county_name', 'town_name', 'village_name', 'person_name', 'id_no', 'support_mode', 'care_ability',
    'monthly_amount', 'care_amount', 'institution',
] %}
{%- set codes = {'support_mode': 'tekun_mode', 'care_ability': 'care_ability'} %}
{%- set amounts = ['monthly_amount', 'care_amount'] %}

with source as (
    select * from {{ landed('tekun') }} as delivered
),

cleaned as (
    select
        batch_id,
        row_no,
        {{ row_hash(delivered) }} as row_hash,
        {{ place_text(county='county_name', town='town_name', village='village_name') }} as place_text,

        -- ids
        {{ person_columns() }},

        -- text
        parse.clean(institution) as institution,
        parse.clean(county_name) as county_name,
        parse.clean(town_name) as town_name,
        parse.clean(village_name) as village_name,
        {{ coded_each(codes) }},

        -- times, amounts, flags
        {{ typed_each(amounts, 'amount') }}
    from source
    {{ parsed_once() }}
),

repeated as (
    {{ repeated_rows('tekun', delivered) }}
),

place as (
    {{ resolved_places('tekun', county='county_name', town='town_name', village='village_name') }}
),

final as (
    select
        cleaned.batch_id,
        cleaned.row_no,

        -- ids
        {{ person_with_key() }},

        -- text
        cleaned.institution,
        {{ canonical_each(codes) }},

        -- times, amounts, flags
        cleaned.monthly_amount,
        cleaned.care_amount,

        -- place
        cleaned.county_name,
        cleaned.town_name,
        cleaned.village_name,
        {{ place_codes() }},

        -- the row
        cleaned.row_hash,
        {{ is_repeat() }},
        {{ parse_errors(amounts) }},
        {{ unknown_codes(codes) }}
    from cleaned
    left join repeated on cleaned.row_hash = repeated.row_hash
    left join place on cleaned.place_text = place.place_text
    {{ code_joins(codes) }}
)

select * from final
