{{ config(alias='edu_compare') }}

{%- set delivered = [
    'term', 'province', 'county_name', 'town_name', 'village_name', 'person_name', 'id_no', 'is_registered',
    'is_6_15', 'household_no', 'head_name', 'household_type', 'phone', 'school_name', 'study_stage', 'grade',
    'class_name', 'roll_no', 'study_mode', 'is_disabled', 'disability_no', 'not_in_school_reason',
    'poverty_type', 'in_town', 'in_county', 'in_province', 'aid_item', 'aid_amount', 'meal_amount',
] %}
{%- set codes = {'study_stage': 'study_stage', 'not_in_school_reason': 'not_in_school_reason'} %}
{%- set loose_codes = {'household_type': 'household_type', 'study_mode': 'study_mode'} %}
{%- set flags = ['is_registered', 'is_6_15', 'is_disabled'] %}
{%- set amounts = ['aid_amount', 'meal_amount'] %}

with source as (
    select * from {{ landed('edu_compare') }} as delivered
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
        {{ person_columns() }},
        {{ person_columns(id=none, name='head_name', prefix='head_') }},

        -- text
        coalesce(parse.school_term(term), parse.clean(term)) as term,
        parse.clean(phone) as phone,
        parse.clean(school_name) as school_name,
        parse.clean(grade) as grade,
        parse.clean(class_name) as class_name,
        parse.clean(roll_no) as roll_no,
        parse.id_text(disability_no) as disability_no,
        parse.clean(poverty_type) as poverty_type,
        parse.clean(in_town) as in_town,
        parse.clean(in_county) as in_county,
        parse.clean(in_province) as in_province,
        parse.clean(aid_item) as aid_item,
        parse.clean(province) as province,
        parse.clean(county_name) as county_name,
        parse.clean(town_name) as town_name,
        parse.clean(village_name) as village_name,
        {{ coded_each(codes) }},
        {{ coded_each(loose_codes) }},

        -- times, amounts, flags
        {{ typed_each(flags, 'bool') }},
        {{ typed_each(amounts, 'amount') }}
    from source
    {{ parsed_once() }}
),

repeated as (
    {{ repeated_rows('edu_compare', delivered) }}
),

place as (
    {{ resolved_places('edu_compare', county='county_name', town='town_name', village='village_name') }}
),

final as (
    select
        cleaned.batch_id,
        cleaned.row_no,

        -- ids
        cleaned.household_no,
        cleaned.household_key,
        {{ person_with_key() }},
        cleaned.head_name,
        cleaned.head_name_norm,

        -- text
        cleaned.term,
        cleaned.phone,
        cleaned.school_name,
        cleaned.grade,
        cleaned.class_name,
        cleaned.roll_no,
        cleaned.disability_no,
        cleaned.poverty_type,
        cleaned.in_town,
        cleaned.in_county,
        cleaned.in_province,
        cleaned.aid_item,
        {{ canonical_each(codes) }},
        {{ canonical_or_text('household_type') }},
        {{ canonical_or_text('study_mode') }},

        -- times, amounts, flags
        cleaned.is_registered,
        cleaned.is_6_15,
        cleaned.is_disabled,
        cleaned.aid_amount,
        cleaned.meal_amount,

        -- place
        cleaned.province,
        cleaned.county_name,
        cleaned.town_name,
        cleaned.village_name,
        {{ place_codes() }},

        -- the row
        cleaned.row_hash,
        {{ is_repeat() }},
        {{ parse_errors(flags + amounts, ["case when cleaned.term !~ '季学期$' then 'term' end"]) }},
        {{ unknown_codes(codes) }}
    from cleaned
    left join repeated on cleaned.row_hash = repeated.row_hash
    left join place on cleaned.place_text = place.place_text
    {{ code_joins(codes) }}
    {{ code_joins(loose_codes) }}
)

select * from final
