{{ config(alias='hi_ncms_inpatient_old') }}

{%- set delivered = [
    'coop_med_no', 'member_seq', 'institution_code', 'hospital_name', 'head_name', 'person_name', 'address',
    'relation_to_head', 'sex', 'age', 'admitted_on', 'discharged_on', 'settled_on', 'disease_name',
    'fee_total', 'in_scope_amount', 'reimbursed', 'deductible', 'poverty_type',
] %}
{%- set loose_codes = {'relation_to_head': 'relation_to_head', 'sex': 'sex'} %}
{%- set dates = ['admitted_on', 'discharged_on', 'settled_on'] %}
{%- set amounts = ['fee_total', 'in_scope_amount', 'reimbursed', 'deductible'] %}

with source as (
    select * from {{ landed('hi_ncms_inpatient_old') }} as delivered
),

cleaned as (
    select
        batch_id,
        row_no,
        {{ row_hash(delivered) }} as row_hash,
        {{ place_text(address='address') }} as place_text,

        -- ids
        {{ person_columns(id=none) }},
        {{ person_columns(id=none, name='head_name', prefix='head_') }},

        -- text
        parse.number_text(coop_med_no) as coop_med_no,
        parse.clean(member_seq) as member_seq,
        parse.clean(institution_code) as institution_code,
        parse.clean(hospital_name) as hospital_name,
        parse.clean(address) as address,
        parse.clean(disease_name) as disease_name,
        parse.clean(poverty_type) as poverty_type,
        {{ coded_each(loose_codes) }},

        -- times, amounts, flags
        {{ typed('age', 'int') }},
        {{ typed_each(dates, 'date') }},
        {{ typed_each(amounts, 'amount') }}
    from source
    {{ parsed_once() }}
),

repeated as (
    {{ repeated_rows('hi_ncms_inpatient_old', delivered) }}
),

place as (
    {{ resolved_places('hi_ncms_inpatient_old', address='address') }}
),

final as (
    select
        cleaned.batch_id,
        cleaned.row_no,

        -- ids
        cleaned.person_name,
        cleaned.name_norm,
        cleaned.head_name,
        cleaned.head_name_norm,

        -- text
        cleaned.coop_med_no,
        cleaned.member_seq,
        cleaned.institution_code,
        cleaned.hospital_name,
        cleaned.address,
        cleaned.disease_name,
        cleaned.poverty_type,
        {{ canonical_or_text('relation_to_head') }},
        {{ canonical_or_text('sex') }},

        -- times, amounts, flags
        cleaned.age,
        cleaned.admitted_on,
        cleaned.discharged_on,
        cleaned.settled_on,
        cleaned.fee_total,
        cleaned.in_scope_amount,
        cleaned.reimbursed,
        cleaned.deductible,

        -- place
        {{ place_codes() }},

        -- the row
        cleaned.row_hash,
        {{ is_repeat() }},
        {{ parse_errors(['age'] + dates + amounts) }},
        {{ unknown_codes([]) }}
    from cleaned
    left join repeated on cleaned.row_hash = repeated.row_hash
    left join place on cleaned.place_text = place.place_text
    {{ code_joins(loose_codes) }}
)

select * from final
