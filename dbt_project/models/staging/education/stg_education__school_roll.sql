{{ config(alias='school_roll') }}

{%- set delivered = [
    'person_name', 'id_no', 'id_type', 'sex', 'birth_date', 'ethnicity', 'health_status', 'roll_no',
    'class_no', 'school_name', 'school_code', 'study_stage', 'grade', 'class_name', 'enrolled_month',
    'enrol_mode', 'study_mode', 'hukou_code', 'address', 'is_left_behind', 'is_orphan', 'needs_aid',
    'inclusion_code', 'disability_category', 'guardian_name', 'guardian_phone',
] %}
{%- set codes = {'sex': 'sex', 'study_stage': 'study_stage', 'study_mode': 'study_mode'} %}
{%- set loose_codes = {
    'id_type': 'id_type',
    'ethnicity': 'ethnic',
    'disability_category': 'disability_category',
} %}
{%- set flags = ['is_left_behind', 'is_orphan', 'needs_aid'] %}

with source as (
    select * from {{ landed('school_roll') }} as delivered
),

cleaned as (
    select
        batch_id,
        row_no,
        {{ row_hash(delivered) }} as row_hash,
        {{ place_text(address='address') }} as place_text,

        -- ids
        {{ person_columns() }},
        {{ person_columns(id=none, name='guardian_name', prefix='guardian_') }},

        -- text
        parse.clean(roll_no) as roll_no,
        parse.clean(class_no) as class_no,
        parse.clean(school_name) as school_name,
        parse.clean(school_code) as school_code,
        parse.clean(grade) as grade,
        parse.clean(class_name) as class_name,
        parse.clean(enrol_mode) as enrol_mode,
        parse.clean(hukou_code) as hukou_code,
        parse.clean(address) as address,
        parse.clean(inclusion_code) as inclusion_code,
        parse.clean(guardian_phone) as guardian_phone,
        {{ coded_each(codes) }},
        {{ coded_each(loose_codes) }},
        health_status as health_status__text,

        -- times, amounts, flags
        {{ typed('birth_date', 'date') }},
        {{ typed('enrolled_month', 'month') }},
        {{ typed_each(flags, 'bool') }}
    from source
    {{ parsed_once() }}
),

repeated as (
    {{ repeated_rows('school_roll', delivered) }}
),

place as (
    {{ resolved_places('school_roll', address='address') }}
),

health_status_list as (
    {{ listed_codes('school_roll', 'health_status', 'health_status') }}
),

final as (
    select
        cleaned.batch_id,
        cleaned.row_no,

        -- ids
        {{ person_with_key() }},
        cleaned.guardian_name,
        cleaned.guardian_name_norm,

        -- text
        cleaned.roll_no,
        cleaned.class_no,
        cleaned.school_name,
        cleaned.school_code,
        cleaned.grade,
        cleaned.class_name,
        cleaned.enrol_mode,
        cleaned.hukou_code,
        cleaned.address,
        cleaned.inclusion_code,
        cleaned.guardian_phone,
        {{ canonical_each(codes) }},
        {{ canonical_or_text('id_type') }},
        {{ canonical_or_text('ethnicity') }},
        {{ canonical_or_text('disability_category') }},
        coalesce(health_status_list.canonical, parse.clean(cleaned.health_status__text)) as health_status,

        -- times, amounts, flags
        parse.school_grade(cleaned.grade, study_stage__code.canonical, {{ school_year_of(data_date()) }}) as grade_no,
        {{ birth_date_column() }},
        cleaned.enrolled_month,
        cleaned.is_left_behind,
        cleaned.is_orphan,
        cleaned.needs_aid,

        -- place
        {{ place_codes() }},

        -- the row
        cleaned.row_hash,
        {{ is_repeat() }},
        {{ parse_errors(['birth_date', 'enrolled_month'] + flags) }},
        {{ unknown_codes(codes, []) }}
    from cleaned
    left join repeated on cleaned.row_hash = repeated.row_hash
    left join place on cleaned.place_text = place.place_text
    left join health_status_list on cleaned.health_status__text = health_status_list.delivered
    {{ code_joins(codes) }}
    {{ code_joins(loose_codes) }}
)

select * from final
