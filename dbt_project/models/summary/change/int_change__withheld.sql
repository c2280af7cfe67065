{#-
    Where reasons may not be published. Who knows the verdicts of two nights knows their difference; reasons split it,
    and the split of one verdict is the split of the others with the sign turned. So a block is shown for all counties'
    or all towns' rows of a county together or not at all: when no division of that level has a category and reason
    with 1 to k - 1 movements, and no count of the block was withheld there in either night. Villages never are.
-#}
with small as (
    select
        block,
        county_code,
        division_level
    from {{ ref('int_change__cell') }}
    where division_level in ('county', 'town') and movements < {{ min_cell() }}
),

nights as (
    select {{ as_of() }} as night
    union
    select {{ published_before() }} as night
),

withheld as (
    select
        'comparison|' || s.department || '|' || s.field as block,
        s.division_code,
        s.division_level
    from {{ ref('comparison_summary') }} as s
    inner join nights on s.from_night <= nights.night and nights.night < s.to_night
    where s.suppressed
    union all
    select
        'finding|' || s.rule_id || '|open' as block,
        s.division_code,
        s.division_level
    from {{ ref('finding_summary') }} as s
    inner join nights on s.from_night <= nights.night and nights.night < s.to_night
    where s.suppressed and s.state = 'open'
    union all
    select
        i.block,
        s.division_code,
        s.division_level
    from {{ ref('coverage') }} as s
    inner join nights on s.from_night <= nights.night and nights.night < s.to_night
    inner join {{ ref('int_summary__coverage_cell') }} as i on s.indicator = i.indicator
    where s.suppressed
)

select
    block,
    county_code,
    division_level
from small
union
select
    block,
    left(division_code, 6) || '000000' as county_code,
    division_level
from withheld
where division_level in ('county', 'town')
