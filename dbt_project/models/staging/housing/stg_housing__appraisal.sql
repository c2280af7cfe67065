{{ config(alias='appraisal') }}

{%- set delivered = [
    'head_name', 'id_no', 'address', 'structure', 'area_m2', 'house_grade', 'graded_on', 'appraiser',
    'is_only_home',
] %}
{%- set codes = {'house_grade': 'house_grade'} %}

with source as (
    select * from {{ landed('appraisal') }} as delivered
),

cleaned as (
    select
        batch_id,
        row_no,
        {{ row_hash(delivered) }} as row_hash,
        {{ place_text(address='address') }} as place_text,

        -- ids
        {{ person_columns(name='head_name', prefix='head_') }},

        -- text
        parse.clean(address) as address,
        parse.clean(structure) as structure,
        parse.clean(appraiser) as appraiser,
        {{ coded_each(codes) }},

        -- times, amounts, flags
        {{ typed('area_m2', 'amount') }},
        {{ typed('graded_on', 'date') }},
        {{ typed('is_only_home', 'bool') }}
    from source
    {{ parsed_once() }}
),

repeated as (
    {{ repeated_rows('appraisal', delivered) }}
),

place as (
    {{ resolved_places('appraisal', address='address') }}
),

final as (
    select
        cleaned.batch_id,
        cleaned.row_no,

        -- ids
        {{ person_with_key('head_', name='head_name') }},

        -- text
        cleaned.address,
        cleaned.structure,
        cleaned.appraiser,
        {{ canonical_each(codes) }},

        -- times, amounts, flags
        cleaned.area_m2,
        cleaned.graded_on,
        cleaned.is_only_home,

        -- place
        {{ place_codes() }},

        -- the row
        cleaned.row_hash,
        {{ is_repeat() }},
        {{ parse_errors(['area_m2', 'graded_on', 'is_only_home']) }},
        {{ unknown_codes(codes) }}
    from cleaned
    left join repeated on cleaned.row_hash = repeated.row_hash
    left join place on cleaned.place_text = place.place_text
    {{ code_joins(codes) }}
)

select * from final
