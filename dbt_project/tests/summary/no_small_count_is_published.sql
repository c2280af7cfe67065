{#- AGG-05: no count under min_cell leaves the private tables. A failure stops the night. -#}
with published as (
    select
        'comparison_summary' as source,
        subjects as value
    from {{ this_night(ref('comparison_summary')) }}
    union all
    select
        'finding_summary' as source,
        unnest(array[findings, opened, closed]) as value
    from {{ this_night(ref('finding_summary')) }}
    union all
    select
        'profile' as source,
        published_value as value
    from {{ this_night(ref('profile')) }}
    where unit <> '元'
    union all
    select
        'coverage' as source,
        unnest(array[numerator, denominator - numerator]) as value
    from {{ this_night(ref('coverage')) }}
    where indicator not like '%reimbursement'
    union all
    select
        'coverage not comparable' as source,
        not_comparable as value
    from {{ this_night(ref('coverage')) }}
)

select
    source,
    value
from published
where value > 0 and value < {{ min_cell() }}
