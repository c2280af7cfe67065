{{ config(alias='registry_person') }}

{%- set delivered = [
    'county_name', 'town_name', 'village_name', 'hamlet_name', 'household_no', 'person_no', 'person_name',
    'id_no', 'id_type', 'household_size', 'relation_to_head', 'sex', 'birth_date', 'ethnicity',
    'political_status', 'education_level', 'student_status', 'out_of_school_reason', 'is_dropout',
    'health_status', 'labour_skill', 'work_area', 'work_months', 'has_resident_insurance',
    'has_employee_insurance', 'has_serious_illness_insurance', 'has_medical_assistance',
    'has_resident_pension', 'dibao_status', 'tekun_status', 'public_post', 'public_post_months',
    'person_phone', 'person_identified_on',
] %}
{%- set codes = {
    'id_type': 'id_type',
    'relation_to_head': 'relation_to_head',
    'sex': 'sex',
    'ethnicity': 'ethnic',
    'education_level': 'education_level',
    'student_status': 'student_status',
    'labour_skill': 'labour_skill',
    'work_area': 'work_area',
    'dibao_status': 'dibao_kind',
    'tekun_status': 'tekun_kind',
} %}
{%- set counts = ['household_size', 'work_months', 'public_post_months'] %}
{%- set dates = ['birth_date', 'person_identified_on'] %}
{%- set flags = [
    'is_dropout', 'has_resident_insurance', 'has_employee_insurance', 'has_serious_illness_insurance',
    'has_medical_assistance', 'has_resident_pension',
] %}

with source as (
    select * from {{ landed('registry_person') }} as delivered
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
        parse.number_text(person_no) as person_no,
        parse.number_key(person_no) as person_key,
        {{ person_columns() }},
        parse.id_disability_category(id_no) as id_disability_category,
        parse.id_disability_grade(id_no) as id_disability_grade,

        -- text
        parse.clean(political_status) as political_status,
        {{ named('out_of_school_reason') }},
        {{ named('public_post') }},
        parse.clean(person_phone) as person_phone,
        parse.clean(county_name) as county_name,
        parse.clean(town_name) as town_name,
        parse.clean(village_name) as village_name,
        parse.clean(hamlet_name) as hamlet_name,
        {{ coded_each(codes) }},
        health_status as health_status__text,

        -- times, amounts, flags
        {{ typed_each(counts, 'int') }},
        {{ typed_each(dates, 'date') }},
        {{ typed_each(flags, 'bool') }}
    from source
    {{ parsed_once() }}
),

repeated as (
    {{ repeated_rows('registry_person', delivered) }}
),

place as (
    {{ resolved_places('registry_person', county='county_name', town='town_name', village='village_name') }}
),

health_status_list as (
    {{ listed_codes('registry_person', 'health_status', 'health_status') }}
),

final as (
    select
        cleaned.batch_id,
        cleaned.row_no,

        -- ids
        cleaned.household_no,
        cleaned.household_key,
        cleaned.person_no,
        cleaned.person_key,
        {{ person_with_key() }},
        cleaned.id_disability_category,
        cleaned.id_disability_grade,

        -- text
        cleaned.political_status,
        cleaned.out_of_school_reason,
        cleaned.public_post,
        cleaned.person_phone,
        {{ canonical_each(codes) }},
        health_status_list.canonical as health_status,

        -- times, amounts, flags
        cleaned.household_size,
        {{ birth_date_column() }},
        cleaned.is_dropout,
        cleaned.work_months,
        cleaned.has_resident_insurance,
        cleaned.has_employee_insurance,
        cleaned.has_serious_illness_insurance,
        cleaned.has_medical_assistance,
        cleaned.has_resident_pension,
        cleaned.public_post_months,
        cleaned.person_identified_on,

        -- place
        cleaned.county_name,
        cleaned.town_name,
        cleaned.village_name,
        cleaned.hamlet_name,
        {{ place_codes() }},

        -- the row
        cleaned.row_hash,
        {{ is_repeat() }},
        {{ parse_errors(counts + dates + flags) }},
        {{ unknown_codes(codes, [unlisted('health_status')]) }}
    from cleaned
    left join repeated on cleaned.row_hash = repeated.row_hash
    left join place on cleaned.place_text = place.place_text
    left join health_status_list on cleaned.health_status__text = health_status_list.delivered
    {{ code_joins(codes) }}
)

select * from final
