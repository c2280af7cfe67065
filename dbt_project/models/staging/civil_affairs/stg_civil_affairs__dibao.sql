{{ config(alias='dibao') }}

{%- set delivered = [
    'county_name', 'town_name', 'village_name', 'head_name', 'id_no', 'dibao_no', 'dibao_kind', 'dibao_tier',
    'dibao_persons', 'household_size', 'monthly_amount', 'supplement_amount', 'pay_month', 'valid_from',
    'valid_to', 'main_cause', 'bank_name', 'bank_account', 'remark',
] %}
{#- 低保类别 is the kind (urban, rural) in one system and the tier in another: what a value means decides. #}
{%- set codes = {'dibao_kind': 'dibao_kind', 'dibao_tier': 'dibao_tier'} %}
{%- set counts = ['dibao_persons', 'household_size'] %}
{%- set amounts = ['monthly_amount', 'supplement_amount'] %}
{%- set months = ['pay_month', 'valid_from', 'valid_to'] %}

with source as (
    select * from {{ landed('dibao') }} as delivered
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
        parse.clean(dibao_no) as dibao_no,
        parse.clean(main_cause) as main_cause,
        parse.clean(bank_name) as bank_name,
        parse.clean(bank_account) as bank_account,
        parse.clean(remark) as remark,
        parse.clean(county_name) as county_name,
        parse.clean(town_name) as town_name,
        parse.clean(village_name) as village_name,
        {{ coded_each(codes) }},

        -- times, amounts, flags
        {{ typed_each(counts, 'int') }},
        {{ typed_each(amounts, 'amount') }},
        {{ typed_each(months, 'month') }}
    from source
    {{ parsed_once() }}
),

repeated as (
    {{ repeated_rows('dibao', delivered) }}
),

place as (
    {{ resolved_places('dibao', county='county_name', town='town_name', village='village_name') }}
),

final as (
    select
        cleaned.batch_id,
        cleaned.row_no,

        -- ids
        {{ person_with_key('head_', name='head_name') }},

        -- text
        cleaned.dibao_no,
        cleaned.main_cause,
        cleaned.bank_name,
        cleaned.bank_account,
        cleaned.remark,
        nullif(coalesce(dibao_kind__code.canonical, tier_as_kind.canonical), '') as dibao_kind,
        nullif(coalesce(dibao_tier__code.canonical, kind_as_tier.canonical), '') as dibao_tier,

        -- times, amounts, flags
        cleaned.dibao_persons,
        cleaned.household_size,
        cleaned.monthly_amount,
        cleaned.supplement_amount,
        cleaned.pay_month,
        cleaned.valid_from,
        cleaned.valid_to,

        -- place
        cleaned.county_name,
        cleaned.town_name,
        cleaned.village_name,
        {{ place_codes() }},

        -- the row
        cleaned.row_hash,
        {{ is_repeat() }},
        {{ parse_errors(counts + amounts + months) }},
        {{ unknown_codes([], [
            "case when dibao_kind__key is not null and coalesce(dibao_kind__code.list, kind_as_tier.list) is null"
            ~ " then 'dibao_kind' end",
            "case when dibao_tier__key is not null and coalesce(dibao_tier__code.list, tier_as_kind.list) is null"
            ~ " then 'dibao_tier' end",
        ]) }}
    from cleaned
    left join repeated on cleaned.row_hash = repeated.row_hash
    left join place on cleaned.place_text = place.place_text
    {{ code_joins(codes) }}
    left join {{ ref('code_list') }} as tier_as_kind
        on cleaned.dibao_tier__key = tier_as_kind.value and tier_as_kind.list = 'dibao_kind'
    left join {{ ref('code_list') }} as kind_as_tier
        on cleaned.dibao_kind__key = kind_as_tier.value and kind_as_tier.list = 'dibao_tier'
)

select * from final
