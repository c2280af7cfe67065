{{ config(alias='post_holder') }}

{%- set delivered = [
    'person_name', 'id_no', 'post_kind', 'employer', 'started_on', 'left_on', 'monthly_subsidy',
] %}
{%- set codes = {'post_kind': 'post_kind'} %}

with source as (
    select * from {{ landed('post_holder') }} as delivered
),

cleaned as (
    select
        batch_id,
        row_no,
        {{ row_hash(delivered) }} as row_hash,

        -- ids
        {{ person_columns() }},

        -- text
        parse.clean(employer) as employer,
        {{ coded_each(codes) }},

        -- times, amounts, flags
        {{ typed_each(['started_on', 'left_on'], 'date') }},
        {{ typed('monthly_subsidy', 'amount') }}
    from source
    {{ parsed_once() }}
),

repeated as (
    {{ repeated_rows('post_holder', delivered) }}
),

final as (
    select
        cleaned.batch_id,
        cleaned.row_no,

        -- ids
        {{ person_with_key() }},

        -- text
        cleaned.employer,
        {{ canonical_each(codes) }},

        -- times, amounts, flags
        cleaned.started_on,
        cleaned.left_on,
        cleaned.monthly_subsidy,

        -- the row
        cleaned.row_hash,
        {{ is_repeat() }},
        {{ parse_errors(['started_on', 'left_on', 'monthly_subsidy']) }},
        {{ unknown_codes(codes) }}
    from cleaned
    left join repeated on cleaned.row_hash = repeated.row_hash
    {{ code_joins(codes) }}
)

select * from final
