{#-
    Counts per village, block and category: what coverage, profile and the comparison summary are added up from. Rows
    whose village or town could not be resolved stay with the town or county that is known.
-#}
{%- set departments = compared_departments() -%}
{%- set household_blocks = {
    'exit': "case
        when exit_attribute = '返贫' then concat_ws(':', 'returned', exit_year)
        when exit_attribute = '脱贫' then concat_ws(':', 'exited', exit_year)
        when exit_attribute is not null or is_poor_registered then 'unexited'
        else '-not_registered_as_poor'
    end",
    'type': "coalesce(household_type, '未填写')",
    'cause': "case
        when coalesce(exit_attribute, case when is_poor_registered then '' end) is null then '-not_registered_as_poor'
        when exit_attribute = '脱贫' then '-exited'
        else coalesce(cause_1, '未填写')
    end",
    'monitor': "case when is_monitored then monitor_category else '-not_monitored' end",
} -%}
{%- set household_only_blocks = {
    'dibao': "case
        when dibao__is_covered then 'covered' when dibao__is_covered is null then '-not_comparable' else '-not_covered'
    end",
    'tekun': "case
        when tekun__is_listed then 'listed' when tekun__is_listed is null then '-not_comparable' else '-not_listed'
    end",
    'assisted': "case
        when hi_settlement__assist_fund_pay > 0 then 'assisted'
        when hi_settlement__assist_fund_pay is null then '-not_comparable'
        else '-not_assisted'
    end",
} -%}
{%- set person_blocks = {
    'dibao_tier': "case
        when dibao__is_covered then coalesce(dibao__dibao_tier, '未填写')
        when dibao__is_covered is null then '-not_comparable'
        else '-not_covered'
    end",
    'dibao_kind': "case
        when dibao__is_covered then coalesce(dibao__dibao_kind, '未填写')
        when dibao__is_covered is null then '-not_comparable'
        else '-not_covered'
    end",
    'tekun_mode': "case
        when tekun__is_listed then coalesce(tekun__support_mode, '未填写')
        when tekun__is_listed is null then '-not_comparable'
        else '-not_listed'
    end",
    'disability_grade': "case
        when disability__is_listed then coalesce(disability__disability_grade, '未填写')
        when disability__is_listed is null then '-not_comparable'
        else '-not_listed'
    end",
    'contract': "case
        when hi_chronic__has_contract then 'signed'
        when hi_chronic__has_contract is null then '-not_comparable'
        else '-not_signed'
    end",
} -%}
{%- do person_blocks.update(coverage_blocks()) -%}

with household as (
    select * from {{ ref('int_fact__household') }}
),

person as (
    {{ coverage_person() }}
),

premium_household as (
    select distinct
        household_key,
        premium_year
    from {{ ref('int_summary__premium_year') }}
),

-- A year's or a term's series: who was paid for, one row per subject.
series as (
    select
        'person|premium_paid|' || premium_year as block,
        'person' as population,
        county_code,
        town_code,
        village_code,
        'paid' as category
    from {{ ref('int_summary__premium_year') }}
    union all
    select
        'household|premium_paid|' || y.premium_year as block,
        'household' as population,
        h.county_code,
        h.town_code,
        h.village_code,
        'paid' as category
    from premium_household as y
    inner join household as h on y.household_key = h.household_key
    union all
    select
        'person|edu_aid|' || term as block,
        'person' as population,
        county_code,
        town_code,
        village_code,
        -- Other stages are outside: how many have aid in those that the county aids is a figure of its own.
        case when {{ is_aided("coalesce(edu_compare__study_stage, stage)") }} then '' else '-stage:' end
        || coalesce(edu_compare__study_stage, stage, '未填写') as category
    from {{ ref('int_fact__student_term') }}
    where is_registry_person and edu_compare__aid_amount > 0
    union all
    select
        'person|yulu|' || term as block,
        'person' as population,
        county_code,
        town_code,
        village_code,
        coalesce(yulu__study_stage, stage, '未填写') as category
    from {{ ref('int_fact__student_term') }}
    where is_registry_person and yulu__is_paid
),

population as (
    {{ counted_block("'population|household'", 'household', "'all'") }}
    union all
    {{ counted_block("'population|person'", 'person', "'all'") }}
),

series_count as (
    {{ counted_block('block', 'series', 'category') }}
),

series_block as (
    select distinct
        block,
        population
    from series
),

series_total as (
    select
        block,
        county_code,
        town_code,
        village_code,
        sum(value) as value
    from series_count
    group by block, county_code, town_code, village_code
),

-- Everybody else of each place, so that a series is a table of the whole population like any other block.
series_others as (
    select
        b.block,
        p.county_code,
        p.town_code,
        p.village_code,
        '-others' as category,
        p.value - coalesce(c.value, 0) as value
    from series_block as b
    inner join population as p on p.block = 'population|' || b.population
    left join series_total as c
        on
            b.block = c.block
            and c.county_code is not distinct from p.county_code
            and c.town_code is not distinct from p.town_code
            and c.village_code is not distinct from p.village_code
),

final as (
    {%- for department, (fields_counted, fields_entitled) in departments.items() %}
        {{ comparison_block(department, fields_counted, fields_entitled) }}
        union all
    {%- endfor %}
    {%- for name, category in household_blocks.items() %}
        {{ counted_block("'household|" ~ name ~ "'", 'household', category) }}
        union all
        {{ counted_block("'person|" ~ name ~ "'", 'household', category, value='sum(members)') }}
        union all
    {%- endfor %}
    {%- for name, category in household_only_blocks.items() %}
        {{ counted_block("'household|" ~ name ~ "'", 'household', category) }}
        union all
    {%- endfor %}
    {%- for name, category in person_blocks.items() %}
        {{ counted_block("'person|" ~ name ~ "'", 'person', category) }}
        union all
    {%- endfor %}
    {{ counted_block("'settlement|one_stop'", one_stop_settlements(), one_stop_category()) }}
    union all
    {{ counted_block(
        "'project|renovation'", ref('int_fact__project') ~ ' where is_accepted and plan_year is not null', 'plan_year::text'
    ) }}
    union all
    select * from population
    union all
    select * from series_count
    union all
    select * from series_others
)

select * from final
where county_code is not null and value <> 0
