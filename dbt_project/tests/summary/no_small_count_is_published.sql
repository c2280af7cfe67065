{#- AGG-05: no count under min_cell leaves the private tables. A failure stops the night. -#}
with published as (
    select 'comparison_summary' as source, subjects as value from {{ this_night(ref('comparison_summary')) }}
    union all
    select 'finding_summary', findings from {{ this_night(ref('finding_summary')) }}
    union all
    select 'finding_summary opened', opened from {{ this_night(ref('finding_summary')) }}
    union all
    select 'finding_summary closed', closed from {{ this_night(ref('finding_summary')) }}
    union all
    select 'profile', published_value from {{ this_night(ref('profile')) }} where unit <> '元'
    union all
    select 'coverage', numerator from {{ this_night(ref('coverage')) }} where indicator not like '%reimbursement'
    union all
    select 'coverage complement', denominator - numerator
    from {{ this_night(ref('coverage')) }}
    where indicator not like '%reimbursement'
    union all
    select 'coverage not comparable', not_comparable from {{ this_night(ref('coverage')) }}
)

select source, value
from published
where value > 0 and value < {{ min_cell() }}
