{{ config(alias='renovation') }}

{%- set delivered = [
    'county_name', 'town_name', 'village_name', 'hamlet_name', 'head_name', 'id_no', 'house_identity',
    'plan_year', 'house_grade', 'renovation_method', 'area_m2', 'started_on', 'completed_on', 'accepted_on',
    'subsidy_amount', 'paid_on',
] %}
{%- set codes = {
    'house_identity': 'house_identity',
    'house_grade': 'house_grade',
    'renovation_method': 'renovation_method',
} %}
{%- set amounts = ['area_m2', 'subsidy_amount'] %}
{%- set dates = ['started_on', 'completed_on', 'accepted_on', 'paid_on'] %}

with source as (
    select * from {{ landed('renovation') }} as delivered
),

cleaned as (
    select
        batch_id,
        row_no,
        {{ row_hash(delivered) }} as row_hash,
        {{ place_text(county='county_name', town='town_name', village='village_name') }} as place_text,

        -- ids
        {{ person_columns(name='head_name', prefix='head_') }},

        -- text
        parse.clean(county_name) as county_name,
        parse.clean(town_name) as town_name,
        parse.clean(village_name) as village_name,
        parse.clean(hamlet_name) as hamlet_name,
        {{ coded_each(codes) }},

        -- times, amounts, flags
        {{ typed('plan_year', 'year') }},
        {{ typed_each(amounts, 'amount') }},
        {{ typed_each(dates, 'date') }}
    from source
    {{ parsed_once() }}
),

repeated as (
    {{ repeated_rows('renovation', delivered) }}
),

place as (
    {{ resolved_places('renovation', county='county_name', town='town_name', village='village_name') }}
),

final as (
    select
        cleaned.batch_id,
        cleaned.row_no,

        -- ids
        {{ person_with_key('head_', name='head_name') }},

        -- text
        {{ canonical_each(codes) }},

        -- times, amounts, flags
        cleaned.plan_year,
        cleaned.area_m2,
        cleaned.started_on,
        cleaned.completed_on,
        cleaned.accepted_on,
        cleaned.subsidy_amount,
        cleaned.paid_on,

        -- place
        cleaned.county_name,
        cleaned.town_name,
        cleaned.village_name,
        cleaned.hamlet_name,
        {{ place_codes() }},

        -- the row
        cleaned.row_hash,
        {{ is_repeat() }},
        {{ parse_errors(['plan_year'] + amounts + dates) }},
        {{ unknown_codes(codes) }}
    from cleaned
    left join repeated on cleaned.row_hash = repeated.row_hash
    left join place on cleaned.place_text = place.place_text
    {{ code_joins(codes) }}
)

select * from final
