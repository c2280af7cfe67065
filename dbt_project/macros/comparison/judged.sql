{#-
    The verdict, once for all fields.

    | what is known                                     | verdict                          | reason          |
    |---------------------------------------------------|----------------------------------|-----------------|
    | the field is not about this subject               | not_comparable                   | out_of_scope    |
    | the department's list says nothing about it       | not_comparable                   | the list's state|
    | scope cannot be told, or the row does not say     | not_comparable                   | out_of_scope    |
    | benefit, both yes or both no                      | agree                            |                 |
    | benefit, one side yes                             | registry_only, department_only   |                 |
    | attribute given by both                           | agree, differ (graded)           |                 |
    | attribute given by one side: the subject is known to one side only (`one_sided`)                      ||
    |                                                   | registry_only, department_only   |                 |
    | attribute given by one side otherwise, or by none | not_comparable                   | out_of_scope    |

    `evidence` is the relation made of benefit_field and attribute_field selects.
-#}
{% macro judged(evidence) -%}
    select
        subject_kind,
        subject_key,
        household_no,
        county_code,
        town_code,
        village_code,
        field,
        registry_value,
        department_value,
        verdict,
        case
            when verdict <> 'not_comparable' then null
            when in_scope is false then 'out_of_scope'
            else coalesce(state, 'out_of_scope')
        end as reason,
        case when verdict = 'differ' or (verdict = 'agree' and grade <> 'different') then grade end as grade,
        extract,
        registry_batch_id,
        registry_row_no,
        department_batch_id,
        department_row_no,
        link_tier
    from (select *, {{ verdict() }} as verdict from {{ evidence }}) as with_verdict
{%- endmacro %}

{#- The verdict of a row of evidence, by the table above; the reason and the grade are of `judged`. -#}
{% macro verdict() -%}
    case
        when in_scope is not true or state is not null then 'not_comparable'
        when kind = 'benefit' then
            case
                when department_says is null then 'not_comparable'
                when registry_says and department_says then 'agree'
                when registry_says then 'registry_only'
                when department_says then 'department_only'
                else 'agree'
            end
        when registry_value is not null and department_value is not null
            then case when is_same then 'agree' else 'differ' end
        when kind = 'one_sided_attribute' and registry_value is not null then 'registry_only'
        when kind = 'one_sided_attribute' and department_value is not null then 'department_only'
        else 'not_comparable'
    end
{%- endmacro %}
