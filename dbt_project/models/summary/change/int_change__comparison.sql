{#-
    Compared fields whose verdict or place differs from the night before, and why. The first that holds:

    subject_change  the person or household came, went or moved
    rule_change     the field is compared since tonight, or no longer
    new_batch, correction
                    what the department says has changed and so has its list; the same of the registry
    correction      the same lists, another row: a reviewer decided about the link (rule_change where the logic changed)
    new_batch, correction
                    other facts of the subject changed (a death ends an entitlement), and some list did
    rule_change     models, seeds or reference data changed
    time            nothing but the date: an age, a list past its limit
-#}
with
{%- for department, (counted, entitled) in compared_departments().items() %}
{{ department }} as (
    select
        'comparison|{{ department }}|' || coalesce(n.field, o.field) as block,
        coalesce(n.subject_kind, o.subject_kind) as subject_kind,
        coalesce(n.subject_key, o.subject_key) as subject_key,
        {{ comparison_category(counted, entitled, rows='o') }} as old_category,
        {{ comparison_category(counted, entitled, rows='n') }} as new_category,
        {{ both_places() }},
        array[o.extract, n.extract] as extracts,
        o.field is null or n.field is null as is_one_sided,
        jsonb_build_array(o.department_value, nullif(o.reason, 'out_of_scope'))
        <> jsonb_build_array(n.department_value, nullif(n.reason, 'out_of_scope')) as department_says_other,
        jsonb_build_array(o.registry_value) <> jsonb_build_array(n.registry_value) as registry_says_other,
        jsonb_build_array(o.department_batch_id, o.department_row_no, o.link_tier)
        <> jsonb_build_array(n.department_batch_id, n.department_row_no, n.link_tier) as is_other_row
    from {{ rows_gone(ref('comparison_' ~ department)) }} as o
    full outer join {{ rows_come(ref('comparison_' ~ department)) }} as n
        on o.subject_kind = n.subject_kind and o.subject_key = n.subject_key and o.field = n.field
),
{% endfor %}
changed as (
    {%- for department in compared_departments() %}
    select * from {{ department }}
    where
        jsonb_build_array(old_category, old_county_code, old_town_code, old_village_code)
        <> jsonb_build_array(new_category, new_county_code, new_town_code, new_village_code)
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

with_deliveries as (
    select
        c.*,
        coalesce(s.is_moved, false) as is_moved,
        coalesce(s.has_other_facts, false) as has_other_facts,
        {{ delivered('e.extract = any(c.extracts)') }} as department_delivered,
        {{ delivered("e.extract in ('registry_person', 'registry_household')") }} as registry_delivered,
        {{ delivered() }} as somebody_delivered,
        {{ configuration_changed() }} as configuration_changed
    from changed as c
    left join {{ ref('int_change__subject') }} as s
        on c.subject_kind = s.subject_kind and c.subject_key = s.subject_key
)

select
    {{ change_columns() }},
    case
        when is_moved then 'subject_change'
        when is_one_sided then 'rule_change'
        when department_says_other and department_delivered is not null then department_delivered
        when registry_says_other and registry_delivered is not null then registry_delivered
        when is_other_row and department_delivered is null and registry_delivered is null
            then case when configuration_changed then 'rule_change' else 'correction' end
        when has_other_facts and somebody_delivered is not null then somebody_delivered
        when configuration_changed then 'rule_change'
        else 'time'
    end as reason
from with_deliveries
