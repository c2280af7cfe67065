{#-
    The same of the indicators of coverage that no comparison carries, with what a row adds to numerator and denominator.
    Reasons as in int_change__comparison: of the lists that the indicator reads, else of any where other facts changed.
-#}
{%- set lists = {
    'person|medical_assistance': ['hi_settlement'],
    'person|inpatient_reimbursement': ['hi_settlement'],
    'person|chronic_reimbursement': ['hi_settlement'],
    'settlement|one_stop': ['hi_settlement'],
    'person|compulsory_education': ['school_roll', 'edu_compare'],
} -%}
with changed as (
    select
        coalesce(n.block, o.block) as block,
        coalesce(n.subject_key, o.subject_key) as subject_key,
        o.category as old_category,
        n.category as new_category,
        {{ both_places() }},
        o.numerator as old_numerator,
        o.denominator as old_denominator,
        n.numerator as new_numerator,
        n.denominator as new_denominator
    from {{ rows_gone(ref('coverage_subject')) }} as o
    full outer join {{ rows_come(ref('coverage_subject')) }} as n
        on o.block = n.block and o.subject_key = n.subject_key and o.category = n.category
),

with_deliveries as (
    select
        c.*,
        coalesce(s.is_moved, false) as is_moved,
        coalesce(s.has_other_facts, false) as has_other_facts,
        case c.block
            {%- for block, extracts in lists.items() %}
            when '{{ block }}' then {{ delivered("e.extract in ('" ~ extracts | join("', '") ~ "')") }}
            {%- endfor %}
        end as department_delivered,
        {{ delivered() }} as somebody_delivered,
        {{ configuration_changed() }} as configuration_changed
    from changed as c
    left join {{ ref('int_change__subject') }} as s on s.subject_kind = 'person' and c.subject_key = s.subject_key
)

select
    {{ change_columns() }},
    old_numerator,
    old_denominator,
    new_numerator,
    new_denominator,
    case
        when is_moved then 'subject_change'
        when department_delivered is not null then department_delivered
        when has_other_facts and somebody_delivered is not null then somebody_delivered
        when configuration_changed then 'rule_change'
        else 'time'
    end as reason
from with_deliveries
