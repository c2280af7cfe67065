{{ config(alias='registry_household') }}

{%- set delivered = [
    'county_name', 'town_name', 'village_name', 'hamlet_name', 'household_no', 'household_type',
    'exit_attribute', 'exit_year', 'monitor_category', 'no_labour_guarantee', 'monitored_from',
    'risk_cleared', 'risk_cleared_on', 'clear_mode', 'risk_1', 'risk_2', 'risk_3', 'risk_4', 'risk_5',
    'disaster_subtype', 'cause_1', 'income_per_capita', 'income_wage', 'income_business', 'income_transfer',
    'compliant_self_paid', 'is_unsafe_house', 'house_area_m2', 'has_safe_water', 'house_grade',
    'measure_health', 'measure_education', 'measure_compulsory_edu', 'measure_housing', 'measure_relocation',
    'measure_social', 'measure_employment', 'household_phone',
] %}
{%- set codes = {
    'household_type': 'household_type',
    'exit_attribute': 'exit_attribute',
    'monitor_category': 'monitor_category',
    'clear_mode': 'clear_mode',
    'risk_1': 'risk',
    'risk_2': 'risk',
    'risk_3': 'risk',
    'risk_4': 'risk',
    'risk_5': 'risk',
    'cause_1': 'cause',
    'house_grade': 'house_grade',
} %}
{%- set flags = ['no_labour_guarantee', 'risk_cleared', 'is_unsafe_house', 'has_safe_water'] %}
{%- set months = ['monitored_from', 'risk_cleared_on'] %}
{%- set amounts = [
    'income_per_capita', 'income_wage', 'income_business', 'income_transfer', 'compliant_self_paid',
    'house_area_m2',
] %}

with source as (
    select * from {{ landed('registry_household') }} as delivered
),

cleaned as (
    select
        batch_id,
        row_no,
        {{ row_hash(delivered) }} as row_hash,
        {{ place_text(county='county_name', town='town_name', village='village_name') }} as place_text,

        -- ids
        parse.number_text(household_no) as household_no,
        parse.number_key(household_no) as household_key,

        -- text
        parse.clean(disaster_subtype) as disaster_subtype,
        parse.clean(household_phone) as household_phone,
        parse.clean(county_name) as county_name,
        parse.clean(town_name) as town_name,
        parse.clean(village_name) as village_name,
        parse.clean(hamlet_name) as hamlet_name,
        {{ named('measure_health', 'parse.sorted_list') }},
        {{ named('measure_education', 'parse.sorted_list') }},
        {{ named('measure_compulsory_edu', 'parse.sorted_list') }},
        {{ named('measure_housing', 'parse.sorted_list') }},
        {{ named('measure_relocation', 'parse.sorted_list') }},
        {{ named('measure_social', 'parse.sorted_list') }},
        {{ named('measure_employment', 'parse.sorted_list') }},
        {{ coded_each(codes) }},

        -- times, amounts, flags
        {{ typed('exit_year', 'year') }},
        {{ typed_each(flags, 'bool') }},
        {{ typed_each(months, 'month') }},
        {{ typed_each(amounts, 'amount') }}
    from source
    {{ parsed_once() }}
),

repeated as (
    {{ repeated_rows('registry_household', delivered) }}
),

place as (
    {{ resolved_places('registry_household', county='county_name', town='town_name', village='village_name') }}
),

final as (
    select
        cleaned.batch_id,
        cleaned.row_no,

        -- ids
        cleaned.household_no,
        cleaned.household_key,

        -- text
        cleaned.disaster_subtype,
        cleaned.household_phone,
        cleaned.measure_health,
        cleaned.measure_education,
        cleaned.measure_compulsory_edu,
        cleaned.measure_housing,
        cleaned.measure_relocation,
        cleaned.measure_social,
        cleaned.measure_employment,
        {{ canonical_each(codes) }},

        -- times, amounts, flags
        cleaned.exit_year,
        cleaned.no_labour_guarantee,
        cleaned.monitored_from,
        cleaned.risk_cleared,
        cleaned.risk_cleared_on,
        cleaned.income_per_capita,
        cleaned.income_wage,
        cleaned.income_business,
        cleaned.income_transfer,
        cleaned.compliant_self_paid,
        cleaned.is_unsafe_house,
        cleaned.house_area_m2,
        cleaned.has_safe_water,

        -- place
        cleaned.county_name,
        cleaned.town_name,
        cleaned.village_name,
        cleaned.hamlet_name,
        {{ place_codes() }},

        -- the row
        cleaned.row_hash,
        {{ is_repeat() }},
        {{ parse_errors(['exit_year'] + flags + months + amounts) }},
        {{ unknown_codes(codes) }}
    from cleaned
    left join repeated on cleaned.row_hash = repeated.row_hash
    left join place on cleaned.place_text = place.place_text
    {{ code_joins(codes) }}
)

select * from final
