{{ config(materialized='night_rows', key=['block', 'subject_key', 'category'], meta={'dist_key': 'subject_key'}) }}
{#-
    Who is counted by the indicators of coverage that no comparison carries, so that a change of them can be told row by
    row: what each adds to numerator and denominator (counts; yuan where the indicator is a share of money).
-#}
with person as (
    {{ coverage_person() }}
),

counted as (
    {%- for name in ['medical_assistance', 'compulsory_education'] %}
    select
        'person|{{ name }}' as block,
        person_key as subject_key,
        county_code,
        town_code,
        village_code,
        {{ coverage_blocks()[name] }} as category
    from person
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
    union all
    select
        'settlement|one_stop' as block,
        person_key as subject_key,
        county_code,
        town_code,
        village_code,
        {{ one_stop_category() }} as category
    from {{ one_stop_settlements() }}
),

money as (
    {%- for kind in ['inpatient', 'chronic'] %}
    select
        'person|{{ kind }}_reimbursement' as block,
        person_key as subject_key,
        'counted' as category,
        county_code,
        town_code,
        village_code,
        coalesce(hi_settlement__{{ kind }}_reimbursed, 0) as numerator,
        coalesce({{ kind }}_cost, 0) as denominator
    from person
    where hi_settlement__{{ kind }}_reimbursed <> 0 or {{ kind }}_cost <> 0
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        block,
        coalesce(subject_key, '') as subject_key,
        category,
        min(county_code) as county_code,
        min(town_code) as town_code,
        min(village_code) as village_code,
        (count(*) filter (where category = 'met'))::numeric as numerator,
        (count(*) filter (where category in ('met', 'unmet')))::numeric as denominator
    from counted
    where category not like '-%' and county_code is not null
    group by block, coalesce(subject_key, ''), category
    union all
    select
        block,
        subject_key,
        category,
        county_code,
        town_code,
        village_code,
        numerator::numeric,
        denominator::numeric
    from money
    where county_code is not null
)

select * from final
