{#-
    Counts per village, block and category: what coverage, profile and the comparison summary are added up from. Rows
    whose village or town could not be resolved stay with the town or county that is known.
-#}
with household as (
    select * from {{ ref('int_fact__household') }}
),

person as (
    {{ coverage_person() }}
),

final as (
    {%- for department, (counted, entitled) in compared_departments().items() %}
        {{ comparison_block(department, counted, entitled) }}
        union all
    {%- endfor %}
    {%- for name, category in household_and_member_blocks().items() %}
        {{ counted_block("'household|" ~ name ~ "'", 'household', category) }}
        union all
        {{ counted_block("'person|" ~ name ~ "'", 'household', category, value='sum(members)') }}
        union all
    {%- endfor %}
    {%- for name, category in household_blocks().items() %}
        {{ counted_block("'household|" ~ name ~ "'", 'household', category) }}
        union all
    {%- endfor %}
    {%- for name, category in person_blocks().items() %}
        {{ counted_block("'person|" ~ name ~ "'", 'person', category) }}
        union all
    {%- endfor %}
    {{ counted_block("'settlement|one_stop'", one_stop_settlements(), one_stop_category()) }}
    union all
    {{ counted_block(
        "'project|renovation'", ref('int_fact__project') ~ ' where is_accepted and plan_year is not null', 'plan_year::text'
    ) }}
    union all
    select * from {{ ref('int_summary__population_leaf') }}
    union all
    select * from {{ ref('int_summary__series_leaf') }}
)

select * from final
where county_code is not null and value <> 0
